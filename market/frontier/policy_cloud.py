"""The cloud of policies: everything a search looked at, kept so that prices can move.

A policy's solve rate does not depend on prices, and what it costs is the dot product of prices with
its list spend by model. So a frontier at other prices is the lower envelope of dot products over
the policies kept. One search at list prices fills the cloud; at other prices the best of the cloud
is searched near once more. What comes out depends on the prices asked about and on nothing else:
not on the solve rates asked for, nor on what was asked before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.memory import remember
from market.frontier.cascade_search import CascadeSearch, objective_at, one_thread
from market.frontier.cascade_space import CascadeSpace, coarse_levels
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.pass_curves import CurveTables

_FAMILIES_KEPT = 4  # price lists and solve rates
_REMEMBERED = 64  # price lists whose searches are kept; one that is forgotten is run again


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
        low, high, share, reached = _crossings(rates, quality)

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

    def pick(self, at: int, g: int) -> Pick:
        """The policy at a flat index of [F, L + 1], for one solve rate."""
        f, place = divmod(at, self.own.shape[1])
        low, high, share = (int(self.low[f, g]), int(self.high[f, g]), float(self.share[f, g]))
        return Pick(self.placements[f], place, low, high, share)


def _crossings(
    rates: FloatArray, quality: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, BoolArray]:
    """Row by row what :func:`market.frontier.cascade_search.crossing` says, [F, G] each."""
    families, points = rates.shape
    row = np.arange(families)[:, None]
    # solve rates lie in [0, 1]: one search serves all rows, and 4 is a power of two
    rates = np.maximum.accumulate(rates, axis=1)
    shifted = (rates + 4.0 * row).ravel()
    wanted = (quality[None, :] - 1e-12 + 4.0 * row).ravel()
    high = np.searchsorted(shifted, wanted).reshape(families, -1) - points * row
    reached = high < points
    high = np.clip(high, 0, points - 1)
    before = np.maximum(high - 1, 0)
    below = np.take_along_axis(rates, before, axis=1) + 4.0 * row
    low = np.searchsorted(shifted, below.ravel()).reshape(families, -1) - points * row
    low = np.clip(low, 0, before)
    q_low, q_high = (np.take_along_axis(rates, index, axis=1) for index in (low, high))
    rise = q_high - q_low
    part = np.divide(quality - q_low, rise, out=np.ones_like(rise), where=rise > 0)
    return low, high, np.clip(part, 0.0, 1.0), reached


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
        held = [
            group.bill(np.where(own, np.where(np.isfinite(price), 0.0, np.inf), price))
            for group in self._groups
        ]
        moved = [
            np.where(np.isfinite(rest), group.bill(np.where(own, price, 0.0)), 0.0)
            for group, rest in zip(self._groups, held, strict=True)
        ]
        return [
            self._least([a + factor * b for a, b in zip(held, moved, strict=True)])[1]
            for factor in factors
        ]

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


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found at one price list.

    Attributes
    ----------
    seen
        All that was looked at, at coarse budgets.
    kept
        The policies that are best near each solve rate, each of their models varied over its whole
        grid; and every model alone.
    max_solve_rate
        Highest solve rate of any cascade.
    """

    seen: tuple[Placement, ...]
    kept: tuple[Placement, ...]
    max_solve_rate: float


