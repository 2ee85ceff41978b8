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
from market.frontier.search_objectives import local_objective

_FAMILIES_KEPT = 8  # price lists and solve rates
_POLISHED = 16  # solve rates of a menu that walks begin near; what they find serves the others
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
    highest
        The cascade that has it, where a verifier errs or costs; else None.
    """

    seen: tuple[Placement, ...]
    kept: tuple[Placement, ...]
    max_solve_rate: float
    highest: GridCascade | None


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
        self._at_list: dict[bytes, tuple[Found, Families]] = {}
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
            known = Families(search.seen.values(), search.lattice)
            self._at_list[key] = self._near(search, known)
        at_list, known = self._at_list[key]
        if len(np.unique(price[sold])) <= 1:  # the best policies are those at list prices
            return at_list
        key = price.tobytes()
        if key not in self._elsewhere:
            search = CascadeSearch(self.coarse, price, at_list.highest)
            here, _ = self._near(search, known)
            # what is best at list prices is never dearer than itself
            kept = tuple(dict.fromkeys((*at_list.kept, *here.kept)))
            remember(self._elsewhere, key, replace(here, kept=kept), _REMEMBERED)
        return self._elsewhere[key]

    def max_solve_rate(self, price: FloatArray) -> float:
        """Highest solve rate of any cascade of the models for sale."""
        return self.found(np.where(np.isfinite(price), 1.0, np.inf)).max_solve_rate

    def _near(self, search: CascadeSearch, known: Families) -> tuple[Found, Families]:
        """Search near the best of what is known, and then of all, at all budgets."""
        cost, picks = known.cheapest(search.price)
        search.near(cost, _starts(picks))
        known = Families(_new(search, known), search.lattice, [known])
        cost, picks = known.cheapest(search.price)
        highest = None if self.fine.tables.beside is None else search.everything
        fine = CascadeSearch(self.fine, search.price, highest)
        fine.alone()
        fine.again(picks)
        # a model that few of the queries are sent to is of the policy too
        own = [() if p is None else [m for m, _ in p.cascades()[1]] for p in picks]
        fine.near(cost, _starts(picks), own=own)
        seen, kept = tuple(dict.fromkeys(known.placements)), tuple(fine.seen.values())
        return Found(seen, kept, search.max_solve_rate, highest), known

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

        Quicker than :meth:`families`, for prices that move often: walks at coarse budgets begin
        near some of these solve rates, from what is known at list prices, and what is then the
        best at each is gone over at all budgets.
        """
        sold = np.isfinite(price)
        if len(np.unique(price[sold])) <= 1:
            return self.families(price, quality)
        listed = np.where(sold, 1.0, np.inf)
        at_list = self.found(listed)
        key = (id(at_list), price.tobytes(), quality.tobytes())
        if key not in self._polished:
            seen, kept = (self.families(listed, quality, coarse) for coarse in (True, False))
            known = Families([], quality, [seen, kept])
            cost, picks = known.cheapest(price)
            search, starts = CascadeSearch(self.coarse, price, at_list.highest), _starts(picks)
            with one_thread():
                every = max(1, len(quality) // _POLISHED)
                for g in range(len(quality) - 1, -1, -every):  # the highest of them too
                    start = starts[g]
                    if start is not None and cost[g] > 0:
                        search.walk(start, local_objective(cost, quality, g))
            _, picks = Families(_new(search, seen), quality, [known]).cheapest(price)
            fine = CascadeSearch(self.fine, price, at_list.highest)
            fine.again(picks)
            best = Families(_new(fine, kept), quality, [kept])
            remember(self._polished, key, best, _REMEMBERED)
        return self._polished[key]

    def on(self, tables: CurveTables, placements: Iterable[Placement]) -> list[Placement]:
        """Placements at coarse budgets, anew on other tables of the same grids."""
        space = CascadeSpace(tables, self.fine.weight, self.coarse.level)
        keys = dict.fromkeys((placement.rest, placement.model) for placement in placements)
        return [space.place(rest, model) for rest, model in keys]


def _new(search: CascadeSearch, known: Families) -> list[Placement]:
    """What a search looked at and was not known."""
    before = set(known.placements)
    return [placement for placement in search.seen.values() if placement not in before]


def _starts(picks: Sequence[Pick | None]) -> list[GridCascade | None]:
    """The likelier cascade of each policy."""
    return [None if p is None else p.cascades()[p.share >= 0.5] for p in picks]
