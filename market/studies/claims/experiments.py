"""A claim, and the kinds of experiment that can test it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class ClaimMarket:
    """A market to be run: a shipped scenario and what is set in it."""

    scenario: str
    set: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contrast:
    """A measure in one market against another, or against a number.

    Attributes
    ----------
    says
        The experiment in words.
    measure
        Of the whole market; or `NAME: COLUMN` of an agent.
    market, against
        Where it is measured, and what is subtracted: another market on the same seeds, or a number.
    sign
        1 where the claim is that the difference is above 0, −1 where below.
    demand
        Which kind of demand, in words.
    """

    says: str
    measure: str
    market: ClaimMarket
    against: ClaimMarket | float
    sign: Literal[1, -1]
    demand: str = "fixed needs"


@dataclass(frozen=True)
class Curve:
    """The arbitrage margin of the pack's frontier, without a simulation.

    Attributes
    ----------
    says
        The experiment in words.
    statistic
        `max` or `mean` over solve rates.
    low
        Solve rates from here to the highest of a single model.
    models
        Which models; all if empty.
    alike
        How far the models are moved to their common mean, 0 (not at all) to 1 (all the same).
    against
        The margin that it is compared with.
    against_alike
        How alike the models are in the curve that it is compared with, instead of `against`.
    sign
        As for :class:`Contrast`.
    """

    says: str
    statistic: Literal["max", "mean"]
    low: float = 0.4
    models: tuple[str, ...] = ()
    alike: float = 0
    against: float = 0
    against_alike: float | None = None
    sign: Literal[1, -1] = -1


@dataclass(frozen=True)
class Claim:
    """A claim and its experiments; `remark` explains the findings where that is possible."""

    title: str
    said_by: str
    experiments: tuple[Contrast | Curve, ...]
    remark: str = ""
