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

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import can_compile
from market.foundation.content_digest import content_digest
from market.foundation.memory import array_bytes, remember
from market.foundation.progress_words import watcher
from market.frontier.cascade_search import CascadeSearch
from market.frontier.cascade_space import CascadeSpace, coarse_levels, distinct_models
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.kept_searches import Found, keep_search, recall_search
from market.frontier.likely_policies import cheapest_of
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_families import Families, Pick
from market.frontier.policy_rows import PolicyRows
from market.frontier.sampled_rows import ERROR, on_rows, sample_rows

_FAMILIES_KEPT = 8  # price lists and solve rates
_ROWS_KEPT = 2  # sets of models for sale
_BESIDE = 2  # solve rates on either side of one that is wanted: more gain hardly anything
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
    error
        Standard error of what a sample of very many problems says, on which the search goes
        (:func:`market.frontier.sampled_rows.sample_rows`).
    near
        [G] solve rates near which all budgets are gone over; near every one of the lattice if None.
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
        error: float = ERROR,
        near: FloatArray | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.fine = CascadeSpace(tables, weight)
        self._keeps, self._error, self._tell = keeps, error, tell
        self._wanted = near
        self._at_list: dict[bytes, Found] = {}
        self._elsewhere: dict[bytes, Found] = {}
        self._polished: dict[tuple[int, bytes, bytes], Families] = {}
        self._families: dict[tuple[int, bool, bytes], tuple[Found, Families]] = {}
        self._rows: dict[int, tuple[Found, PolicyRows]] = {}

    @cached_property
    def sample(self) -> CascadeSpace:
        """The cascades over as many problems as a search needs: over all, unless very many."""
        few = sample_rows(self.fine.tables, self.fine.weight, self._level, self._error)
        return self.fine if few is None else CascadeSpace(on_rows(self.fine.tables, *few))

    @cached_property
    def coarse(self) -> CascadeSpace:
        """The cascades over these problems and few budgets of each model."""
        return CascadeSpace(self.sample.tables, self.sample.weight, self._level)

    @cached_property
    def _level(self) -> IntArray:
        return coarse_levels(self.fine.tables)

    @cached_property
    def content(self) -> bytes:
        """Digest of all that its answers depend on but prices and solve rates."""
        told = self._error, self._wanted
        return content_digest(self.fine.tables.content, self.fine.weight, *told)

    @property
    def nbytes(self) -> int:
        """About the bytes that it takes now; it grows as more is asked of it."""
        spaces = [vars(self).get(name) for name in ("fine", "sample", "coarse")]
        families = [*self._polished.values(), *(of for _, of in self._families.values())]
        searches = [*self._at_list.values(), *self._elsewhere.values()]
        placements = [one for space in spaces if space is not None for one in space.placements]
        placements += [one for found in searches for one in found.seen]
        groups = [group for of in families for group in of.groups]
        rows = sum(of.nbytes for _, of in self._rows.values())
        return array_bytes(*placements, *groups) + rows

    def found(self, price: FloatArray) -> Found:
        """The best policies at the multipliers `price` [M]; infinite if not for sale."""
        sold = np.isfinite(price)
        at_list = self._found_at_list(sold)
        if len(np.unique(price[sold])) <= 1:  # the best policies are those at list prices
            return at_list
        key = price.tobytes()
        if key not in self._elsewhere:
            search = self._search(self.coarse, price, at_list.highest, at_list.lattice)
            before = at_list.seen[: at_list.wide], at_list.seen[at_list.wide :]
            here = self._near(search, before)
            # what is best at list prices is never dearer than itself
            best = tuple(dict.fromkeys((*at_list.best, *here.best)))
            remember(self._elsewhere, key, replace(here, best=best), _REMEMBERED)
        return self._elsewhere[key]

    def rates(self, price: FloatArray) -> FloatArray:
        """[G] solve rates near which the multipliers `price` [M] were searched, to the highest."""
        found = self.found(price)
        if self.sample is self.fine or found.max_solve_rate == 0:
            return found.lattice
        return np.asarray(found.lattice * (found.max_solve_rate / found.lattice[-1]))

    def kept(self, price: FloatArray) -> tuple[Placement, ...]:
        """The best policies at the multipliers `price` [M], at all budgets."""
        return self._best(self.found(price))

    def _best(self, found: Found) -> tuple[Placement, ...]:
        return tuple(self.fine.place(rest, model) for rest, model in found.best)

    def _seen(self, found: Found) -> tuple[Placement, ...]:
        """All that was looked at, at few budgets; of a sample, which is no answer, the best."""
        return found.seen if self.sample is self.fine else self._best(found)

    def _found_at_list(self, sold: BoolArray) -> Found:
        """The best policies at list prices of the models sold [M], from the disk if there."""
        key = sold.tobytes()
        if key not in self._at_list:
            name = content_digest("search", self.content, sold) if self._keeps else b""
            found = recall_search(name, self.coarse.level) if name else None
            if found is not None:
                self.coarse.hold(found.seen)
            else:
                search = self._search(self.coarse, np.where(sold, 1.0, np.inf))
                if (tell := self._tell or watcher()) is not None:
                    tell(f"cascades of {len(search.models)} models, wide")
                search.wide()
                found = self._near(search, (tuple(search.seen.values()),))
                if name:
                    keep_search(name, found)
            self._at_list[key] = found
        return self._at_list[key]

    def max_solve_rate(self, price: FloatArray) -> float:
        """Highest solve rate of any cascade of the models for sale."""
        return self.found(np.where(np.isfinite(price), 1.0, np.inf)).max_solve_rate

    def _search(
        self,
        space: CascadeSpace,
        price: FloatArray,
        highest: GridCascade | None = None,
        lattice: FloatArray | None = None,
    ) -> CascadeSearch:
        models = distinct_models(self.fine.tables, price)
        return CascadeSearch(space, price, highest, lattice, models)

    def _near(self, search: CascadeSearch, before: Sequence[Sequence[Placement]]) -> Found:
        """Search near the best of what was looked at before, and then of all, at all budgets."""
        rates, price = search.lattice, search.price
        cost, picks = cheapest_of(before, rates, price, search.value)
        search.near(cost, _starts(picks), tell=self._told("few budgets"))
        old = [placement for part in before for placement in part]
        new = _new(search, old)
        cost, picks = cheapest_of([*before, new], rates, price, search.value)
        highest = None if self.fine.tables.beside is None else search.everything
        fine = self._search(self.sample, price, highest, rates)
        fine.alone()
        only = self._only(rates)
        fine.again(picks[g] for g in only)
        # to go back, too, would gain hardly anything
        told = self._told("all budgets")
        fine.near(cost, _starts(picks), own=_own(picks), only=only, back=False, tell=told)
        if self.sample is self.fine:
            top, best = search.max_solve_rate, tuple(fine.seen)
        else:
            whole = self._on_all(fine, highest)
            top, best = whole.max_solve_rate, tuple(whole.seen)
        return Found((*old, *new), len(before[0]), best, rates, top, highest)

    def _only(self, rates: FloatArray) -> list[int]:
        """Which of the lattice's solve rates are near those wanted: two on either side."""
        if self._wanted is None:
            return list(range(len(rates)))
        above = np.searchsorted(rates, self._wanted)
        near = np.add.outer(above, np.arange(-_BESIDE, _BESIDE)).clip(0, len(rates) - 1)
        return [int(g) for g in np.unique(near)]

    def _on_all(self, fine: CascadeSearch, highest: GridCascade | None) -> CascadeSearch:
        """Go over all problems with what is best on a sample of them."""
        price, said = fine.price, fine.lattice
        if (tell := self._tell or watcher()) is not None:
            tell("cascades over all problems")
        whole = self._search(self.fine, price, highest)
        if said[-1] > 0:
            whole.lattice = np.asarray(said * (whole.max_solve_rate / said[-1]))
        _, picks = cheapest_of([tuple(fine.seen.values())], said, price, fine.value)
        whole.alone()
        whole.again(picks)
        seen = tuple(whole.seen.values())
        known, picks = cheapest_of([seen], whole.lattice, price, whole.value)
        # no sample says what the very last problems cost
        whole.near(known, _starts(picks), own=_own(picks), only=[len(known) - 1], back=False)
        return whole

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
            made = found, Families(self._seen(found) if coarse else self._best(found), quality)
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
            rows = PolicyRows(self._seen(found), len(price))
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
            search = self._search(self.coarse, price, at_list.highest, quality[near])
            search.near(cost[near], _starts(picks)[near])
            _, picks = Families(_new(search, seen.placements), quality, [known]).cheapest(price)
            fine = self._search(self.fine, price, at_list.highest)
            fine.again(picks)
            best = Families(_new(fine, kept.placements), quality, [kept])
            remember(self._polished, key, best, _REMEMBERED)
        return self._polished[key]

    def on(self, tables: CurveTables, placements: Iterable[Placement]) -> list[Placement]:
        """Placements at coarse budgets, anew on other tables of the same grids."""
        space = CascadeSpace(tables, self.fine.weight, self.coarse.level)
        keys = dict.fromkeys((placement.rest, placement.model) for placement in placements)
        return [space.place(rest, model) for rest, model in keys]


def _new(search: CascadeSearch, known: Iterable[Placement]) -> list[Placement]:
    """What a search looked at and was not known."""
    before = set(known)
    return [placement for placement in search.seen.values() if placement not in before]


def _starts(picks: Sequence[Pick | None]) -> list[GridCascade | None]:
    """The likelier cascade of each policy."""
    return [None if p is None else p.cascades()[p.share >= 0.5] for p in picks]


def _own(picks: Sequence[Pick | None]) -> list[list[int]]:
    """The models of each policy; one that few of the queries are sent to is of it, too."""
    return [[] if p is None else [model for model, _ in p.cascades()[1]] for p in picks]
