"""All cascades on the models' budget grids, and what each variation of one of them gives.

What a policy solves and what list dollars it spends on each model do not depend on prices. So each
placement is computed once, with two small matrix products, for all prices that are ever asked for.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.in_threads import loops_pay
from market.foundation.memory import remember
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.pass_curves import CurveTables
from market.frontier.worst_first import worst_first

if TYPE_CHECKING:
    from market.frontier.placement_loop import PlacementLoop

_COARSE = 0.02  # of a cost: how far off the budgets may be that a search goes over
_REMEMBERED = 2**27  # bytes of placements kept; one that is forgotten is computed again


class CascadeSpace:
    """All cascades over the models of the tables, at given problem weights.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    weight
        [n] problem weights; the population's own if None.
    level
        [M, x] budgets that are placed, as indices of each model's grid; all if None.
    """

    def __init__(
        self,
        tables: CurveTables,
        weight: FloatArray | None = None,
        level: IntArray | None = None,
    ) -> None:
        self.tables = tables
        self.weight = tables.population.weight if weight is None else weight
        self._whole = self.weight.sum()
        every = np.broadcast_to(np.arange(tables.budget.shape[1]), tables.budget.shape)
        self.level = every if level is None else level
        # budgets of each model; the rest of its row repeats the last
        self._budgets = [int(np.searchsorted(row, row[-1])) + 1 for row in self._at_rows(level)]
        self._solved = self._at_levels(tables.solved, level)
        self._spend = self._at_levels(tables.spend, level)
        self.costly = self.errs = False
        self._checked: tuple[list[FloatArray], list[FloatArray]] | None = None
        if tables.accepted is not None and tables.beside is not None:
            beside = self._at_levels(tables.beside, level)
            self.costly = bool(tables.beside.any())
            self.errs = not np.array_equal(tables.accepted, tables.solved)
            self._checked = self._at_levels(tables.accepted, level), beside
        self._loop = self._make_loop()
        self._placements: dict[tuple[GridCascade, int], Placement] = {}
        self._columns: dict[tuple[int, int], Column] = {}
        self._kept = _REMEMBERED // (8 * 6 * self.level.shape[1])

    def _make_loop(self) -> "PlacementLoop | None":
        """The compiled loop, where there are enough problems that it pays."""
        if self._checked is not None or not loops_pay(len(self.weight)):
            return None
        from market.frontier.placement_loop import PlacementLoop  # is compiled: only where used

        return PlacementLoop(self.tables, self.weight, self._solved, self._spend)

    def _at_rows(self, level: IntArray | None) -> FloatArray:
        """[M, X] list dollars at the budgets that are placed."""
        budget = self.tables.budget
        return budget if level is None else np.take_along_axis(budget, level, axis=1)

    @staticmethod
    def _at_levels(curves: FloatArray, level: IntArray | None) -> list[FloatArray]:
        if level is None:
            return list(curves)
        return [of[:, at] for of, at in zip(curves, level, strict=True)]

    @property
    def placements(self) -> Collection[Placement]:
        """All that are remembered."""
        return self._placements.values()

    def place(self, rest: GridCascade, model: int) -> Placement:
        """Put a model that `rest` does not have at every place in it, at every budget."""
        key = (rest, model)
        found = self._placements.get(key)
        if found is None:
            found = self._compute(rest, model)
            remember(self._placements, key, found, self._kept)
        return found

    def hold(self, placements: Iterable[Placement]) -> None:
        """Take over placements of this space that were computed before."""
        for placement in placements:
            remember(self._placements, (placement.rest, placement.model), placement, self._kept)

    def solve_rate(self, grid_cascade: GridCascade) -> float:
        """Share of all weight that a cascade solves."""
        left = self.weight
        if self._checked is None:
            for stage in grid_cascade:
                left = left * self._column(*stage).fail
            return float(self.weight.sum() - left.sum())
        solved = 0.0
        for stage in grid_cascade:
            column = self._column(*stage)
            solved += float(left @ column.right)
            left = left * column.fail
        return solved

    def list_spend(self, grid_cascade: GridCascade) -> FloatArray:
        """[M] expected list dollars of a cascade by model."""
        spend = np.zeros(len(self.tables.models))
        left = self.weight
        for model, budget in grid_cascade:
            column = self._column(model, budget)
            spend[model] = left @ column.spend
            left = left * column.fail
        return spend

    def beside(self, grid_cascade: GridCascade) -> float:
        """US dollars of checks and of wrong answers that a cascade leads to."""
        total, left = 0.0, self.weight
        for stage in grid_cascade if self._checked is not None else ():
            column = self._column(*stage)
            total += float(left @ column.beside)
            left = left * column.fail
        return total

    def bill(self, grid_cascade: GridCascade, price: FloatArray) -> float:
        """US dollars of a cascade at the multipliers `price` [M], checks and wrong answers too."""
        paid = np.where(np.isfinite(price), price, 0.0)
        return float(self.list_spend(grid_cascade) @ paid) + self.beside(grid_cascade)

    def _compute(self, rest: GridCascade, model: int) -> Placement:
        budgets = self._budgets[model]
        if self._checked is not None:
            ends, beside = (of[model] for of in self._checked)
            return self._compute_checked(rest, model, ends, beside)
        if self._loop is not None:
            return self._placement(rest, model, *self._loop.place(rest, model, budgets))
        reach = np.empty((len(rest) + 1, len(self.weight)))
        due = np.empty_like(reach)
        reach[0] = self.weight
        for k, stage in enumerate(rest):
            column = self._column(*stage)
            np.multiply(reach[k], column.spend, out=due[k])
            np.multiply(reach[k], column.fail, out=reach[k + 1])
        due[-1] = reach[-1]  # the weight that nothing else solves
        saved = due @ self._solved[model][:, :budgets]
        own = reach @ self._spend[model][:, :budgets]
        return self._placement(rest, model, due.sum(axis=1), saved, own)

    def _placement(
        self, rest: GridCascade, model: int, due: FloatArray, saved: FloatArray, own: FloatArray
    ) -> Placement:
        """By sums over problems; the last of `due` and `saved` are of what no stage solves.

        `saved` and `own` are of the budgets that differ.
        """
        budgets, known = self.level.shape[1], own.shape[1]
        if known < budgets:
            row = np.minimum(np.arange(budgets), known - 1)
            saved, own = saved.take(row, axis=1), own.take(row, axis=1)
        return Placement(
            rest=rest,
            model=model,
            solve_rate=float(self._whole - due[-1]) + saved[-1],
            due=due[:-1],
            saved=saved[:-1],
            own=own,
            level=self.level[model],
        )

    def _compute_checked(
        self, rest: GridCascade, model: int, ends: FloatArray, beside: FloatArray
    ) -> Placement:
        """Where a verifier errs: reach follows what is accepted, the solve rate what is right."""
        stages, rows = len(rest), len(self.weight)
        reach = np.empty((stages + 1, rows))
        tracked = ["spend", *(["right"] if self.errs else []), *(["beside"] if self.costly else [])]
        parts = len(tracked)
        due = np.empty((parts, stages, rows))  # of each other stage
        reach[0] = self.weight
        for k, stage in enumerate(rest):
            column = self._column(*stage)
            for part, name in zip(due, tracked, strict=True):
                np.multiply(reach[k], getattr(column, name), out=part[k])
            np.multiply(reach[k], column.fail, out=reach[k + 1])
        whole = due.sum(axis=2)
        budgets = ends.shape[1]
        lost = (due.reshape(parts * stages, rows) @ ends).reshape(parts, stages, budgets)

        def total(part: int, own: FloatArray) -> FloatArray:
            """[L + 1, X] over all stages, by place: those that come later are reached less."""
            later = np.zeros_like(own)
            later[:-1] = lost[part, ::-1].cumsum(axis=0)[::-1]
            return np.asarray(own + whole[part].sum() - later)

        own = reach @ self._spend[model]
        if self.errs:
            solve_rate = total(1, reach @ self._solved[model])
        else:  # what is accepted is right: the order does not matter
            alone = float(self.weight.sum() - reach[-1].sum()) + reach[-1] @ ends
            solve_rate = np.broadcast_to(alone, own.shape)
        return Placement(
            rest=rest,
            model=model,
            solve_rate=solve_rate,
            due=whole[0],
            saved=lost[0],
            own=own,
            level=self.level[model],
            beside=total(-1, reach @ beside) if self.costly else np.zeros(own.shape),
        )

    def _column(self, model: int, budget: int) -> "Column":
        key = (model, budget)
        if self._loop is not None:
            return Column(*self._loop.column(model, budget), np.zeros(0), np.zeros(0))
        if key not in self._columns:
            tables = self.tables
            self._columns[key] = Column(
                1 - tables.ends[model][:, budget],
                tables.spend[model][:, budget].copy(),
                tables.solved[model][:, budget].copy(),
                np.zeros(0) if tables.beside is None else tables.beside[model][:, budget].copy(),
            )
        return self._columns[key]


@dataclass(frozen=True, eq=False)
class Column:
    """One stage, [n] each.

    Attributes
    ----------
    fail
        Chance that it does not end the query.
    spend
        Expected list dollars.
    right
        Chance of a right answer.
    beside
        Expected US dollars of checks and of wrong answers; of no problem without a verifier.
    """

    fail: FloatArray
    spend: FloatArray
    right: FloatArray
    beside: FloatArray


def coarse_levels(tables: CurveTables, tolerance: float = _COARSE) -> IntArray:
    """[M, X] few budgets of each model's grid that are near its curve, as indices, from 0 up.

    `tolerance` is how far off they may be, as a share of a cost. The last is the highest that
    gains anything; a shorter row repeats it.
    """
    levels = []
    for m in range(len(tables.models)):
        u, s = tables.mean_cost(m)
        u = np.maximum.accumulate(u)
        rising = np.flatnonzero(np.diff(u, prepend=-1.0) > 0)
        chosen = rising[worst_first(u[rising], s[rising], tolerance, 0.0)]
        # where the way to a budget gains nothing, its beginning and its end are in, too
        late = chosen[chosen >= 2]
        idle = late[u[late - 1] == u[late - 2]]
        levels.append(np.unique(np.concatenate((chosen, idle - 1, idle - 2))))
    longest = max(len(row) for row in levels)
    return np.stack([np.pad(row, (0, longest - len(row)), mode="edge") for row in levels])


def distinct_models(tables: CurveTables, price: FloatArray) -> tuple[int, ...]:
    """Models worth a stage: for sale, that solve something, no copy of one at no higher a price.

    Two identical models are one model at the lower of their prices. A cascade over both could
    only play with the rounding of budgets to whole attempts. At one price the first by name is
    kept. They come in the order of what they are: neither the order in which they are declared nor
    what they are called decides which cascades are searched.
    """
    population = tables.population
    columns = [population.solve_prob, population.cost_of_failure, population.cost_of_success]
    if tables.checked is not None:
        checked = tables.checked
        columns += [checked.false_accept, checked.false_reject, checked.price]
    kept: list[int] = []
    for m in sorted(range(len(price)), key=lambda m: (price[m], population.models[m])):
        same = any(
            all(np.array_equal(values[:, m], values[:, k]) for values in columns) for k in kept
        )
        if np.isfinite(price[m]) and population.solve_prob[:, m].any() and not same:
            kept.append(m)
    return tuple(sorted(kept, key=lambda m: [values[:, m].tolist() for values in columns]))
