"""The cloud of policies: everything a search looked at, kept so that prices can move.

A policy's solve rate does not depend on prices, and what it costs is the dot product of prices with
its list spend by model. So a frontier at other prices is the lower envelope of dot products over
the policies kept. One search at list prices fills the cloud; at other prices the best of the cloud
is searched near once more. What comes out depends on the prices asked about and on nothing else:
not on what was asked before, nor (but for :meth:`PolicyCloud.polished`) on the solve rates asked
for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.memory import remember
from market.frontier.cascade_search import CascadeSearch, one_thread
from market.frontier.cascade_space import CascadeSpace, coarse_levels
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_families import Families, Pick
from market.frontier.search_objectives import objective_at

_FAMILIES_KEPT = 4  # price lists and solve rates
_POLISHED = 16  # solve rates of a menu whose policies are gone over at all budgets; others use them
_REMEMBERED = 64  # price lists whose searches are kept; one that is forgotten is run again


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
            here = self._keep(search, known)
            # what is best at list prices is never dearer than itself
            kept = tuple(dict.fromkeys((*at_list.kept, *here.kept)))
            remember(self._elsewhere, key, replace(here, kept=kept), _REMEMBERED)
        return self._elsewhere[key]

    def max_solve_rate(self, price: FloatArray) -> float:
        """Highest solve rate of any cascade of the models for sale."""
        return self.found(np.where(np.isfinite(price), 1.0, np.inf)).max_solve_rate

    def _near(self, search: CascadeSearch, known: list[Families]) -> None:
        cost, picks = _cheapest(known, search.price)
        before = set(search.seen.values())
        search.near(cost, _starts(picks))
        new = [placement for placement in search.seen.values() if placement not in before]
        if new:
            known.append(Families(new, search.lattice))

    def _keep(self, search: CascadeSearch, known: Sequence[Families]) -> Found:
        cost, picks = _cheapest(known, search.price)
        fine = CascadeSearch(self.fine, search.price)
        fine.alone()
        # a model that few of the queries are sent to is of the policy too
        own = [() if p is None else [m for m, _ in p.cascades()[1]] for p in picks]
        fine.near(cost, _starts(picks), own=own)
        seen = dict.fromkeys(p for families in known for p in families.placements)
        return Found(tuple(seen), tuple(fine.seen.values()), search.max_solve_rate)

    def families(self, price: FloatArray, quality: FloatArray, coarse: bool = False) -> Families:
        """What is known near the multipliers `price` [M], at the solve rates [G]."""
        found = self.found(price)
        key = (id(found), coarse, quality.tobytes())
        if key not in self._families:
            made = found, Families(found.seen if coarse else found.kept, quality)
            remember(self._families, key, made, _FAMILIES_KEPT)
        return self._families[key][1]

    def polished(self, price: FloatArray, quality: FloatArray) -> Families:
        """What is known near the multipliers `price` [M], for the solve rates [G] alone.

        Quicker than :meth:`families`, for prices that move often: the same search, but only the
        policies for these solve rates are gone over at all budgets. What is found for one of them
        serves the others.
        """
        sold = np.isfinite(price)
        if len(np.unique(price[sold])) <= 1:
            return self.families(price, quality)
        listed = np.where(sold, 1.0, np.inf)
        at_list = self.found(listed)
        key = (id(at_list), price.tobytes(), quality.tobytes())
        if key not in self._polished:
            search = CascadeSearch(self.coarse, price)
            _, listed_too = self._at_list[sold.tobytes()]
            known = list(listed_too)
            self._near(search, known)
            around, _ = _cheapest(known, price)
            new = [Families(found.placements, quality) for found in known[len(listed_too) :]]
            seen, kept = (self.families(listed, quality, coarse) for coarse in (True, False))
            cost, picks = _cheapest([*new, seen, kept], price)
            fine = CascadeSearch(self.fine, price)
            with one_thread():
                every = max(1, len(quality) // _POLISHED)
                some = slice(len(quality) - 1, None, -every)  # the highest of them too
                for u, spent, pick in zip(quality[some], cost[some], picks[some], strict=True):
                    if pick is not None and spent > 0:
                        objective = objective_at(float(u), float(spent), around, search.lattice)
                        own = dict.fromkeys(m for cascade in pick.cascades() for m, _ in cascade)
                        fine.walk(pick.cascades()[pick.share >= 0.5], objective, tuple(own))
            best = dict.fromkeys((*at_list.kept, *fine.seen.values()))
            remember(self._polished, key, Families(best, quality), _REMEMBERED)
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
