"""All cascades on the models' budget grids, and what each variation of one of them gives.

What a policy solves and what list dollars it spends on each model do not depend on prices. So each
placement is computed once, with two small matrix products, for all prices that are ever asked for.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.memory import remember
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.pass_curves import CurveTables
from market.frontier.worst_first import worst_first

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
        every = np.broadcast_to(np.arange(tables.budget.shape[1]), tables.budget.shape)
        self.level = every if level is None else level
        self._solved, self._spend = list(tables.solved), list(tables.spend)
        if level is not None:
            self._solved = [of[:, at] for of, at in zip(tables.solved, level, strict=True)]
            self._spend = [of[:, at] for of, at in zip(tables.spend, level, strict=True)]
        self._placements: dict[tuple[GridCascade, int], Placement] = {}
        self._columns: dict[tuple[int, int], tuple[FloatArray, FloatArray]] = {}
        self._kept = _REMEMBERED // (8 * 6 * self.level.shape[1])

    def place(self, rest: GridCascade, model: int) -> Placement:
        """Put a model that `rest` does not have at every place in it, at every budget."""
        key = (rest, model)
        found = self._placements.get(key)
        if found is None:
            found = self._compute(rest, model)
            remember(self._placements, key, found, self._kept)
        return found

    def solve_rate(self, grid_cascade: GridCascade) -> float:
        """Share of all weight that a cascade solves."""
        left = self.weight
        for stage in grid_cascade:
            left = left * self._column(*stage)[0]
        return float(self.weight.sum() - left.sum())

    def list_spend(self, grid_cascade: GridCascade) -> FloatArray:
        """[M] expected list dollars of a cascade by model."""
        spend = np.zeros(len(self.tables.models))
        left = self.weight
        for model, budget in grid_cascade:
            fail, bill = self._column(model, budget)
            spend[model] = left @ bill
            left = left * fail
        return spend

    def _compute(self, rest: GridCascade, model: int) -> Placement:
        reach = np.empty((len(rest) + 1, len(self.weight)))
        due = np.empty_like(reach)
        reach[0] = self.weight
        for k, stage in enumerate(rest):
            fail, bill = self._column(*stage)
            np.multiply(reach[k], bill, out=due[k])
            np.multiply(reach[k], fail, out=reach[k + 1])
        due[-1] = reach[-1]  # the weight that nothing else solves
        saved = due @ self._solved[model]
        return Placement(
            rest=rest,
            model=model,
            solve_rate=float(self.weight.sum() - due[-1].sum()) + saved[-1],
            due=due[:-1].sum(axis=1),
            saved=saved[:-1],
            own=reach @ self._spend[model],
            level=self.level[model],
        )

    def _column(self, model: int, budget: int) -> tuple[FloatArray, FloatArray]:
        """[n] chance that one stage fails, and [n] its expected list dollars."""
        key = (model, budget)
        if key not in self._columns:
            self._columns[key] = (
                1 - self.tables.solved[model][:, budget],
                self.tables.spend[model][:, budget].copy(),
            )
        return self._columns[key]


def coarse_levels(tables: CurveTables, tolerance: float = _COARSE) -> IntArray:
    """[M, X] few budgets of each model's grid that are near its curve, as indices, from 0 up.

    `tolerance` is how far off they may be, as a share of a cost. The last is the highest that
    gains anything; a shorter row repeats it.
    """
    levels = []
    for m in range(len(tables.models)):
        u, s = tables.mean_curves(m)
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
    columns = (population.solve_prob, population.cost_of_failure, population.cost_of_success)
    kept: list[int] = []
    for m in sorted(range(len(price)), key=lambda m: (price[m], population.models[m])):
        same = any(
            all(np.array_equal(values[:, m], values[:, k]) for values in columns) for k in kept
        )
        if np.isfinite(price[m]) and population.solve_prob[:, m].any() and not same:
            kept.append(m)
    return tuple(sorted(kept, key=lambda m: [values[:, m].tolist() for values in columns]))
