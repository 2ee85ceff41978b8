"""A claim, and the kinds of experiment that can test it.

A claim is worth testing where the other outcome is possible. So an experiment says what would
refute it, and where the outcome follows from a rule (`by_construction`) it is shown and not
counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from market.studies.claims.assumptions import BASE, COLUMNS, Assumptions

Sign = Literal[1, -1]


@dataclass(frozen=True)
class ClaimMarket:
    """A market to be run: a shipped scenario and what is set in it.

    Attributes
    ----------
    scenario
        Name of a shipped one.
    set
        Values by dotted path.
    varied
        What else is set, by what is assumed; nothing if None, and it is the same market under all.
    asks
        A measurement of :mod:`market.studies.measurements` that is made instead of a run.
    """

    scenario: str
    set: Mapping[str, Any] = field(default_factory=dict)
    varied: Callable[[Assumptions], Mapping[str, Any]] | None = None
    asks: str | None = None

    def under(self, assumptions: Assumptions) -> "ClaimMarket":
        """The market under these assumptions."""
        if self.varied is None:
            return self
        return ClaimMarket(self.scenario, {**self.set, **self.varied(assumptions)}, asks=self.asks)


@dataclass(frozen=True)
class Contrast:
    """A measure in one market against another, or against a number.

    Attributes
    ----------
    says
        The experiment in words.
    measure
        Of the whole market; or `NAME: COLUMN` of an agent or model.
    market, against
        Where it is measured, and what is subtracted: another market on the same seeds, or a number.
    sign
        1 where the claim is that the difference is above 0, −1 where below.
    demand
        Which kind of demand, in words.
    against_measure
        What is measured in `against`, where it is another agent's; `measure` if None.
    less
        Markets whose measure is taken from that of `market` and of `against`: a difference of
        differences. None where it is not one.
    refuted_by
        What result would refute the claim, in a sentence.
    by_construction
        Why the outcome follows from a rule; empty where the other outcome is possible. Not counted.
    across
        Columns of :data:`market.studies.claims.assumptions.COLUMNS` that are tried.
    forced
        Columns in which the outcome follows from a rule, and is not tried.
    """

    says: str
    measure: str
    market: ClaimMarket
    against: ClaimMarket | float
    sign: Sign
    demand: str = "fixed needs"
    against_measure: str | None = None
    less: tuple[ClaimMarket, ClaimMarket] | None = None
    refuted_by: str = ""
    by_construction: str = ""
    across: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that it is tried in, in their order, beside the assumptions of the page."""
        asked = set(self.across) - set(self.forced)
        return tuple(name for name in COLUMNS if name in asked)

    def sides(self, assumptions: Assumptions = BASE) -> list[ClaimMarket]:
        """Its markets under these assumptions."""
        markets = (self.market, self.against, *(self.less or ()))
        return [m.under(assumptions) for m in markets if isinstance(m, ClaimMarket)]


@dataclass(frozen=True)
class Curve:
    """The arbitrage margin of the pack's frontier, without a simulation: no buyer is in it.

    Attributes
    ----------
    says
        The experiment in words.
    statistic
        `max` or `mean` over solve rates; or `at`, at the solve rate `low` alone.
    low
        Solve rates from here to 98% of the highest of a single model.
    models
        Which models; all if empty.
    alike
        What share of the differences between models is taken away, 0 to 1, as `differences` says.
    against
        The margin that it is compared with.
    against_alike
        The same share in the curve that it is compared with, instead of `against`.
    sign
        As for :class:`Contrast`.
    differences
        Which differences are taken away: `all`; `specialisation`, that is which problems are easy
        and which are cheap for whom, while levels stay; or `level`, who is better and who cheaper
        on the whole, while specialisation stays.
    times
        What the curve that it is compared with is multiplied by.
    false_accept
        Share of wrong answers that the verifier accepts.
    against_false_accept
        The same share in the curve that it is compared with, instead of `against`.
    refuted_by, by_construction
        As for :class:`Contrast`.
    """

    says: str
    statistic: Literal["max", "mean", "at"]
    low: float = 0.4
    models: tuple[str, ...] = ()
    alike: float = 0
    against: float = 0
    against_alike: float | None = None
    sign: Sign = -1
    differences: Literal["all", "specialisation", "level"] = "all"
    times: float = 1
    false_accept: float = 0
    against_false_accept: float | None = None
    refuted_by: str = ""
    by_construction: str = ""


@dataclass(frozen=True)
class Claim:
    """A claim and its experiments.

    `remark` explains the findings where that is possible; `short` names the claim in a sentence.
    """

    title: str
    said_by: str
    experiments: tuple[Contrast | Curve, ...]
    remark: str = ""
    short: str = ""
