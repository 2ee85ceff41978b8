"""Expected sales of any menus: groups of like buyers, choosing by logit probability.

The buyers of a segment differ in need, worth, consideration set and incumbent seller. Those alike
are one group; worth is put into quantile bins. With a Gumbel taste for every seller and for the
outside option, a group buys from seller s with chance e^{u_s} / (e^{u_0} + Σ e^{u_k}) (McFadden
1974); without tastes all of it takes the best, and is split evenly between those that are as good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.choice import OUTSIDE_OPTION, Valuation
from market.strategies.demand import Needs

NEVER = 1e-9  # chance of a purchase that counts as none
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
        self,
        menus: FloatArray,
        seller: int,
        alternatives: FloatArray,
        quality: FloatArray,
        rest: "Rest | None" = None,
    ) -> FloatArray:
        """[K, G] expected queries of one seller at other menus [K, G] of its own.

        Parameters
        ----------
        menus
            [S, G] posted prices; the seller's own do not count.
        seller
            Its index.
        alternatives
            [K, G] menus.
        quality
            [G] promised solve rates.
        rest
            What :meth:`rest` says, if it is known already.
        """
        tiers = menus.shape[1]
        others = self.rest(menus, seller, quality) if rest is None else rest
        offers = [self.utilities(menu, seller, quality) for menu in alternatives]
        utility = np.array([u for u, _ in offers])
        if self.tastes:
            with np.errstate(over="ignore"):
                chance = _without_dust(1 / (1 + np.exp(others.utility - utility)))
        else:
            shared = np.where(others.sellers > 0, 1 / (1 + others.sellers), 0.0)
            level = utility == others.utility
            chance = np.where(utility > others.utility, 1.0, np.where(level, shared, 0.0))
        place = [np.minimum(tier, tiers - 1) + k * tiers for k, (_, tier) in enumerate(offers)]
        weights = np.ravel(self.queries * chance)
        sold = np.bincount(np.ravel(place), weights, len(offers) * tiers).astype(np.float64)
        return sold.reshape(len(offers), tiers)

    def rest(self, menus: FloatArray, seller: int, quality: FloatArray) -> "Rest":
        """What there is but for one seller, at the menus [S, G]."""
        columns = [
            self.utilities(menus[s], s, quality)[0]
            for s in range(len(menus))
            if s != seller and np.isfinite(menus[s]).any()
        ]
        outside = self.valuation.outside()
        every = np.column_stack([*columns, outside])
        if self.tastes:
            return Rest(np.logaddexp.reduce(every, axis=1), np.zeros(len(outside), dtype=np.int64))
        best = every.max(axis=1)
        return Rest(best, np.where(best > outside, (every == best[:, None]).sum(axis=1), 0))

    def limits(self, menu: FloatArray, seller: int, quality: FloatArray) -> FloatArray:
        """[N, G] price from which on a group does not gain by a tier of a seller, tastes aside.

        0 where it does not consider the seller, or would not take the tier; infinite prices in the
        menu [G] are tiers that are not sold.
        """
        rule, needs, incumbent = self.valuation.rule, self.valuation.needs, self.valuation.incumbent
        leaves = (incumbent != OUTSIDE_OPTION) & (incumbent != seller)
        dearer = np.where(leaves, 1 + self.valuation.switching_cost, 1.0)
        limits = np.zeros((len(self.queries), len(menu)))
        for g in np.flatnonzero(np.isfinite(menu)).tolist():
            alone = np.full(len(menu), np.inf)
            alone[g] = menu[g]
            taken = np.isfinite(self.utilities(alone, seller, quality)[0])
            worth = rule.worth(needs, quality, np.full(len(needs.tier), g))
            limits[:, g] = np.where(taken, worth / dearer, 0.0)
        return limits

    def rival_prices(self, menus: FloatArray, seller: int) -> FloatArray:
        """[R, G] prices of a seller at which rivals' offers at the menus [S, G] are as good.

        For a buyer that would have to leave its incumbent, prices count as so much higher.
        """
        known = self.consideration & self.consideration[:, [seller]]
        known[:, seller] = False
        rivals: FloatArray = menus[known.any(axis=0)]
        leaving = 1 + self.valuation.switching_cost
        if leaving == 1:
            return rivals
        every: FloatArray = np.concatenate([rivals / leaving, rivals, rivals * leaving])
        return every

    def _chances(self, utility: FloatArray) -> FloatArray:
        """[..., N, s] chance of each offer, at utilities [..., N, s]."""
        outside = self.valuation.outside()
        top = np.maximum(utility.max(axis=-1), outside)
        if not self.tastes:
            best = utility.max(axis=-1, keepdims=True)
            taken = (utility == best) & (best > outside[:, None])
            return np.asarray(taken / np.maximum(taken.sum(axis=-1, keepdims=True), 1))
        top = np.where(np.isfinite(top), top, 0.0)[..., None]
        weight = np.exp(utility - top)
        total = weight.sum(axis=-1, keepdims=True) + np.exp(outside[:, None] - top)
        return _without_dust(weight / np.maximum(total, 1e-300))


@dataclass(frozen=True)
class Rest:
    """What else there is for N groups, not buying included.

    Attributes
    ----------
    utility
        [N] of the best; with tastes, in expectation.
    sellers
        [N] how many sellers are that good; 0 where not buying is, or buyers have tastes.
    """

    utility: FloatArray
    sellers: IntArray


def _without_dust(chance: FloatArray) -> FloatArray:
    """0 for a chance that is next to none: a seller whom nobody buys from has no best price."""
    return np.where(chance < NEVER, 0.0, chance)


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
