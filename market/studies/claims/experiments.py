"""A claim, and the kinds of experiment that it may be put to."""

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
        Where it is measured, and what is taken off: another market on the same seeds, or a number.
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
    models
        Which models; all if empty.
    low
        Solve rates from here to the highest of a single model.
    statistic
        `max` or `mean` over those solve rates.
    alike
        How far the models are moved to their common mean, 0 (not at all) to 1 (all the same).
    against
        A margin, or how far alike the models are that it is compared with.
    sign
        As for :class:`Contrast`.
    """

    says: str
    models: tuple[str, ...]
    low: float
    statistic: Literal["max", "mean"]
    alike: float
    against: float
    against_alike: bool
    sign: Literal[1, -1]


@dataclass(frozen=True)
class Claim:
    """A claim, and the experiments that it is put to; `remark` says why, where that is known."""

    title: str
    said_by: str
    experiments: tuple[Contrast | Curve, ...]
    remark: str = ""
