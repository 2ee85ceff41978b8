"""The page of the shipped scenarios: what each asks, how to run it, and its file."""

import re
import tomllib
from pathlib import Path

from markdown_text import block, table

from market.scenario import shipped_scenarios

COMMAND = re.compile(r"\bmarket (?:run|sweep|compare) .*$")


def page() -> str:
    """A row for each scenario, then a section for each."""
    shipped = shipped_scenarios()
    rows = [(f"[{one.name}](#{one.name})", one.description) for one in shipped]
    return "\n\n".join(
        [
            "# Scenarios",
            "Markets that come with the program, and the question that each asks. "
            '`market run NAME` answers it; start one of your own with `extends = "NAME"`, see the '
            "[guide](guide.md).",
            table(("scenario", "question"), rows),
            *(section(one.name, one.description, Path(str(one.path))) for one in shipped),
        ]
    )


def section(name: str, question: str, path: Path) -> str:
    """One scenario: question, what its file says first, and the file."""
    text = path.read_text(encoding="utf-8")
    base = tomllib.loads(text).get("extends")
    first, rest = split(text)
    parts = [f"## {name}", f"**{question}**", *first]
    if base:
        parts.append(f"It changes [{base}](#{base}).")
    parts += [f'??? note "The file"\n\n{indented(block(rest, "toml"))}']
    return "\n\n".join(parts)


def split(text: str) -> tuple[list[str], str]:
    """The comment at the top of a file, as paragraphs and commands, and all that follows."""
    lines = text.splitlines()
    count = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    paragraphs: list[str] = []
    prose: list[str] = []
    for line in (line.removeprefix("#") for line in lines[1:count]):
        command = COMMAND.search(line)
        prose_part = line[: command.start()] if command else line
        prose += [prose_part.strip()] if prose_part.strip() else []
        if command or not line.strip():
            paragraphs += [" ".join(prose)] if prose else []
            paragraphs += [block(command[0])] if command else []
            prose = []
    return paragraphs + ([" ".join(prose)] if prose else []), "\n".join(lines[count:]).strip()


def indented(text: str) -> str:
    """A text within a folded note."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
