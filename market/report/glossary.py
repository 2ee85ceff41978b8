"""Terms of a report with their meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.measures.definitions import TERMS, definition, without_unit
from market.report.headlines import Table
from market.report.subject import Subject

_ANSWERS = ("provider", "arbitrageur", "list price", "95% interval")
_ROUTING = ("provider", "solve rate", "cascade", "list price", "market price", "arbitrage cost")


@dataclass(frozen=True)
class Term:
    """A term that a report explains.

    Attributes
    ----------
    words, meaning
        What it is called, and what it means.
    place
        Of its entry in the glossary, by which other parts of the page refer to it.
    """

    words: str
    meaning: str
    place: str


def glossary(subject: Subject, tables: Sequence[Table]) -> dict[str, Term]:
    """Terms by the heading of the row or column that they stand in, and general ones."""
    terms = _ROUTING if subject.kind == "frontier" else tuple(TERMS)
    if subject.asked:
        terms = _ANSWERS
    headings = [*terms]
    for table in tables:
        headings += [*table.columns, *(row[0] for row in table.rows)]
    found: dict[str, Term] = {}
    for heading in dict.fromkeys(headings):
        if meaning := definition(heading):
            words = without_unit(heading)
            found[heading] = Term(words, meaning, f"term-{len(found) + 1}")
    return found
