"""What the experiments of the claims found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from market.studies.claims.experiments import Claim

HOLDS, REVERSED, UNDECIDED = "holds", "reversed", "undecided"
FORCED = "by construction"
LEVEL = 0.05  # of the chance that any verdict of the page is wrong by chance


def verdict(low: float, high: float, sign: int) -> str:
    """What a 95% interval says of a claim that a difference has a sign."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return UNDECIDED
    if low > 0:
        return HOLDS if sign > 0 else REVERSED
    if high < 0:
        return HOLDS if sign < 0 else REVERSED
    return UNDECIDED


def listed(names: Sequence[str]) -> str:
    """Names with commas between them."""
    return ", ".join(names)


@dataclass(frozen=True)
class Finding:
    """What one experiment found.

    Attributes
    ----------
    says, demand
        The experiment, and the kind of demand; empty where there is no buyer in it.
    value, against
        Means of both sides.
    difference, low, high
        Mean difference with its 95% interval.
    replicates
        How many it rests on.
    verdict
        `holds` where the interval lies on the claimed side of 0, `reversed` where on the other,
        else `undecided`; and undecided, too, where it would not be sure among all verdicts of the
        page (Holm). `by construction` in a column where the outcome follows from a rule.
    chance, corrected
        Two-sided chance of such a difference where the truth is 0, alone and by Holm; the latter
        NaN where it does not count.
    error
        Standard error of the difference, where it rests on seeds.
    refuted_by, by_construction
        Of the experiment.
    across
        The same experiment under other assumptions, by the column's name.
    """

    says: str
    demand: str
    value: float
    against: float
    difference: float
    low: float
    high: float
    replicates: int
    verdict: str
    chance: float = float("nan")
    corrected: float = float("nan")
    error: float = float("nan")
    refuted_by: str = ""
    by_construction: str = ""
    across: Mapping[str, "Finding"] = field(default_factory=dict)

    @property
    def counted(self) -> bool:
        """Whether the other outcome was possible."""
        return not self.by_construction

    @property
    def outcome(self) -> str:
        """The verdict where it counts, or that it follows from a rule."""
        return self.verdict if self.counted else FORCED

    @property
    def verdicts(self) -> dict[str, str]:
        """By the name of the column, the page's own assumptions (`base`) first."""
        return {"base": self.verdict, **{name: f.verdict for name, f in self.across.items()}}

    @property
    def in_words(self) -> str:
        """Where it holds: everywhere, if, unless; or when it turns.

        Only what was asked, and does not follow from a rule, is said. Of two lists, the shorter is
        given.
        """
        if not self.counted:
            return FORCED
        found = self.verdicts
        holds, turned, unclear = (
            [name for name, verdict in found.items() if verdict == asked]
            for asked in (HOLDS, REVERSED, UNDECIDED)
        )
        everywhere = " everywhere" if len(found) > 1 else ""
        for word, others in (
            (HOLDS, turned + unclear),
            (REVERSED, holds + unclear),
            (UNDECIDED, holds + turned),
        ):
            if not others:
                return f"{word}{everywhere}"
        if not turned:
            if len(unclear) <= len(holds):
                return f"holds unless {listed(unclear)} (undecided)"
            return f"holds if {listed(holds)}, else undecided"
        if not holds:
            return f"reversed, but for {listed(unclear)} (undecided)"
        rest = f"; undecided: {listed(unclear)}" if unclear else ""
        if len(turned) <= len(holds):
            return f"turns when {listed(turned)}{rest}"
        return f"holds if {listed(holds)}, turns else{rest}"

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        across = {name: found.to_json() for name, found in self.across.items()}
        told = {"counted": self.counted, "in_words": self.in_words}
        return {**vars(self), **told, "across": across}


@dataclass(frozen=True)
class Report:
    """All claims with their findings.

    Attributes
    ----------
    findings
        Per claim, in its order.
    replicates
        Seeds per market.
    runs
        How many runs it rests on.
    numbers
        Of the claims among all; from 1 on in their order if not given.
    code
        Digest of the code that found it; empty if not known.
    """

    findings: tuple[tuple[Claim, tuple[Finding, ...]], ...]
    replicates: int
    runs: int
    numbers: tuple[int, ...] = ()
    code: str = ""

    @property
    def numbered(self) -> list[tuple[int, Claim, tuple[Finding, ...]]]:
        """Each claim with its number and findings."""
        numbers = self.numbers or range(1, len(self.findings) + 1)
        return [(n, *found) for n, found in zip(numbers, self.findings, strict=True)]

    @property
    def counted(self) -> int:
        """How many verdicts were corrected for their number."""
        return sum(
            1 + sum(f.verdict != FORCED for f in found.across.values())
            for _, findings in self.findings
            for found in findings
            if found.counted
        )

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "replicates": self.replicates,
            "runs": self.runs,
            "verdicts": self.counted,
            "claims": [
                {
                    "number": number,
                    "claim": claim.title,
                    "said_by": claim.said_by,
                    "experiments": [finding.to_json() for finding in findings],
                }
                for number, claim, findings in self.numbered
            ],
        }
