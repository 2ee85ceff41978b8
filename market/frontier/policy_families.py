"""Policies that were looked at, by what they cost at given solve rates, at any prices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import can_compile, compiles_already
from market.frontier.checked_policies import CheckedPolicies, Pick
from market.frontier.crossing import Way, crossings
from market.frontier.grid_cascade import Placement

__all__ = ["Families", "Pick"]


@dataclass(frozen=True, eq=False)
class Alike:
    """F placements with L other stages each, at G solve rates; a policy is L + 1 places times F.

    `rest` [L, F] and `model` [F] are indices of models; `due` [L, F]; `saved` [G, L, F] and `own`
    [G, L + 1, F] as in :class:`Placement`; `low`, `high` and `share` [F, G] and `reached` [G, F]
    say how.
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
    def of(cls, placements: Sequence[Placement], quality: FloatArray) -> "Alike":
        rates = np.stack([p.solve_rate for p in placements])
        return cls.crossing(placements, quality, crossings(rates, quality))

    @classmethod
    def crossing(cls, placements: Sequence[Placement], quality: FloatArray, way: Way) -> "Alike":
        """By where the curves of solve rate cross [G], `way` [F, G] each."""
        low, high, share, reached = way

        def mixed(curves: Sequence[FloatArray]) -> FloatArray:
            """[G, rows, F] of F curves [rows, X]; one by one, as they are of many budgets."""
            found = np.empty((len(curves), len(curves[0]), len(quality)))
            for curve, below, above, part, out in zip(curves, low, high, share, found, strict=True):
                least = curve.take(below, axis=1)
                np.add(least, part * (curve.take(above, axis=1) - least), out=out)
            return np.ascontiguousarray(found.transpose(2, 1, 0))

        return cls(
            placements,
            np.array([[m for m, _ in p.rest] for p in placements], dtype=np.int64).T,
            np.array([p.model for p in placements], dtype=np.int64),
            np.stack([p.due for p in placements], axis=1),
            mixed([p.saved for p in placements]),
            mixed([p.own for p in placements]),
            low,
            high,
            share,
            np.ascontiguousarray(reached.T),
        )

    @property
    def policies(self) -> int:
        return len(self.placements) * (len(self.rest) + 1)

    def bill_quickly(self, price: FloatArray, bill: FloatArray, first: int) -> None:
        """The same by a compiled loop, from column `first` of a bill [G, N] on."""
        from market.frontier.policy_loops import write_bills

        arrays = self.own, self.saved, self.due, self.rest, self.model, self.reached
        write_bills(*arrays, price, bill, first)

    def bill(self, price: FloatArray, out: FloatArray, moving: bool = False) -> None:
        """Write [G, policies] US dollars; infinite out of reach, or a model is not for sale."""
        bill = out.reshape(self.own.shape)
        paid, own = price[self.rest], price[self.model]
        sold = np.isfinite(own) & np.isfinite(paid).all(axis=0)
        paid, own = np.where(sold, paid, 0.0), np.where(sold, own, 0.0)
        np.multiply(self.own, own, out=bill)
        later = np.zeros(())
        for k in reversed(range(len(self.rest))):  # on all the stages that come later
            later = later + paid[k] * self.saved[:, k]
            bill[:, k] -= later
        bill += (paid * self.due).sum(axis=0)
        np.copyto(bill, np.inf, where=~(self.reached & sold)[:, None])

    def list_spend(self, at: IntArray, g: IntArray, models: int) -> FloatArray:
        """[N, M] list dollars by model of N policies, each at one solve rate."""
        place, f = np.divmod(at, len(self.placements))
        spend, row = np.zeros((len(at), models)), np.arange(len(at))
        spend[row, self.model[f]] = self.own[g, place, f]
        for k in range(len(self.rest)):
            saved = np.where(k >= place, self.saved[g, k, f], 0.0)
            spend[row, self.rest[k, f]] = self.due[k, f] - saved
        return spend

    def paid_beside(self, at: IntArray, g: IntArray) -> FloatArray:
        """[N] zeros: nothing is paid beside attempts."""
        return np.zeros(len(at))

    def pick(self, at: int, g: int) -> Pick:
        """A policy at one solve rate."""
        place, f = divmod(at, len(self.placements))
        low, high, share = (int(self.low[f, g]), int(self.high[f, g]), float(self.share[f, g]))
        return Pick(self.placements[f], place, low, high, share)


def by_stages(placements: Iterable[Placement]) -> list[list[Placement]]:
    """Those with as many other stages together."""
    found: dict[int, list[Placement]] = {}
    for placement in placements:
        found.setdefault(len(placement.rest), []).append(placement)
    return list(found.values())


