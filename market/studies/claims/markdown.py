"""The claims and their findings as a Markdown page."""

from collections.abc import Iterable, Sequence

from market.measures.labels import fitted
from market.measures.money_units import MoneyUnit
from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.verdicts import HOLDS, REVERSED, UNDECIDED, Finding, Report

MARK = "This page is written by `market claims`."
INTRODUCTION = """# Claims, and what the simulator finds

{mark} Each claim about markets with arbitrage is tested
in experiments on the shipped pack, most of them under two kinds of demand: *fixed needs*, where a
buyer needs one solve rate (the scenario `swebench`), and *buyers choose quality*, where a
solution is worth something and buyers decide how much quality to buy (`value_demand`).

A finding is a mean difference with its 95% interval. Simulated markets are paired: both sides
have the same seeds, buyers, tastes and queries ({replicates} seeds each, Student t; {runs} runs
in all). Margins of the pack's frontier have no seeds; their interval is a bootstrap over
problems ({draws} draws). An experiment **holds** where the whole interval lies on the claimed
side of 0, is **reversed** where it lies on the other, and is **undecided** where 0 is in it.
Measures are means of the last quarter of the ticks.

What this cannot show: marginal costs are assumed to be half of list prices, buyers' needs,
values and tastes are assumed, and a claim that holds here holds in this model. The interval
covers chance in the model (and in the sample of problems), not its assumptions: those are in
the scenario files.
"""


def to_markdown(report: Report) -> str:
    """Write the page.

    Parameters
    ----------
    report
        Of all claims.
    """
    parts = [
        INTRODUCTION.format(
            mark=MARK, replicates=report.replicates, runs=report.runs, draws=10 * report.replicates
        ),
        "## In short\n",
        _table(
            ("claim", HOLDS, REVERSED, UNDECIDED),
            (
                (f"{n}. {claim.title}", *(str(count) for count in tally(findings)))
                for n, (claim, findings) in enumerate(report.findings, 1)
            ),
        ),
    ]
    for n, (claim, findings) in enumerate(report.findings, 1):
        parts += [f"## {n}. {claim.title}\n", f"Said by: {claim.said_by}.\n"]
        rows = zip(findings, money_units(claim, findings), strict=True)
        parts.append(
            _table(
                ("experiment", "demand", "this", "against", "difference", "95% interval", ""),
                (_row(finding, unit) for finding, unit in rows),
            )
        )
        if claim.remark:
            parts.append(f"{claim.remark}\n")
    return "\n".join(parts)


def tally(findings: Sequence[Finding]) -> tuple[int, int, int]:
    """How many experiments hold, are reversed, and are undecided."""
    verdicts = [finding.verdict for finding in findings]
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
    return unit.text(value) if unit else f"{value:.4g}"


def _row(finding: Finding, unit: MoneyUnit | None) -> tuple[str, ...]:
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
    return (
        says(finding, unit),
        finding.demand or "–",
        value,
        against,
        difference,
        f"{low} to {high}",
        finding.verdict if finding.verdict == UNDECIDED else f"**{finding.verdict}**",
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
