"""How far verdicts carry: marks per assumption, and what is robust, in a paragraph."""

from collections.abc import Sequence

from market.studies.claims.assumptions import COLUMNS
from market.studies.claims.findings import (
    FORCED,
    HOLDS,
    REVERSED,
    UNDECIDED,
    Finding,
    Report,
    listed,
)

MARKS = {HOLDS: "✓", REVERSED: "✗", UNDECIDED: "·", FORCED: "="}
NOT_ASKED = "–"
LEGEND = (
    "✓ holds, ✗ reversed, · undecided, = follows from a rule (not counted), – not asked, since "
    "nothing in the experiment depends on it, or it takes too long"
)
BASE_COLUMN = "base"


def marks(finding: Finding) -> list[str]:
    """One mark per column, the page's own assumptions first."""
    verdicts = finding.verdicts
    return [
        MARKS[verdicts[name]] if name in verdicts else NOT_ASKED for name in (BASE_COLUMN, *COLUMNS)
    ]


def in_short(report: Report) -> str:
    """What is robust and what is not, as a paragraph made from the findings."""
    counted = [f for _, findings in report.findings for f in findings if f.counted]
    everywhere = [f for f in counted if set(f.verdicts.values()) <= {HOLDS, FORCED}]
    turning = [f for f in counted if {HOLDS, REVERSED} <= set(f.verdicts.values())]
    against = [f for f in counted if set(f.verdicts.values()) <= {REVERSED, FORCED}]
    rest = len(counted) - len(everywhere) - len(turning) - len(against)
    sentences = [
        f"Of {len(counted)} experiments in which either outcome is possible, "
        f"{len(everywhere)} hold under all assumptions tried, {len(turning)} turn under some, "
        f"{len(against)} are reversed under all, and {rest} are undecided under some or all."
    ]
    robust, mixed = list[str](), list[str]()
    for n, claim, findings in report.numbered:
        asked = [f for f in findings if f.counted]
        name = f"{n} ({claim.short})" if claim.short else f"{n}"
        (robust if asked and all(f in everywhere for f in asked) else mixed).append(name)
    if robust:
        sentences.append(f"Robust in every experiment: {listed(robust)}.")
    if mixed:
        sentences.append(f"Not in every one: {listed(mixed)}.")
    sentences.append(_what_turns(counted))
    return " ".join(sentence for sentence in sentences if sentence)


def _what_turns(findings: Sequence[Finding]) -> str:
    """Which assumptions reverse most of what holds on the page's own."""
    held = [f for f in findings if f.verdict == HOLDS]
    counts = []
    for name, (words, _) in COLUMNS.items():
        asked = [f.across[name].verdict for f in held if name in f.across]
        asked = [verdict for verdict in asked if verdict != FORCED]
        if turned := asked.count(REVERSED):
            counts.append((turned, len(asked), words))
    if not counts:
        return "No other assumption reverses what holds on those of this page." if held else ""
    counts.sort(key=lambda item: item[0] / item[1], reverse=True)
    listed = "; ".join(f"{words}: {turned} of {total}" for turned, total, words in counts)
    return f"Of what holds on the assumptions of this page, these reverse most: {listed}."
