"""Expected choices: groups of like buyers, choosing by nested logit probability.

With nested tastes (:mod:`market.strategies.tastes`) a group buys from an offer s of nest n with
chance e^{V_s/λσ} / E_n · E_n^λ / (1 + Σ_k E_k^λ), E_n = Σ_{s in n} e^{V_s/λσ} (McFadden 1978);
offers outside a nest are nests of their own. Without tastes all of a group takes the best, and is
split evenly between offers that are as good. Where leaving an incumbent costs something, tastes
that led to the incumbent are no longer Gumbel: expectations then go over buyers one by one, with
the tastes that they have.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import can_compile
from market.foundation.memory import same_objects
from market.strategies.choice import OUTSIDE_OPTION, Buyers
from market.strategies.demand import Needs

Still = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
"""What offers that stand still are to a choice, as `choice_loops.stand_still` has it."""

NEVER = 1e-9  # chance of a purchase that counts as none
_QUALITY_BINS, _WORTH_BINS = 24, 8  # of buyers by need, then by worth
_BINS = 96  # by what is worth something to them, where their needs are alike


@dataclass(frozen=True)
class ExpectedBuyers:
    """N groups of like buyers of one segment, or its buyers one by one.

    Attributes
    ----------
    buyers
        A buyer of each group.
    queries
        [N] queries per tick, expected.
    count
        [N] how many buyers are in each group.
    mix
        Index of the query mix that their queries are of.
    nest
        [O] the nest that each offer is in; −1 where it is one of its own.
    dissimilarity
        λ of the nests.
    taste
        [N] per offer, and last for the outside option, where each group is one buyer with tastes
        of its own; None where tastes are known in distribution only.
    """

    buyers: Buyers
    queries: FloatArray
    count: FloatArray
    mix: int
    nest: IntArray
    dissimilarity: float
    taste: Sequence[FloatArray] | None = None
    _still: dict[bytes, tuple[tuple[FloatArray, ...], Still]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def own_router(self) -> int | None:
        """Index of the offer that stands for routing for themselves; None where they cannot."""
        return None if self.buyers.own_routing is None else self.buyers.own_routing.offer

    def alike(self, one: int, other: int) -> bool:
        """Whether buyers have one taste for two offers: they take the better one."""
        return self.dissimilarity == 0 and 0 <= self.nest[one] == self.nest[other]

    def chances(
        self, gains: Mapping[int, FloatArray], wanted: Collection[int] | None = None
    ) -> dict[int, FloatArray]:
        """[..., N] chance of each offer, by the gains [..., N] of all; others than wanted may lack.

        All are wanted if None.
        """
        if not gains:
            return {}
        scale, routing, last = self.buyers.scale, self.buyers.own_routing, self.own_router
        if self.taste is not None:
            outside = scale * self.taste[-1]
            own = {o: gain + scale * self.taste[o] - outside for o, gain in gains.items()}
            return _best(own, last)
        logit = scale > 0
        if not logit.any():
            return _best(gains, last)
        per_taste = scale if logit.all() else np.where(logit, scale, 1.0)
        if routing is None or routing.offer not in gains:
            found = self._logit(gains, per_taste, wanted)
        else:
            beside = routing.beside(gains, self.buyers.consideration)
            told = None if wanted is None else {*wanted, routing.offer, *routing.arbitrageurs}
            found = routing.apart(self._logit(beside, per_taste, told), gains)
        if logit.all():
            return found
        hard = _best(gains, last)
        return {o: np.where(logit, found[o], hard[o]) for o in found}

    def shared_nests(self, offers: Sequence[int]) -> IntArray:
        """[O] the nest that each offer shares with others of these, from 0; −1 for none."""
        of = self.nest[offers].tolist()
        shared = sorted({n for n in of if n >= 0 and of.count(n) > 1})
        return np.array([shared.index(n) if n in shared else -1 for n in of])

    def _logit(
        self, gains: Mapping[int, FloatArray], scale: FloatArray, wanted: Collection[int] | None
    ) -> dict[int, FloatArray]:
        if not can_compile():
            return self.logit_plainly(gains, scale)
        from market.strategies.choice_loops import nested_logit, stand_still
        from market.strategies.sales_loops import chances

        moved = [o for o, gain in gains.items() if wanted is None or o in wanted or gain.ndim > 1]
        rest = [o for o in gains if o not in moved]
        shape = np.broadcast_shapes(*(gains[o].shape for o in moved))
        lists = shape[0] if len(shape) > 1 else 1
        every = np.empty((len(moved), lists, len(scale)))
        for row, o in zip(every, moved, strict=True):
            row[:] = gains[o]
        still = np.empty((len(rest), len(scale)))
        for s, o in enumerate(rest):
            still[s] = gains[o]
        nest = self.shared_nests(rest + moved)
        alike = float(self.dissimilarity)
        if nest.max() <= 0:
            made_of = scale, *(gains[o] for o in rest)
            held = self._still.get(nest.tobytes())
            if held is None or not same_objects(held[0], made_of):  # a search asks many times
                held = self._still[nest.tobytes()] = made_of, stand_still(still, scale, nest, alike)
            found = chances(every, *held[1], scale, nest[len(rest) :], alike, NEVER)
        else:
            found = nested_logit(still, every, scale, nest, alike, NEVER)
        return {o: row.reshape(shape) for o, row in zip(moved, found, strict=True)}

    def logit_plainly(
        self, gains: Mapping[int, FloatArray], scale: FloatArray
    ) -> dict[int, FloatArray]:
        """By offer, chances [..., N] at gains [..., N] and scales of tastes [N]; in numpy."""
        utility = {o: gain / scale for o, gain in gains.items()}
        nests: dict[int, list[int]] = {}
        for o in utility:
            if self.nest[o] >= 0:
                nests.setdefault(int(self.nest[o]), []).append(o)
        within: dict[int, dict[int, FloatArray]] = {}  # by the key of the nest's branch
        branches = dict(utility)
        for n, nest in nests.items():
            if len(nest) > 1:
                inclusive, within[-1 - n] = self._within(utility, nest)
                branches = {o: u for o, u in branches.items() if o not in nest}
                branches[-1 - n] = inclusive
        top: FloatArray = np.zeros(1)
        for u in branches.values():
            top = np.maximum(top, u)
        weights = {o: np.exp(u - top) for o, u in branches.items()}
        total = np.exp(-top)
        for weight in weights.values():
            total = total + weight
        chance = {o: weight / total for o, weight in weights.items()}
        for branch, parts in within.items():
            of_nest = chance.pop(branch)
            chance |= {o: of_nest * part for o, part in parts.items()}
        return {o: np.where(c < NEVER, 0.0, c) for o, c in chance.items()}

    def _within(
        self, utility: Mapping[int, FloatArray], nest: Sequence[int]
    ) -> tuple[FloatArray, dict[int, FloatArray]]:
        """[..., N] utility of a nest, and [..., N] the chance of each of its offers in it."""
        top = utility[nest[0]]
        for o in nest[1:]:
            top = np.maximum(top, utility[o])
        there = np.isfinite(top)
        top = np.where(there, top, 0.0)
        if self.dissimilarity == 0:
            best = _best({o: np.where(there, utility[o] - top + 1, -np.inf) for o in nest})
            return np.where(there, top, -np.inf), best
        weights = {o: np.exp((utility[o] - top) / self.dissimilarity) for o in nest}
        total = sum(weights.values(), start=np.zeros(1))
        some = np.where(there, total, 1.0)
        inclusive = np.where(there, top + self.dissimilarity * np.log(some), -np.inf)
        return inclusive, {o: weight / some for o, weight in weights.items()}


def _best(gains: Mapping[int, FloatArray], last: int | None = None) -> dict[int, FloatArray]:
    """1 for the offer of the highest gain above 0, shared evenly where several are; else 0.

    The offer `last` is taken only where it is better than all others.
    """
    top: FloatArray = np.zeros(1)
    for gain in gains.values():
        top = np.maximum(top, gain)
    taken = {o: (gain == top) & (gain > 0) for o, gain in gains.items()}
    if last in taken:
        for o, gain in gains.items():
            if o != last:
                taken[last] = taken[last] & (gain < top)
    number = sum((t.astype(np.float64) for t in taken.values()), start=np.zeros(1))
    return {o: t / np.maximum(number, 1.0) for o, t in taken.items()}


def group_buyers(
    buyers: Buyers,
    *,
    rate: float,
    mix: int,
    nest: IntArray,
    dissimilarity: float,
    taste: Sequence[FloatArray] | None,
    relative: FloatArray | None = None,
) -> ExpectedBuyers:
    """Put J buyers into groups of like ones, or take them one by one where tastes are their own.

    Parameters
    ----------
    buyers
        J of them.
    rate
        Mean queries per buyer and tick.
    mix, nest, dissimilarity
        As :class:`ExpectedBuyers` has them.
    taste
        The buyers' lasting tastes; None for none.
    relative
        [J] queries of each buyer over the mean; None where all send as many.
    """
    relative = np.ones(len(buyers.scale)) if relative is None else relative
    if taste is not None and buyers.switching.any():
        each = np.ones(len(buyers.scale))
        return ExpectedBuyers(buyers, rate * relative, each, mix, nest, dissimilarity, taste)
    needs = buyers.needs
    code = _bins(needs.quality, _QUALITY_BINS)
    alike = not code.any()
    worth = _bins(needs.worth, _BINS if alike else _WORTH_BINS)
    code = code * _BINS + worth
    if buyers.own_routing is not None:
        bins = buyers.own_routing.bins
        code = _ranks(code * (int(bins.max()) + 1) + bins)
    for considered in buyers.consideration:
        if considered is not None:
            code = _ranks(code * 2 + considered)
    moves = bool(buyers.switching.any())
    if moves:
        top = int(buyers.incumbent.max(initial=0)) + 2
        code = _ranks(code * top + buyers.incumbent + 1)
    place = _ranks(code)
    count = np.bincount(place)
    first = np.full(len(count), len(place))
    np.minimum.at(first, place, np.arange(len(place)))

    def mean(values: FloatArray) -> FloatArray:
        some = values[first]  # what all of a group have in common is their mean to the last digit
        rest = np.bincount(place, weights=values - some[place]) / count
        return np.asarray(some + rest, dtype=np.float64)

    counted = count.astype(np.float64)
    queries = rate * np.bincount(place, relative).astype(np.float64)
    routing = buyers.own_routing
    grouped = replace(
        buyers,
        needs=Needs(mean(needs.quality), mean(needs.worth)),
        scale=mean(buyers.scale),
        switching=mean(buyers.switching),
        incumbent=buyers.incumbent[first] if moves else np.full(len(first), OUTSIDE_OPTION),
        consideration=tuple(None if c is None else c[first] for c in buyers.consideration),
        own_routing=None if routing is None else routing.grouped(place, rate * relative),
    )
    return ExpectedBuyers(grouped, queries, counted, mix, nest, dissimilarity)


def _ranks(code: IntArray) -> IntArray:
    """[J] place of each code among those that there are, which are not negative and not large."""
    there = np.bincount(code) > 0
    ranks: IntArray = (np.cumsum(there) - 1)[code]
    return ranks


def _bins(values: FloatArray, bins: int) -> IntArray:
    """[J] quantile bin of each value."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left").astype(np.int64)
