"""Demand rules: what a buyer wants, and how it values an offer.

Which seller it then takes is in :mod:`market.strategies.choice`.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Protocol

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.config import DOLLARS, Part
from market.strategies.distributions import Distribution, draw

NOTHING = 1e-300  # stands for no price, where a logarithm is taken or one divides by it


@dataclass(frozen=True)
class Needs:
    """What each of J buyers wants.

    Attributes
    ----------
    tier
        [J] index of the least tier that is good enough; G where no tier is; 0 where any is.
    worth
        [J] US dollars: of a query served well enough, or of a solution, as the rule has it.
    """

    tier: IntArray
    worth: FloatArray


class DemandRule(Protocol):
    """What the market asks of a demand rule.

    Attributes
    ----------
    worth_sets_quality
        Whether what a service is worth to a buyer decides the tier that it takes: expected demand
        then tells more levels of worth apart.
    """

    worth_sets_quality: ClassVar[bool]

    def needs(
        self,
        quality_tiers: FloatArray,
        size: int,
        quality_rng: np.random.Generator,
        worth_rng: np.random.Generator,
    ) -> Needs:
        """Deal needs to `size` buyers.

        Parameters
        ----------
        quality_tiers
            [G] promised solve rates, rising.
        size
            Number of buyers J.
        quality_rng, worth_rng
            One generator for each thing drawn.
        """
        ...

    def utility(
        self, needs: Needs, menu: FloatArray, quality: FloatArray, price_sensitivity: float
    ) -> tuple[FloatArray, IntArray]:
        """[J] utility of a seller's menu [G], tastes aside, and [J] the tier taken from it."""
        ...

    def outside(self, needs: Needs, price_sensitivity: float) -> FloatArray:
        """[J] utility of not buying, tastes aside."""
        ...

    def worth(self, needs: Needs, quality: FloatArray, tier: IntArray) -> FloatArray:
        """[J] US dollars that a query served at each buyer's `tier` [J] is worth."""
        ...


class FixedQuality(Part):
    """A buyer needs one solve rate, and pays at most its reservation price B for it.

    Utility of seller s: −β·ln(P_s·(1 + switching_cost·[s ≠ incumbent])); of not buying:
    −β·ln B; tastes aside. So β is near the price elasticity of one seller among close substitutes.
    """

    kind: Literal["fixed_quality"] = "fixed_quality"
    worth_sets_quality: ClassVar[bool] = False
    quality: Distribution
    """Solve rate that a buyer needs; it takes the least tier that has it."""
    budget: Annotated[Distribution, DOLLARS]
    """Reservation price, US dollars per query."""

    def needs(
        self,
        quality_tiers: FloatArray,
        size: int,
        quality_rng: np.random.Generator,
        worth_rng: np.random.Generator,
    ) -> Needs:
        """Deal needs to `size` buyers."""
        wanted = draw(self.quality, quality_rng, size)
        tier = np.searchsorted(quality_tiers, wanted - 1e-9, side="left").astype(np.int64)
        return Needs(tier, draw(self.budget, worth_rng, size))

    def utility(
        self, needs: Needs, menu: FloatArray, quality: FloatArray, price_sensitivity: float
    ) -> tuple[FloatArray, IntArray]:
        """[J] utility of a seller's menu [G], tastes aside, and [J] the tier taken from it."""
        # column G serves the buyers whom no tier is good enough for
        price = np.maximum(menu / _unit(needs.worth), NOTHING)
        by_tier = np.append(-price_sensitivity * np.log(price), -np.inf)
        return by_tier[needs.tier], needs.tier

    def outside(self, needs: Needs, price_sensitivity: float) -> FloatArray:
        """[J] utility of not buying, tastes aside."""
        worth = np.maximum(needs.worth / _unit(needs.worth), NOTHING)
        return np.asarray(-price_sensitivity * np.log(worth), dtype=np.float64)

    def worth(self, needs: Needs, quality: FloatArray, tier: IntArray) -> FloatArray:
        """[J] US dollars that a query served at each buyer's `tier` [J] is worth: B."""
        return needs.worth


def _unit(worth: FloatArray) -> float:
    """The power of two next below the highest worth: prices over it do not depend on the dollar."""
    _, exponent = np.frexp(worth.max(initial=0.0))
    return float(np.ldexp(1.0, int(exponent) - 1))


class ValueDemand(Part):
    """A solution is worth v to a buyer, which decides how much quality to buy.

    From each seller it takes the tier of the highest surplus v·u − P. Utility: β·(v·u − P)/v, a
    price that is (1 + switching_cost) higher at a seller other than the present one; of not buying:
    0; tastes aside. (Vertical differentiation as in Mussa and Rosen 1978.)
    """

    kind: Literal["value"] = "value"
    worth_sets_quality: ClassVar[bool] = True
    value: Annotated[Distribution, DOLLARS]
    """What a solution is worth, US dollars."""

    def needs(
        self,
        quality_tiers: FloatArray,
        size: int,
        quality_rng: np.random.Generator,
        worth_rng: np.random.Generator,
    ) -> Needs:
        """Deal values to `size` buyers; any tier is good enough for them."""
        return Needs(np.zeros(size, dtype=np.int64), draw(self.value, worth_rng, size))

    def utility(
        self, needs: Needs, menu: FloatArray, quality: FloatArray, price_sensitivity: float
    ) -> tuple[FloatArray, IntArray]:
        """[J] utility of a seller's menu [G], tastes aside, and [J] the tier taken from it."""
        tier = best_tier(needs.worth, menu, quality)
        surplus = needs.worth * quality[tier] - menu[tier]
        with np.errstate(
            over="ignore"
        ):  # to whom a solution is worth nothing, any price is too much
            return price_sensitivity * surplus / np.maximum(needs.worth, NOTHING), tier

    def outside(self, needs: Needs, price_sensitivity: float) -> FloatArray:
        """[J] utility of not buying, tastes aside: 0."""
        return np.zeros(len(needs.worth))

    def worth(self, needs: Needs, quality: FloatArray, tier: IntArray) -> FloatArray:
        """[J] US dollars that a query served at each buyer's `tier` [J] is worth: v·u."""
        return np.asarray(needs.worth * quality[tier], dtype=np.float64)


def best_tier(value: FloatArray, menu: FloatArray, quality: FloatArray) -> IntArray:
    """[J] tier of the highest v·u − P, the lower one in a draw.

    A buyer of value v takes the tier where the lower convex hull of (u, P) passes the slope v.

    Parameters
    ----------
    value
        [J] v, US dollars per solution.
    menu, quality
        [G] price and solve rate by tier, the solve rate rising.
    """
    hull: list[int] = []
    enters: list[float] = []  # the value above which the tier beats those before it
    for g in np.flatnonzero(np.isfinite(menu)).tolist():
        while hull:
            step = float((menu[g] - menu[hull[-1]]) / (quality[g] - quality[hull[-1]]))
            if (len(hull) > 1 and step <= enters[-1]) or (len(hull) == 1 and step <= 0):
                hull.pop()
                enters.pop()
                continue
            break
        enters.append(step if hull else -np.inf)
        hull.append(g)
    if not hull:
        return np.zeros(len(value), dtype=np.int64)
    at = np.searchsorted(np.array(enters[1:]), value, side="left")
    return np.array(hull, dtype=np.int64)[at]