class PolicyCloud:
    """All that searches over one population found, for the models of one market.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    weight
        [n] problem weights; the population's own if None.
    """

    def __init__(self, tables: CurveTables, weight: FloatArray | None = None) -> None:
        self.tables = tables
        self.fine = CascadeSpace(tables, weight)
        self.coarse = CascadeSpace(tables, weight, coarse_levels(tables))
        self._at_list: dict[bytes, tuple[Found, list[Families]]] = {}
        self._elsewhere: dict[bytes, Found] = {}
        self._polished: dict[tuple[int, bytes, bytes], Families] = {}
        self._families: dict[tuple[int, bool, bytes], tuple[Found, Families]] = {}

    def found(self, price: FloatArray) -> Found:
        """The best policies at the multipliers `price` [M]; infinite if not for sale."""
        sold = np.isfinite(price)
        key = sold.tobytes()
        if key not in self._at_list:
            search = CascadeSearch(self.coarse, np.where(sold, 1.0, np.inf))
            search.wide()
            known = [Families(search.seen.values(), search.lattice)]
            self._near(search, known)
            self._at_list[key] = self._keep(search, known), known
        at_list, known = self._at_list[key]
        if len(np.unique(price[sold])) <= 1:  # the best policies are those at list prices
            return at_list
        key = price.tobytes()
        if key not in self._elsewhere:
            search, known = CascadeSearch(self.coarse, price), list(known)
            self._near(search, known)
            found = self._keep(search, known)
            kept = dict.fromkeys(
                (*at_list.kept, *found.kept)
            )  # those of list prices may still be best
            found = replace(found, kept=tuple(kept))
            remember(self._elsewhere, key, found, _REMEMBERED)
        return self._elsewhere[key]

    def max_solve_rate(self, price: FloatArray) -> float:
        """Highest solve rate of any cascade of the models for sale."""
        return self.found(np.where(np.isfinite(price), 1.0, np.inf)).max_solve_rate

    def _near(self, search: CascadeSearch, known: list["Families"]) -> None:
        cost, picks = _cheapest(known, search.price)
        before = set(search.seen.values())
        search.near(cost, _starts(picks))
        new = [placement for placement in search.seen.values() if placement not in before]
        if new:
            known.append(Families(new, search.lattice))

    def _keep(self, search: CascadeSearch, known: Sequence["Families"]) -> Found:
        cost, picks = _cheapest(known, search.price)
        fine = CascadeSearch(self.fine, search.price)
        fine.alone()
        # a model that few of the queries are sent to is of the policy too
        own = [() if p is None else [m for m, _ in p.cascades()[1]] for p in picks]
        fine.near(cost, _starts(picks), own=own)
        seen = dict.fromkeys(p for families in known for p in families.placements)
        return Found(tuple(seen), tuple(fine.seen.values()), search.max_solve_rate)

    def families(self, price: FloatArray, quality: FloatArray, coarse: bool = False) -> "Families":
        """What is known near the multipliers `price` [M], at the solve rates [G]."""
        found = self.found(price)
        key = (id(found), coarse, quality.tobytes())
        if key not in self._families:
            made = found, Families(found.seen if coarse else found.kept, quality)
            remember(self._families, key, made, _FAMILIES_KEPT)
        return self._families[key][1]

    def polished(self, price: FloatArray, quality: FloatArray) -> "Families":
        """The policies of list prices, searched near the solve rates [G] at other prices.

        Quicker than :meth:`families`, for prices that move often: from the best policy known for
        each solve rate, and for it alone.
        """
        sold = np.isfinite(price)
        listed = np.where(sold, 1.0, np.inf)
        at_list = self.found(listed)
        _, known = self._at_list[sold.tobytes()]
        if len(np.unique(price[sold])) <= 1:
            return self.families(price, quality)
        key = (id(at_list), price.tobytes(), quality.tobytes())
        if key not in self._polished:
            coarse, fine = CascadeSearch(self.coarse, price), CascadeSearch(self.fine, price)
            around, _ = _cheapest(known, price)
            every = [self.families(listed, quality, coarse=True), self.families(listed, quality)]
            cost, picks = _cheapest(every, price)
            with one_thread():
                for u, spent, start in zip(quality, cost, _starts(picks), strict=True):
                    if start is not None and spent > 0:
                        objective = objective_at(float(u), float(spent), around, coarse.lattice)
                        there = coarse.walk(start, objective)
                        fine.walk(there, objective, tuple(model for model, _ in there))
            kept = dict.fromkeys((*at_list.kept, *fine.seen.values()))
            remember(self._polished, key, Families(kept, quality), _REMEMBERED)
        return self._polished[key]

    def on(self, tables: CurveTables, picks: Iterable[Pick]) -> list[Placement]:
        """Placements of policies, at coarse budgets, anew on other tables of the same grids."""
        space = CascadeSpace(tables, self.fine.weight, self.coarse.level)
        keys = dict.fromkeys((pick.placement.rest, pick.placement.model) for pick in picks)
        return [space.place(rest, model) for rest, model in keys]


def _cheapest(known: Sequence[Families], price: FloatArray) -> tuple[FloatArray, list[Pick | None]]:
    """[G] least spend over several families, and the policies."""
    costs, picks = zip(*(families.cheapest(price) for families in known), strict=True)
    best = np.argmin(costs, axis=0)
    chosen = [picks[b][g] for g, b in enumerate(best.tolist())]
    return np.min(costs, axis=0), chosen


def _starts(picks: Sequence[Pick | None]) -> list[GridCascade | None]:
    """The likelier cascade of each policy."""
    return [None if p is None else p.cascades()[p.share >= 0.5] for p in picks]
