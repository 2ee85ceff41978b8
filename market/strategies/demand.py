"""Demand rules: what a buyer wants, how it values an offer, and which seller it takes.

A rule gives the systematic utility of a menu and of not buying. Each buyer adds a lasting taste,
Gumbel(0, 1), for every seller and for not buying, and takes the highest: a logit over buyers
(McFadden 1974; Anderson, de Palma and Thisse 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.config import Part
from market.foundation.plugins import with_plugins
from market.strategies.distributions import Distribution, draw

OUTSIDE_OPTION = -1
NOTHING = 1e-300  # US dollars that stand for no price, where a logarithm is taken


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


@dataclass(frozen=True)
class Choice:
    """Whom each of J buyers buys from.

    Attributes
    ----------
    seller
        [J] index of the seller; `OUTSIDE_OPTION` where not buying is better.
    tier
        [J] index of the tier bought; of no meaning where nobody sells.
    """

    seller: IntArray
    tier: IntArray


class FixedQuality(Part):
    """A buyer needs one solve rate, and pays at most its reservation price B for it.

    Utility of seller s: −β·ln(P_s·(1 + switching_cost·[s ≠ present seller])); of not buying:
    −β·ln B; tastes aside. So β is near the price elasticity of one seller among close substitutes.
    """

    kind: Literal["fixed_quality"] = "fixed_quality"
    quality: Distribution
    """Solve rate that a buyer needs; it takes the least tier that has it."""
    budget: Distribution
    """Reservation price, US dollars per query."""

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
        wanted = draw(self.quality, quality_rng, size)
        tier = np.searchsorted(quality_tiers, wanted - 1e-9, side="left").astype(np.int64)
        return Needs(tier, draw(self.budget, worth_rng, size))

    def utility(
        self, needs: Needs, menu: FloatArray, quality: FloatArray, price_sensitivity: float
    ) -> tuple[FloatArray, IntArray]:
        """[J] utility of a seller's menu [G], tastes aside, and [J] the tier taken from it."""
        # column G serves the buyers whom no tier is good enough for
        by_tier = np.append(-price_sensitivity * np.log(np.maximum(menu, NOTHING)), -np.inf)
        return by_tier[needs.tier], needs.tier

    def outside(self, needs: Needs, price_sensitivity: float) -> FloatArray:
        """[J] utility of not buying, tastes aside."""
        worth = np.maximum(needs.worth, NOTHING)
        return np.asarray(-price_sensitivity * np.log(worth), dtype=np.float64)

    def worth(self, needs: Needs, quality: FloatArray, tier: IntArray) -> FloatArray:
        """[J] US dollars that a query served at each buyer's `tier` [J] is worth: B."""
        return needs.worth


class ValueDemand(Part):
    """A solution is worth v to a buyer, which decides how much quality to buy.

    From each seller it takes the tier of the highest surplus v·u − P. Utility: β·(v·u − P)/v, a
    price that is (1 + switching_cost) higher at a seller other than the present one; of not buying:
    0; tastes aside. (Vertical differentiation as in Mussa and Rosen 1978.)
    """

    kind: Literal["value"] = "value"
    value: Distribution
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


if TYPE_CHECKING:
    Demand = FixedQuality | ValueDemand
else:
    Demand = with_plugins("market.demand", FixedQuality, ValueDemand)


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


def choose(
    rule: FixedQuality | ValueDemand,
    needs: Needs,
    menus: FloatArray,
    quality: FloatArray,
    consideration: Sequence[BoolArray | None],
    taste: Sequence[FloatArray] | None,
    incumbent: IntArray,
    price_sensitivity: float,
    switching_cost: float,
) -> Choice:
    """Take the seller of highest utility among those known, or nobody.

    Parameters
    ----------
    rule
        How an offer is valued.
    needs
        Of the J buyers.
    menus
        [S, G] posted price by seller and tier.
    quality
        [G] promised solve rates.
    consideration
        Per seller, [J] whether a buyer knows it; None where everybody does.
    taste
        [J] per seller, and last for not buying: the buyers' lasting tastes; None for none.
    incumbent
        [J] present seller, or `OUTSIDE_OPTION`.
    price_sensitivity
        β.
    switching_cost
        Share of the price that leaving the present seller adds.
    """
    best = rule.outside(needs, price_sensitivity)
    if taste is not None:
        best = best + taste[-1]
    seller = np.full(len(best), OUTSIDE_OPTION, dtype=np.int64)
    bought = needs.tier.copy()
    settled = incumbent != OUTSIDE_OPTION
    for s, menu in enumerate(menus):
        if not np.isfinite(menu).any():
            continue
        utility, tier = rule.utility(needs, menu, quality, price_sensitivity)
        if switching_cost > 0:
            moved, other = rule.utility(
                needs, menu * (1 + switching_cost), quality, price_sensitivity
            )
            moves = settled & (incumbent != s)
            utility, tier = np.where(moves, moved, utility), np.where(moves, other, tier)
        if taste is not None:
            utility = utility + taste[s]
        better = utility > best
        aware = consideration[s]
        if aware is not None:
            better &= aware
        np.copyto(best, utility, where=better)
        seller[better] = s
        bought[better] = tier[better]
    return Choice(seller, bought)
