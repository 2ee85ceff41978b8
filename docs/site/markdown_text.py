"""Markdown of the pages that are made."""


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell(text) for text in line) + " |" for line in lines)


def cell(text: str) -> str:
    """A text as a cell of a table."""
    return " ".join(text.split()).replace("|", r"\|")


def block(text: str, language: str = "text") -> str:
    """A text as it is, such as what a command prints."""
    return f"```{language}\n{text.rstrip()}\n```"
