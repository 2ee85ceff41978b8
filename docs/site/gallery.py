"""The page of the shipped scenarios: what each asks, how to run it, and its file."""

import re
import tomllib
from pathlib import Path

from markdown_text import block
from pictures import pictures

from market.scenario import shipped_scenarios

COMMAND = re.compile(r"\bmarket (?:run|sweep|compare) .*$")

LEGEND = (
    "The pictures are from a run of each scenario as its file has it: the price index (line; the "
    "thin line is 1, no arbitrage) and the share of queries that arbitrageurs serve (dashed), "
    "from 0 up. Below are means of the last quarter, as `market run` prints them."
)


def page(with_pictures: bool) -> str:
    """A card for each scenario, then a section for each."""
    shipped = shipped_scenarios()
    drawn = pictures(one.name for one in shipped) if with_pictures else {}
    cards = [card(one.name, one.description, drawn.get(one.name, "")) for one in shipped]
    return "\n\n".join(
        [
            "# Scenarios",
            "Markets that come with the program, and the question that each asks. "
            '`market run NAME` answers it; start one of your own with `extends = "NAME"`, see the '
            "[guide](guide.md).",
            *([LEGEND] if with_pictures else []),
            '<div class="grid cards" markdown>',
            *cards,
            "</div>",
            *(section(one.name, one.description, Path(str(one.path))) for one in shipped),
        ]
    )


def card(name: str, question: str, picture: str) -> str:
    """Name, question and picture of one scenario."""
    parts = (f"**[{name}](#{name})**", question, picture)
    return "-   " + "\n\n    ".join(part for part in parts if part)


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
