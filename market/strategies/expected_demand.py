"""Expected sales of any menus: buyers in cells, choosing by logit probability.

The buyers of a segment differ in need, worth, the sellers they know and their present seller. Those
alike are one cell; worth is put into quantile bins. With a Gumbel taste for every seller and for
not buying, a cell buys from seller s with chance e^{u_s} / (e^{u_0} + Σ e^{u_k}) (McFadden 1974);
without tastes all of it takes the best.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.demand import OUTSIDE_OPTION, FixedQuality, Needs, ValueDemand

_BINS = 24  # of worth, within a tier
_VALUE_BINS = 96  # of worth, where it decides the tier


@dataclass(frozen=True)
class BuyerGroups:
    """N groups of like buyers of one segment.

    Attributes
    ----------
    rule
        How they value an offer.
    needs
        Of each cell.
    queries
        [N] queries per tick, expected.
    consideration
        [N, S] which sellers they know.
    incumbent
        [N] present seller, or `OUTSIDE_OPTION`.
    mix
        Index of the mix of problems that their queries are of.
    price_sensitivity, switching_cost
        As of the segment.
    tastes
        Whether they have any.
    """

    rule: FixedQuality | ValueDemand
    needs: Needs
    queries: FloatArray
    consideration: BoolArray
    incumbent: IntArray
    mix: int
    price_sensitivity: float
    switching_cost: float
    tastes: bool

    def utilities(
        self, menu: FloatArray, seller: int, quality: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """[N] utility of a seller's menu [G], −inf where it is not known, and [N] tier taken."""
        utility, tier = self.rule.utility(self.needs, menu, quality, self.price_sensitivity)
        if self.switching_cost > 0:
            dearer = menu * (1 + self.switching_cost)
            moved, other = self.rule.utility(self.needs, dearer, quality, self.price_sensitivity)
            moves = (self.incumbent != OUTSIDE_OPTION) & (self.incumbent != seller)
            utility, tier = np.where(moves, moved, utility), np.where(moves, other, tier)
        return np.where(self.consideration[:, seller], utility, -np.inf), tier

    def sales(self, menus: FloatArray, quality: FloatArray) -> FloatArray:
        """[S, G] expected queries per tick by seller and tier at the menus [S, G]."""
        sellers, tiers = menus.shape
        sold = np.zeros((sellers, tiers))
        offered = np.flatnonzero(np.isfinite(menus).any(axis=1)).tolist()
        if not offered:
            return sold
        offers = [self.utilities(menus[s], s, quality) for s in offered]
        utility = np.stack([u for u, _ in offers], axis=1)
        chance = self._chances(utility)
        for k, s in enumerate(offered):
            tier = np.minimum(offers[k][1], tiers - 1)
            sold[s] = np.bincount(tier, weights=self.queries * chance[:, k], minlength=tiers)
        return sold

    def own_sales(
        self, menus: FloatArray, seller: int, alternatives: FloatArray, quality: FloatArray
    ) -> FloatArray:
        """[K, G] expected queries of one seller at other menus [K, G] of its own."""
        tiers = menus.shape[1]
        rest = np.full((len(self.queries), 1), -np.inf)
        for s in range(len(menus)):
            if s != seller and np.isfinite(menus[s]).any():
                rest = np.column_stack([rest, self.utilities(menus[s], s, quality)[0]])
        others = self._either(rest)
        sold = np.zeros((len(alternatives), tiers))
        for k, menu in enumerate(alternatives):
            utility, tier = self.utilities(menu, seller, quality)
            if self.tastes:
                with np.errstate(over="ignore"):
                    chance = 1 / (1 + np.exp(others - utility))
            else:
                chance = (utility > others).astype(np.float64)
            tier = np.minimum(tier, tiers - 1)
            sold[k] = np.bincount(tier, weights=self.queries * chance, minlength=tiers)
        return sold

    def _chances(self, utility: FloatArray) -> FloatArray:
        """[N, s] chance of each offer, at utilities [N, s]."""
        outside = self.rule.outside(self.needs, self.price_sensitivity)
        top = np.maximum(utility.max(axis=1), outside)
        if not self.tastes:
            best = utility.argmax(axis=1)
            taken = np.zeros(utility.shape)
            rows = np.flatnonzero(utility.max(axis=1) > outside)
            taken[rows, best[rows]] = 1.0
            return taken
        top = np.where(np.isfinite(top), top, 0.0)[:, None]
        weight = np.exp(utility - top)
        return np.asarray(
            weight / np.maximum(weight.sum(axis=1) + np.exp(outside - top[:, 0]), 1e-300)[:, None],
            dtype=np.float64,
        )

    def _either(self, utility: FloatArray) -> FloatArray:
        """[N] utility of the best, in expectation, of what else there is, not buying included."""
        outside = self.rule.outside(self.needs, self.price_sensitivity)
        every = np.column_stack([utility, outside])
        best: FloatArray = np.logaddexp.reduce(every, axis=1) if self.tastes else every.max(axis=1)
        return best


def group_buyers(
    rule: FixedQuality | ValueDemand,
    needs: Needs,
    consideration: Sequence[BoolArray | None],
    incumbent: IntArray,
    *,
    rate: float,
    mix: int,
    price_sensitivity: float,
    switching_cost: float,
    tastes: bool,
) -> BuyerGroups:
    """Put J buyers into cells of like ones.

    Parameters
    ----------
    rule, needs, consideration, incumbent
        As for :func:`market.strategies.demand.choose`.
    rate
        Queries per buyer and tick.
    mix, price_sensitivity, switching_cost, tastes
        As :class:`BuyerGroups` has them.
    """
    bins = _VALUE_BINS if isinstance(rule, ValueDemand) else _BINS
    edges = np.unique(np.quantile(needs.worth, np.linspace(0, 1, bins + 1)[1:-1]))
    code = np.searchsorted(edges, needs.worth, side="left").astype(np.int64)
    code = code * (int(needs.tier.max(initial=0)) + 1) + needs.tier
    for aware in consideration:
        if aware is not None:
            _, code = np.unique(code * 2 + aware, return_inverse=True)
    if switching_cost > 0:
        _, code = np.unique(code * (len(consideration) + 1) + incumbent + 1, return_inverse=True)
    _, first, place, count = np.unique(
        code, return_index=True, return_inverse=True, return_counts=True
    )
    mean = np.bincount(place, weights=needs.worth) / count
    return BuyerGroups(
        rule=rule,
        needs=Needs(needs.tier[first], mean),
        queries=rate * count.astype(np.float64),
        consideration=np.stack(
            [np.ones(len(first), dtype=bool) if a is None else a[first] for a in consideration],
            axis=1,
        ),
        incumbent=incumbent[first] if switching_cost > 0 else np.full(len(first), OUTSIDE_OPTION),
        mix=mix,
        price_sensitivity=price_sensitivity,
        switching_cost=switching_cost,
        tastes=tastes,
    )
