"""Policies that were looked at, by what they cost at given solve rates, at any prices."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.crossing import crossings
from market.frontier.grid_cascade import GridCascade, Placement


@dataclass(frozen=True)
class Pick:
    """A policy that solves a wanted rate: two neighbouring budgets of one model, mixed.

    Attributes
    ----------
    placement, place
        Which model is varied, and where it is tried.
    low, high, share
        Its budgets, and the chance of `high`.
    """

    placement: Placement
    place: int
    low: int
    high: int
    share: float

    def list_spend(self, models: int) -> FloatArray:
        """[M] expected list dollars by model."""
        high = self.placement.list_spend(self.place, self.high, models)
        if self.share >= 1:
            return high
        low = self.placement.list_spend(self.place, self.low, models)
        return np.asarray(self.share * high + (1 - self.share) * low, dtype=np.float64)

    def cascades(self) -> tuple[GridCascade, GridCascade]:
        """The two cascades that are mixed."""
        low, high = (self.placement.policy(self.place, budget) for budget in (self.low, self.high))
        return low, high


@dataclass(frozen=True, eq=False)
class _Alike:
    """F placements with L other stages each, at G solve rates.

    `rest` [F, L] and `model` [F] are indices of models; `due` [F, L]; `saved` [F, L, G] and `own`
    [F, L + 1, G] as in :class:`Placement`; `low`, `high`, `share` and `reached` [F, G] say how.
    """

    placements: Sequence[Placement]
    rest: IntArray
    model: IntArray
    due: FloatArray
    saved: FloatArray
    own: FloatArray
    low: IntArray
    high: IntArray
    share: FloatArray
    reached: BoolArray

    @classmethod
    def of(cls, placements: Sequence[Placement], quality: FloatArray) -> "_Alike":
        rates = np.stack([p.solve_rate for p in placements])
        low, high, share, reached = crossings(rates, quality)

        def mixed(values: FloatArray) -> FloatArray:
            at = [np.take_along_axis(values, index[:, None, :], axis=2) for index in (low, high)]
            return np.asarray(at[0] + share[:, None, :] * (at[1] - at[0]), dtype=np.float64)

        return cls(
            placements,
            np.array([[m for m, _ in p.rest] for p in placements], dtype=np.int64),
            np.array([p.model for p in placements], dtype=np.int64),
            np.stack([p.due for p in placements]),
            mixed(np.stack([p.saved for p in placements])),
            mixed(np.stack([p.own for p in placements])),
            low,
            high,
            share,
            reached,
        )

    def bill(self, price: FloatArray) -> FloatArray:
        """[F, L + 1, G] US dollars; infinite out of reach, and where a model is not for sale."""
        paid, own = price[self.rest], price[self.model]
        sold = np.isfinite(own) & np.isfinite(paid).all(axis=1)
        paid, own = np.where(sold[:, None], paid, 0.0), np.where(sold, own, 0.0)
        bill: FloatArray = own[:, None, None] * self.own
        saved = paid[:, :, None] * self.saved
        bill[:, :-1] -= saved[:, ::-1].cumsum(axis=1)[:, ::-1]
        bill += (paid * self.due).sum(axis=1)[:, None, None]
        return np.where((self.reached & sold[:, None])[:, None, :], bill, np.inf)

    def list_spend(self, at: IntArray, models: int) -> FloatArray:
        """[G, M] list dollars by model of the policies at flat indices [G], one for each rate."""
        tiers = np.arange(len(at))
        f, place = np.divmod(at, self.own.shape[1])
        spend = np.zeros((len(at), models))
        spend[tiers, self.model[f]] = self.own[f, place, tiers]
        for k in range(self.rest.shape[1] if self.rest.size else 0):
            saved = np.where(k >= place, self.saved[f, k, tiers], 0.0)
            spend[tiers, self.rest[f, k]] = self.due[f, k] - saved
        return spend

    def pick(self, at: int, g: int) -> Pick:
        """The policy at a flat index of [F, L + 1], for one solve rate."""
        f, place = divmod(at, self.own.shape[1])
        low, high, share = (int(self.low[f, g]), int(self.high[f, g]), float(self.share[f, g]))
        return Pick(self.placements[f], place, low, high, share)


class Families:
    """Placements by what they cost at G solve rates, at any prices.

    Parameters
    ----------
    placements
        What was looked at.
    quality
        [G] solve rates.
    """

    def __init__(self, placements: Iterable[Placement], quality: FloatArray) -> None:
        by_length: dict[int, list[Placement]] = {}
        for placement in placements:
            by_length.setdefault(len(placement.rest), []).append(placement)
        self.quality = quality
        self.placements = [placement for group in by_length.values() for placement in group]
        self._groups = [_Alike.of(group, quality) for group in by_length.values()]

    def cheapest(self, price: FloatArray) -> tuple[FloatArray, list[Pick | None]]:
        """[G] least spend at the multipliers `price` [M], and the policies; None out of reach."""
        return self._least([group.bill(price) for group in self._groups])

    def along(
        self, price: FloatArray, own: BoolArray, factors: Sequence[float]
    ) -> list[list[Pick | None]]:
        """The policies that are cheapest when the prices of some models move together.

        Parameters
        ----------
        price
            [M] multipliers.
        own
            [M] which of them move.
        factors
            By what they are multiplied.

        Returns
        -------
        For each factor, G policies; None out of reach.
        """
        return [self._least(bills)[1] for bills in self._moving(price, own, factors)]

    def spend_along(
        self, price: FloatArray, own: BoolArray, factors: Sequence[float]
    ) -> FloatArray:
        """[G, L, M] list dollars of what :meth:`along` finds for L factors; infinite if None."""
        spends = []
        for bills in self._moving(price, own, factors):
            spend = np.full((len(self.quality), len(price)), np.inf)
            cost = np.full(len(self.quality), np.inf)
            for group, bill in zip(self._groups, bills, strict=True):
                flat = bill.reshape(-1, len(self.quality))
                at = flat.argmin(axis=0)
                least = flat[at, np.arange(len(at))]
                better = least < cost
                spend[better] = group.list_spend(at, len(price))[better]
                cost = np.minimum(cost, least)
            spends.append(spend)
        return np.stack(spends, axis=1)

    def _moving(
        self, price: FloatArray, own: BoolArray, factors: Sequence[float]
    ) -> Iterator[list[FloatArray]]:
        """For each factor, the bills of each group of placements."""
        held = [
            group.bill(np.where(own, np.where(np.isfinite(price), 0.0, np.inf), price))
            for group in self._groups
        ]
        moved = [
            np.where(np.isfinite(rest), group.bill(np.where(own, price, 0.0)), 0.0)
            for group, rest in zip(self._groups, held, strict=True)
        ]
        for factor in factors:
            yield [a + factor * b for a, b in zip(held, moved, strict=True)]

    def _least(self, bills: Sequence[FloatArray]) -> tuple[FloatArray, list[Pick | None]]:
        tiers = len(self.quality)
        cost = np.full(tiers, np.inf)
        picks: list[Pick | None] = [None] * tiers
        for group, bill in zip(self._groups, bills, strict=True):
            flat = bill.reshape(-1, tiers)
            at = flat.argmin(axis=0)
            least = flat[at, np.arange(tiers)]
            for g in np.flatnonzero(least < cost).tolist():
                picks[g] = group.pick(int(at[g]), g)
            cost = np.minimum(cost, least)
        return cost, picks
