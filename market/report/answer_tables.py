"""Tables of a command's answer, with the words that stand among them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from market.findings import (
    parts_of_equilibrium,
    parts_of_fit,
    parts_of_learning,
    parts_of_regret,
    parts_of_release,
)
from market.findings.answer_parts import AnswerTable, Parts
from market.report.cards import minus
from market.report.headlines import Table
from market.report.subject import Kind, Subject


@dataclass(frozen=True)
class Passage:
    """A table under its heading, or a paragraph.

    Attributes
    ----------
    heading
        Of the table; empty for a paragraph.
    table
        None for a paragraph.
    text
        Of the paragraph; empty for a table.
    """

    heading: str = ""
    table: Table | None = None
    text: str = ""


def answer_tables(subject: Subject) -> list[Passage]:
    """What stands below the charts; nothing of what is no answer of a command."""
    if subject.kind not in _PARTS:
        return []
    found: list[Passage] = []
    for part in _PARTS[subject.kind](subject.manifest):
        if isinstance(part, AnswerTable):
            heading = part.title
            if not heading and found and found[-1].text:
                heading = found.pop().text
            found.append(Passage(heading, _table(part)))
        elif part.text:
            found.append(Passage(text=part.text))
    return found


def _table(part: AnswerTable) -> Table:
    words = len(part.words)
    rows = tuple((*row[:words], *map(minus, row[words:])) for row in part.rows)
    return Table((*part.words, *part.numbers), rows, words)


_PARTS: Mapping[Kind, Callable[[Mapping[str, Any]], Parts]] = MappingProxyType(
    {
        "fit": parts_of_fit,
        "release": parts_of_release,
        "regret": parts_of_regret,
        "equilibrium": parts_of_equilibrium,
        "learning": parts_of_learning,
    }
)
