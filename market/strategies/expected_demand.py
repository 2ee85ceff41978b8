"""Expected sales of any menus: groups of like buyers, choosing by logit probability.

The buyers of a segment differ in need, worth, consideration set and incumbent seller. Those alike
are one group; worth is put into quantile bins. With a Gumbel taste for every seller and for the
outside option, a group buys from seller s with chance e^{u_s} / (e^{u_0} + Σ e^{u_k}) (McFadden
1974); without tastes all of it takes the best.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.choice import OUTSIDE_OPTION, Valuation
from market.strategies.demand import Needs

_BINS = 24  # of worth, within a tier
_QUALITY_BINS = 96  # of worth, where it decides the tier


@dataclass(frozen=True)
class BuyerGroups:
    """N groups of like buyers of one segment.

    Attributes
    ----------
    valuation
        How each group values an offer.
    queries
        [N] queries per tick, expected.
    consideration
        [N, S] which sellers they consider.
    mix
        Index of the query mix that their queries are of.
    tastes
        Whether they have any.
    """

    valuation: Valuation
    queries: FloatArray
    consideration: BoolArray
    mix: int
    tastes: bool

    def utilities(
        self, menu: FloatArray, seller: int, quality: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """[N] utility of a seller's menu [G], −inf if not considered, and [N] the tier taken."""
        utility, tier = self.valuation.of_menu(menu, seller, quality)
        return np.where(self.consideration[:, seller], utility, -np.inf), tier

    def sales(self, menus: FloatArray, quality: FloatArray) -> FloatArray:
        """[..., S, G] expected queries per tick by seller and tier at the menus [..., S, G]."""
        shape, menus = menus.shape, menus.reshape(-1, *menus.shape[-2:])
        count, _, tiers = menus.shape
        sold = np.zeros(menus.shape)
        offered = np.flatnonzero(np.isfinite(menus).any(axis=(0, 2))).tolist()
        if not offered:
            return sold.reshape(shape)
        utility = np.empty((count, len(self.queries), len(offered)))
        bought = np.empty((len(offered), count, len(self.queries)), dtype=np.int64)
        for k, s in enumerate(offered):
            same = (menus[:, s] == menus[0, s]).all()
            for i in range(1 if same else count):
                rows = slice(None) if same else i
                utility[rows, :, k], bought[k, rows] = self.utilities(menus[i, s], s, quality)
        chance = self._chances(utility)
        first = tiers * np.arange(count)[:, None]
        for k, s in enumerate(offered):
            at = first + np.minimum(bought[k], tiers - 1)
            queries = self.queries * chance[:, :, k]
            held = np.bincount(at.ravel(), queries.ravel(), minlength=count * tiers)
            sold[:, s] = held.reshape(count, tiers)
        return sold.reshape(shape)

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
        """[..., N, s] chance of each offer, at utilities [..., N, s]."""
        outside = self.valuation.outside()
        top = np.maximum(utility.max(axis=-1), outside)
        if not self.tastes:
            best = utility.argmax(axis=-1)
            taken = (np.arange(utility.shape[-1]) == best[..., None]) & (top > outside)[..., None]
            return np.asarray(taken, dtype=np.float64)
        top = np.where(np.isfinite(top), top, 0.0)[..., None]
        weight = np.exp(utility - top)
        total = weight.sum(axis=-1, keepdims=True) + np.exp(outside[:, None] - top)
        return np.asarray(weight / np.maximum(total, 1e-300), dtype=np.float64)

    def _either(self, utility: FloatArray) -> FloatArray:
        """[N] utility of the best, in expectation, of what else there is, not buying included."""
        outside = self.valuation.outside()
        every = np.column_stack([utility, outside])
        best: FloatArray = np.logaddexp.reduce(every, axis=1) if self.tastes else every.max(axis=1)
        return best


def group_buyers(
    valuation: Valuation,
    consideration: Sequence[BoolArray | None],
    *,
    rate: float,
    mix: int,
    tastes: bool,
) -> BuyerGroups:
    """Put J buyers into groups of like ones.

    Parameters
    ----------
    valuation, consideration
        As for :func:`market.strategies.choice.choose`.
    rate
        Queries per buyer and tick.
    mix, tastes
        As :class:`BuyerGroups` has them.
    """
    needs, incumbent = valuation.needs, valuation.incumbent
    # a rule from elsewhere that does not say is taken to need the finer bins
    by_worth = getattr(valuation.rule, "worth_sets_quality", True)
    bins = _QUALITY_BINS if by_worth else _BINS
    edges = np.unique(np.quantile(needs.worth, np.linspace(0, 1, bins + 1)[1:-1]))
    code = np.searchsorted(edges, needs.worth, side="left").astype(np.int64)
    code = code * (int(needs.tier.max(initial=0)) + 1) + needs.tier
    for considered in consideration:
        if considered is not None:
            _, code = np.unique(code * 2 + considered, return_inverse=True)
    if valuation.switching_cost > 0:
        _, code = np.unique(code * (len(consideration) + 1) + incumbent + 1, return_inverse=True)
    _, first, place, count = np.unique(
        code, return_index=True, return_inverse=True, return_counts=True
    )
    mean = np.bincount(place, weights=needs.worth) / count
    matters = valuation.switching_cost > 0
    return BuyerGroups(
        valuation=replace(
            valuation,
            needs=Needs(needs.tier[first], mean),
            incumbent=incumbent[first] if matters else np.full(len(first), OUTSIDE_OPTION),
        ),
        queries=rate * count.astype(np.float64),
        consideration=np.stack(
            [np.ones(len(first), dtype=bool) if c is None else c[first] for c in consideration],
            axis=1,
        ),
        mix=mix,
        tastes=tastes,
    )
