"""The cloud of policies: everything a search looked at, kept so that prices can move.

A policy's solve rate does not depend on prices, and what it costs is the dot product of prices with
its list spend by model. So a frontier at other prices is the lower envelope of dot products over
the policies kept. One search at list prices fills the cloud; at other prices the best of the cloud
is searched near once more. What comes out depends on the prices asked about and on nothing else:
not on what was asked before, nor (but for :meth:`PolicyCloud.polished`) on the solve rates asked
for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.compiled import can_compile
from market.foundation.content_digest import content_digest
from market.foundation.memory import remember
from market.foundation.progress_words import watcher
from market.frontier.cascade_search import CascadeSearch
from market.frontier.cascade_space import CascadeSpace, coarse_levels
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.kept_searches import Found, keep_search, recall_search
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_families import Families, Pick
from market.frontier.policy_rows import PolicyRows

_FAMILIES_KEPT = 8  # price lists and solve rates
_ROWS_KEPT = 2  # sets of models for sale
_POLISHED = 32  # solve rates of a menu that walks begin near; what they find serves the others
_REMEMBERED = 64  # price lists whose searches are kept; one that is forgotten is run again


class PolicyCloud:
    """All that searches over one population found, for the models of one market.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    weight
        [n] problem weights; the population's own if None.
    keeps
        Whether searches at list prices are kept on the disk for other processes.
    tell
        Is told in words what a search is about; if None, who watches then
        (:func:`market.foundation.progress_words.watched`).
    """

    def __init__(
        self,
        tables: CurveTables,
        weight: FloatArray | None = None,
        *,
        keeps: bool = True,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.fine = CascadeSpace(tables, weight)
        self._keeps, self._tell = keeps, tell
        self._at_list: dict[bytes, Found] = {}
        self._known: dict[bytes, Families] = {}  # at list prices, at the solve rates of the lattice
        self._elsewhere: dict[bytes, Found] = {}
        self._polished: dict[tuple[int, bytes, bytes], Families] = {}
        self._families: dict[tuple[int, bool, bytes], tuple[Found, Families]] = {}
        self._rows: dict[int, tuple[Found, PolicyRows]] = {}

    @cached_property
    def coarse(self) -> CascadeSpace:
        """The cascades over few budgets of each model."""
        return CascadeSpace(self.fine.tables, self.fine.weight, coarse_levels(self.fine.tables))

    @cached_property
    def content(self) -> bytes:
        """Digest of all that its answers depend on but prices and solve rates."""
        return content_digest(self.fine.tables, self.fine.weight)

    def found(self, price: FloatArray) -> Found:
        """The best policies at the multipliers `price` [M]; infinite if not for sale."""
        sold = np.isfinite(price)
        at_list = self._found_at_list(sold)
        if len(np.unique(price[sold])) <= 1:  # the best policies are those at list prices
            return at_list
        key = price.tobytes()
        if key not in self._elsewhere:
            search = CascadeSearch(self.coarse, price, at_list.highest, at_list.lattice)
            here, _ = self._near(search, self._known_at_list(sold))
            # what is best at list prices is never dearer than itself
            best = tuple(dict.fromkeys((*at_list.best, *here.best)))
            remember(self._elsewhere, key, replace(here, best=best), _REMEMBERED)
        return self._elsewhere[key]

    def kept(self, price: FloatArray) -> tuple[Placement, ...]:
        """The best policies at the multipliers `price` [M], at all budgets."""
        return tuple(self.fine.place(rest, model) for rest, model in self.found(price).best)

    def _found_at_list(self, sold: BoolArray) -> Found:
        """The best policies at list prices of the models sold [M], from the disk if there."""
        key = sold.tobytes()
        if key not in self._at_list:
            name = content_digest("search", self.content, sold) if self._keeps else b""
            found = recall_search(name, self.coarse.level) if name else None
            if found is not None:
                self.coarse.hold(found.seen)
            else:
                search = CascadeSearch(self.coarse, np.where(sold, 1.0, np.inf))
                if (tell := self._tell or watcher()) is not None:
                    tell(f"cascades of {len(search.models)} models, wide")
                search.wide()
                wide = Families(search.seen.values(), search.lattice)
                found, self._known[key] = self._near(search, wide)
                if name:
                    keep_search(name, found)
            self._at_list[key] = found
        return self._at_list[key]

    def _known_at_list(self, sold: BoolArray) -> Families:
        """All that was looked at at list prices of the models sold [M]."""
        found, key = self._found_at_list(sold), sold.tobytes()
        if key not in self._known:  # it comes from the disk
            wide = Families(found.seen[: found.wide], found.lattice)
            self._known[key] = Families(found.seen[found.wide :], found.lattice, [wide])
        return self._known[key]

    def max_solve_rate(self, price: FloatArray) -> float:
        """Highest solve rate of any cascade of the models for sale."""
        return self.found(np.where(np.isfinite(price), 1.0, np.inf)).max_solve_rate

    def _near(self, search: CascadeSearch, known: Families) -> tuple[Found, Families]:
        """Search near the best of what is known, and then of all, at all budgets."""
        wide = len(known.placements)
        cost, picks = known.cheapest(search.price)
        search.near(cost, _starts(picks), tell=self._told("few budgets"))
        known = Families(_new(search, known), search.lattice, [known])
        cost, picks = known.cheapest(search.price)
        highest = None if self.fine.tables.beside is None else search.everything
        fine = CascadeSearch(self.fine, search.price, highest, search.lattice)
        fine.alone()
        fine.again(picks)
        # a model that few of the queries are sent to is of the policy too
        own = [() if p is None else [m for m, _ in p.cascades()[1]] for p in picks]
        told = self._told("all budgets")
        # to go back, too, would gain hardly anything
        fine.near(cost, _starts(picks), own=own, back=False, tell=told)
        seen, best = tuple(known.placements), tuple(fine.seen)
        return Found(seen, wide, best, search.lattice, search.max_solve_rate, highest), known

    def _told(self, where: str) -> Callable[[int, int], None] | None:
        """What is told of solve rates that are gone near."""
        tell = self._tell or watcher()
        if tell is None:
            return None
        return lambda done, total: tell(f"cascades over {where}, {done / total:.0%}")

    def families(self, price: FloatArray, quality: FloatArray, coarse: bool = False) -> Families:
        """What is known near the multipliers `price` [M], at the solve rates [G]."""
        found = self.found(price)
        key = (id(found), coarse, quality.tobytes())
        if key not in self._families:
            made = found, Families(found.seen if coarse else self.kept(price), quality)
            remember(self._families, key, made, _FAMILIES_KEPT)
        return self._families[key][1]

    def rows(self, price: FloatArray) -> PolicyRows | None:
        """What is known at few budgets, as :meth:`families` has it, solve rate by solve rate.

        None where that is not worked out: a verifier checks, or a price is 0.
        """
        sold = np.isfinite(price)
        if self.fine.tables.beside is not None or not (price[sold] > 0).all() or not can_compile():
            return None
        found = self.found(np.where(sold, 1.0, np.inf))
        if id(found) not in self._rows:
            rows = PolicyRows(found.seen, len(price))
            remember(self._rows, id(found), (found, rows), _ROWS_KEPT)
        return self._rows[id(found)][1]

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
            every = max(1, len(quality) // _POLISHED)
            near = slice((len(quality) - 1) % every, None, every)  # the highest of them too
            search = CascadeSearch(self.coarse, price, at_list.highest, quality[near])
            search.near(cost[near], _starts(picks)[near])
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
