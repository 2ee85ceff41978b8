"""The claims and their findings as a Markdown page."""

import math
from collections.abc import Iterable, Sequence

from market.frontier.bootstrap import DRAWS
from market.measures.labels import fitted
from market.measures.money_units import MISSING, MoneyUnit
from market.studies.claims.assumptions import COLUMNS
from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.findings import HOLDS, REVERSED, UNDECIDED, Finding, Report
from market.studies.claims.list import CLAIMS
from market.studies.claims.moved import before, counts
from market.studies.claims.page_text import INTRODUCTION, MARK, rests_on
from market.studies.claims.robustness import BASE_COLUMN, LEGEND, in_short, marks

__all__ = [
    "INTRODUCTION",
    "MARK",
    "money_units",
    "says",
    "section",
    "short_row",
    "tally",
    "to_markdown",
    "written",
]


def to_markdown(report: Report) -> str:
    """Write the page.

    Parameters
    ----------
    report
        Of all claims.
    """
    parts = [introduction(report), "## In short\n", _in_short(report)]
    if tuple(claim for claim, _ in report.findings) == CLAIMS:
        parts += ["## What moved against version 0.1\n", _moved(report)]
    for n, claim, findings in report.numbered:
        parts += section(n, claim, findings)
    return "\n".join(parts)


def introduction(report: Report) -> str:
    """The beginning of the page."""
    return INTRODUCTION.format(
        mark=MARK,
        short=in_short(report),
        columns="\n".join(f"- {name}: {words}" for name, (words, _) in COLUMNS.items()),
        replicates=report.replicates,
        runs=report.runs,
        draws=DRAWS,
        verdicts=report.counted,
        legend=LEGEND,
    )


def _in_short(report: Report) -> str:
    """A row per claim: verdicts on the page's own assumptions, and how many hold under all."""
    headings = (HOLDS, REVERSED, UNDECIDED, "holds under all assumptions", "by construction")
    rows = "".join(f"{short_row(*found)}\n" for found in report.numbered)
    return _table(("claim", *headings), ()) + rows


def short_row(number: int, claim: Claim, findings: Sequence[Finding]) -> str:
    """The row of a claim in the table of all."""
    all_over = sum(
        f.counted and set(f.verdicts.values()).isdisjoint((REVERSED, UNDECIDED)) for f in findings
    )
    ruled = sum(not f.counted for f in findings)
    cells = (f"{number}. {claim.title}", *map(str, (*tally(findings), all_over, ruled)))
    return _row_of(cells)


def _moved(report: Report) -> str:
    then = before()  # claims that were not there are last, and nothing is said of them
    rows = (
        (f"{n}", counts(old.verdicts), counts(tally(findings)), old.why)
        for n, ((_, findings), old) in enumerate(zip(report.findings, then, strict=False), 1)
    )
    return _table(("claim", "version 0.1", "now", "why"), rows)


def section(number: int, claim: Claim, findings: Sequence[Finding]) -> list[str]:
    """One claim: figures, what would refute it, and the marks under each assumption."""
    parts = [f"## {number}. {claim.title}\n", f"Said by: {claim.said_by}.\n"]
    rows = zip(
        findings, money_units(claim, findings), map(rests_on, claim.experiments), strict=True
    )
    headings = ("experiment", "demand", "this", "against", "difference", "95% interval")
    parts.append(_table((*headings, "rests on", "verdict"), (_row(*row) for row in rows)))
    for words, names in _alike(findings, "refuted_by").items():
        parts.append(f"- Refuted by ({names}): {words}\n")
    for words, names in _alike(findings, "by_construction").items():
        parts.append(f"- By construction ({names}): {words}.\n")
    tried = [finding for finding in findings if finding.across]
    if tried:
        parts.append("Across assumptions:\n")
        parts.append(
            _table(
                ("experiment", "demand", BASE_COLUMN, *COLUMNS, ""),
                ((f.says, f.demand, *marks(f), f"**{f.in_words}**") for f in tried),
            )
        )
    if claim.remark:
        parts.append(f"{claim.remark}\n")
    return parts


def _alike(findings: Sequence[Finding], kind: str) -> dict[str, str]:
    """What is said of findings, and the numbers of the rows of which it is said."""
    found: dict[str, list[str]] = {}
    for n, finding in enumerate(findings, 1):
        if words := getattr(finding, kind):
            found.setdefault(words, []).append(str(n))
    return {
        words: f"row{'s' if len(rows) > 1 else ''} {', '.join(rows)}"
        for words, rows in found.items()
    }


def tally(findings: Sequence[Finding]) -> tuple[int, int, int]:
    """How many experiments that count hold, are reversed, and are undecided."""
    verdicts = [finding.verdict for finding in findings if finding.counted]
    return verdicts.count(HOLDS), verdicts.count(REVERSED), verdicts.count(UNDECIDED)


def money_units(claim: Claim, findings: Sequence[Finding]) -> list[MoneyUnit | None]:
    """For each finding of a claim, the unit of money of its figures; None where they are none."""
    names = [
        e.measure.rpartition(": ")[2] if isinstance(e, Contrast) else "" for e in claim.experiments
    ]
    values: dict[str, list[float]] = {name: [] for name in names}
    for name, found in zip(names, findings, strict=True):
        values[name] += [found.value, found.against]
    units = fitted(values)
    return [units[name].money for name in names]


def says(finding: Finding, unit: MoneyUnit | None) -> str:
    """The experiment, and the unit of its figures."""
    return f"{finding.says}, {unit.name}" if unit else finding.says


def written(value: float, unit: MoneyUnit | None) -> str:
    """A number to four significant digits, or money in its unit."""
    if not math.isfinite(value):
        return MISSING
    return unit.text(value) if unit else f"{value:.4g}"


def _row(finding: Finding, unit: MoneyUnit | None, rests: str) -> tuple[str, ...]:
    value, against, difference, low, high = (
        written(figure, unit)
        for figure in (
            finding.value,
            finding.against,
            finding.difference,
            finding.low,
            finding.high,
        )
    )
    verdict = finding.outcome
    return (
        says(finding, unit),
        finding.demand or "–",
        value,
        against,
        difference,
        f"{low} to {high}" if math.isfinite(finding.low) else MISSING,
        rests,
        f"**{verdict}**" if verdict in (HOLDS, REVERSED) else verdict,
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"{_row_of(cells)}\n" for cells in lines)


def _row_of(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
