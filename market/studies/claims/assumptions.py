"""What is assumed of buyers and sellers, and the values that are tried instead, one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

Rule = Literal["best_response", "undercut"]
Demand = Literal["fixed needs", "buyers choose quality"]


@dataclass(frozen=True)
class Assumptions:
    """What the markets of the claims have in common.

    Attributes
    ----------
    price_sensitivity
        About the own-price elasticity, at list prices, of a small seller.
    cost_ratio
        Marginal cost of an attempt, as a share of its list price.
    resale
        How arbitrageurs set their fees: for profit, or by undercutting the cheapest rival.
    reach
        Share of buyers who know at least one arbitrageur, however many there are.
    taste_correlation
        How alike a buyer's tastes are for different arbitrageurs.
    values
        What a solution or a query is worth to buyers, over what the scenario says.
    resample
        Whether each seed draws the problems anew, of which the pack is one sample.
    """

    price_sensitivity: float = 10
    cost_ratio: float = 0.5
    resale: Rule = "best_response"
    reach: float = 0.8
    taste_correlation: float = 0.9
    values: float = 1
    resample: bool = False

    def awareness(self, count: int) -> float:
        """Chance a that a buyer knows one of n arbitrageurs: 1 − (1 − a)ⁿ is the reach.

        With a constant chance, more sellers would also be more buyers reached.
        """
        return float(1 - (1 - self.reach) ** (1 / count))

    @property
    def pricing(self) -> dict[str, Any]:
        """The rule of arbitrageurs' fees.

        No least margin is set where fees are chosen for profit: it would be a margin by rule.
        """
        if self.resale == "undercut":
            return {"kind": "undercut"}
        return {"kind": "best_response", "min_margin": 0.0}


BASE = Assumptions()

COLUMNS: Mapping[str, tuple[str, Assumptions]] = MappingProxyType(
    {
        "β 0.1": ("price sensitivity 0.1", replace(BASE, price_sensitivity=0.1)),
        "β 1.1": ("price sensitivity 1.1", replace(BASE, price_sensitivity=1.1)),
        "β 1.8": ("price sensitivity 1.8", replace(BASE, price_sensitivity=1.8)),
        "β 60": ("price sensitivity 60", replace(BASE, price_sensitivity=60)),
        "cost .155": ("marginal cost at 0.155 of list", replace(BASE, cost_ratio=0.155)),
        "cost .8": ("marginal cost at 0.8 of list", replace(BASE, cost_ratio=0.8)),
        "undercut": ("arbitrageurs that undercut by rule", replace(BASE, resale="undercut")),
        "reach .3": ("30% of buyers reached", replace(BASE, reach=0.3)),
        "reach 1": ("all buyers reached", replace(BASE, reach=1.0)),
        "unlike": ("unrelated tastes for arbitrageurs", replace(BASE, taste_correlation=0.0)),
        "alike": ("the same taste for all arbitrageurs", replace(BASE, taste_correlation=1.0)),
        "values ½": ("values halved", replace(BASE, values=0.5)),
        "values ×2": ("values doubled", replace(BASE, values=2)),
        "problems": ("problems drawn anew by each seed", replace(BASE, resample=True)),
    }
)
"""What is tried instead of :data:`BASE`: heading, words, and the assumptions."""

SENSITIVITY = ("β 0.1", "β 1.1", "β 1.8")
COSTS = ("cost .155", "cost .8")
REACH = ("reach .3", "reach 1")
ALIKE = ("unlike", "alike")
WORTH = ("values ½", "values ×2")


def across(
    demand: Demand, *, several: bool = True, costs: bool = False, slow: bool = False
) -> tuple[str, ...]:
    """Columns in which something can change.

    Parameters
    ----------
    demand
        What buyers want; the shipped scenario of buyers who choose quality has β = 60.
    several
        Whether there are several arbitrageurs, for whom tastes may be alike.
    costs
        Whether providers' costs decide what is done, or are in what is measured.
    slow
        Whether the markets take long: then buyers' tastes for arbitrageurs and values, and a lower
        reach, are not tried.
    """
    steep = ("β 60",) if demand == "buyers choose quality" else ()
    first = (*SENSITIVITY, *steep, *(COSTS if costs else ()), "undercut")
    if slow:
        return (*first, "reach 1", "problems")
    return (*first, *REACH, *(ALIKE if several else ()), *WORTH, "problems")
