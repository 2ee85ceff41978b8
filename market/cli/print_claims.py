"""What the command line prints of claims, for people."""

import re
from typing import TYPE_CHECKING

from market.cli.tables import plain_table
from market.cli.terminal import out
from market.measures.labels import measure

if TYPE_CHECKING:
    from market.studies.claims.findings import Report


def print_claims(report: "Report") -> None:
    """Each claim with its experiments, and what is robust."""
    from market.studies.claims.assumptions import COLUMNS
    from market.studies.claims.markdown import money_units, says, tally, written
    from market.studies.claims.robustness import BASE_COLUMN, LEGEND, in_short, marks

    for n, claim, findings in report.numbered:
        verdicts = zip(tally(findings), ("hold", "reversed", "undecided"), strict=True)
        counts = ", ".join(f"{count} {verdict}" for count, verdict in verdicts if count)
        title = f"{n}. {claim.title} ({counts or 'none counted'})"
        table = plain_table(title, ["experiment"], ["finding"])
        for found, unit in zip(findings, money_units(claim, findings), strict=True):
            difference, low, high = (
                written(v, unit) for v in (found.difference, found.low, found.high)
            )
            words = [f"{difference} ({low} to {high})", found.outcome]
            if found.across:
                words.append("".join(marks(found)))
            demand = f" ({found.demand})" if found.demand else ""
            table.add_row(f"{_in_words(says(found, unit))}{demand}", "\n".join(words))
        out.print(table)
    names = ", ".join((BASE_COLUMN, *COLUMNS))
    for text in (
        in_short(report),
        f"Marks, in this order: {names}. {LEGEND[0].upper()}{LEGEND[1:]}.",
        f"{report.runs} runs, {report.replicates} seeds of each market; intervals are of paired "
        f"differences; {report.counted} verdicts, corrected for their number.",
    ):
        out.paragraph(text)


def _in_words(says: str) -> str:
    """What an experiment says, with the names of measures in words."""
    return re.sub(r"`(\w+)`", lambda name: measure(name[1]).words, says)