class Families:
    """Placements by what they cost at G solve rates, at any prices.

    Policies are told by an index, one past the last for none.

    Parameters
    ----------
    placements
        What was looked at.
    quality
        [G] solve rates.
    known
        Others at the same solve rates, which are counted in.
    """

    def __init__(
        self, placements: Iterable[Placement], quality: FloatArray, known: Sequence["Families"] = ()
    ) -> None:
        groups = [group for families in known for group in families._groups]
        for alike in by_stages(placements):
            kind = Alike if alike[0].beside is None else CheckedPolicies
            groups.append(kind.of(alike, quality))
        self._take(groups, quality)

    @classmethod
    def grouped(cls, groups: Sequence[Alike], quality: FloatArray) -> "Families":
        """Of policies in groups of as many stages."""
        families = cls.__new__(cls)
        families._take(groups, quality)
        return families

    def _take(self, groups: Sequence[Alike | CheckedPolicies], quality: FloatArray) -> None:
        self.quality, self._groups = quality, list(groups)
        self._first = np.cumsum([0, *(group.policies for group in groups)])

    @property
    def groups(self) -> Sequence[Alike | CheckedPolicies]:
        """Its placements as arrays, those with as many other stages together."""
        return self._groups

    @property
    def placements(self) -> list[Placement]:
        """All that are counted, each once."""
        every = [placement for group in self._groups for placement in group.placements]
        return list(dict.fromkeys(every))

    def cheapest(self, price: FloatArray) -> tuple[FloatArray, list[Pick | None]]:
        """[G] least spend at the multipliers `price` [M], and the policies; None out of reach."""
        cost, at = self.least(price)
        group = np.searchsorted(self._first, at, side="right") - 1
        told = zip(group.tolist(), (at - self._first[group]).tolist(), strict=True)
        none = len(self._groups)
        picks = [self._groups[k].pick(i, g) if k < none else None for g, (k, i) in enumerate(told)]
        return cost, picks

    def least(self, price: FloatArray) -> tuple[FloatArray, IntArray]:
        """[G] least spend at the multipliers `price` [M], and [G] the policies."""
        bill = self._bill(price, quick=compiles_already())  # the same to the last bit
        at = bill.argmin(axis=1)
        cost = bill[np.arange(len(at)), at]
        return cost, np.where(np.isfinite(cost), at, self._first[-1])

    def along(self, price: FloatArray, own: BoolArray, factors: Sequence[float]) -> IntArray:
        """[L, G] the policies that are cheapest when the prices of some models move together.

        Parameters
        ----------
        price
            [M] multipliers.
        own
            [M] which of them move.
        factors
            L factors by which they are multiplied.
        """
        still = np.where(own, np.where(np.isfinite(price), 0.0, np.inf), price)
        alone = np.where(own, price, 0.0)
        if not can_compile():
            bills = self._bill(still), self._bill(alone, moving=True)
            return cheapest_along_plainly(*bills, np.array(factors))
        from market.frontier.policy_loops import cheapest_along

        bills = self._bill(still, quick=True), self._bill(alone, moving=True, quick=True)
        return cheapest_along(*bills, np.array(factors))

    def list_spend(self, at: IntArray, models: int) -> FloatArray:
        """[L, G, M] list dollars by model of policies [L, G]; infinite for none."""
        spend = np.full((*at.shape, models), np.inf)
        for group, first in zip(self._groups, self._first.tolist(), strict=False):
            own = (at >= first) & (at < first + group.policies)
            spend[own] = group.list_spend(at[own] - first, np.nonzero(own)[1], models)
        return spend

    def beside(self, at: IntArray) -> FloatArray:
        """[L, G] US dollars of checks and of wrong answers of policies [L, G]; 0 for none."""
        paid = np.zeros(at.shape)
        for group, first in zip(self._groups, self._first.tolist(), strict=False):
            own = (at >= first) & (at < first + group.policies)
            paid[own] = group.paid_beside(at[own] - first, np.nonzero(own)[1])
        return paid

    def placed(self, at: IntArray) -> list[Placement]:
        """The placements of policies, each once."""
        found: list[Placement] = []
        for group, first in zip(self._groups, self._first.tolist(), strict=False):
            own = at[(at >= first) & (at < first + group.policies)] - first
            found += [group.placements[f] for f in np.unique(own % len(group.placements)).tolist()]
        return found

    def _bill(self, price: FloatArray, moving: bool = False, quick: bool = False) -> FloatArray:
        """[G, N + 1] US dollars of each policy, and last of none; `quick` by a compiled loop."""
        bill = np.full((len(self.quality), self._first[-1] + 1), np.inf)
        for group, first in zip(self._groups, self._first.tolist(), strict=False):
            if quick and isinstance(group, Alike):
                group.bill_quickly(price, bill, first)
            else:
                group.bill(price, bill[:, first : first + group.policies], moving)
        return bill


def cheapest_along_plainly(held: FloatArray, moved: FloatArray, factors: FloatArray) -> IntArray:
    """[L, G] the columns where `held` + factor · `moved` [G, N] is least, the first in a draw."""
    # bills are linear in the factor: one that is dearer at both ends never is the cheapest
    near = np.zeros(held.shape, dtype=bool)
    best = (held + moved).argmin(axis=1)[:, None]
    for factor in (factors.min(), factors.max()):
        bill = held + factor * moved
        near |= bill <= np.take_along_axis(bill, best, axis=1)
    near &= np.isfinite(held)
    near[:, -1] = True
    g, at = near.nonzero()
    begins = np.searchsorted(g, np.arange(len(held)))
    bills = held[g, at] + np.multiply.outer(factors, moved[g, at])
    least = np.minimum.reduceat(bills, begins, axis=1)
    found = np.where(bills == least[:, g], np.arange(len(g)), len(g))
    return at[np.minimum.reduceat(found, begins, axis=1)]
