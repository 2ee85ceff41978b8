"""All cascades on a budget grid, and what each variation of one of them gives.

Each variation of one stage's budget is a curve of (solve rate, spend) over the grid, found with a
product of vectors and each of a model's two tables.
"""

from collections.abc import Callable, Sequence

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.grid_cascade import BudgetSweep, GridCascade
from market.frontier.pass_curves import CurveTables


class CascadeSpace:
    """All cascades over the models of the tables, at given prices and problem weights.

    Budget sweeps do not depend on the shadow price, so each is computed once.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    price
        [M] price multipliers; infinite where a model is not for sale.
    weight
        [n] problem weights; the population's own if None.
    offer
        Called with every budget sweep when it is first computed.
    """

    def __init__(
        self,
        tables: CurveTables,
        price: FloatArray,
        weight: FloatArray | None = None,
        offer: Callable[[BudgetSweep], None] | None = None,
    ) -> None:
        self.tables = tables
        self.price = price
        self.weight = tables.population.weight if weight is None else weight
        self.candidates = distinct_models(tables, price)
        self._offer = offer
        self._variations: dict[tuple[GridCascade, int], BudgetSweep] = {}
        self._insertions: dict[tuple[GridCascade, int], tuple[BudgetSweep, ...]] = {}
        self._columns: dict[tuple[int, int], tuple[FloatArray, FloatArray]] = {}

    def vary(self, grid_cascade: GridCascade, stage: int) -> BudgetSweep:
        """Vary the budget of one stage."""
        key = (grid_cascade, stage)
        if key not in self._variations:
            model = grid_cascade.order[stage]
            reach, later = self._around(grid_cascade.without(model))
            (self._variations[key],) = self._budget_sweeps(
                model, [key], reach[stage : stage + 1], later[stage : stage + 1]
            )
        return self._variations[key]

    def insert(self, grid_cascade: GridCascade, model: int) -> tuple[BudgetSweep, ...]:
        """Insert a model before each stage, and after the last."""
        key = (grid_cascade, model)
        if key not in self._insertions:
            reach, later = self._around(grid_cascade)
            places = [
                (grid_cascade.with_stage(j, model), j) for j in range(len(grid_cascade.order) + 1)
            ]
            self._insertions[key] = self._budget_sweeps(model, places, reach, later)
        return self._insertions[key]

    def score(self, grid_cascade: GridCascade, shadow_price: float) -> float:
        """Solve rate − λ·spend of one cascade."""
        left, spent = self.weight, 0.0
        for m, b in zip(grid_cascade.order, grid_cascade.budgets, strict=True):
            fail, bill = self._column(m, b)
            spent += float(left @ bill)
            left = left * fail
        return float(self.weight.sum() - left.sum()) - shadow_price * spent

    def everything(self) -> GridCascade:
        """All models at the highest budget."""
        top = len(self.tables.budget) - 1
        return GridCascade(tuple(self.candidates), (top,) * len(self.candidates))

    def _around(
        self, grid_cascade: GridCascade
    ) -> tuple[list[tuple[FloatArray, float]], list[tuple[FloatArray, FloatArray]]]:
        """What comes before and after each of the L + 1 places between stages.

        Before: [n] weight of the problems that get there, and the dollars spent till then. After:
        [n] chance that all later stages fail, and [n] their expected dollars.
        """
        columns = [
            self._column(m, b)
            for m, b in zip(grid_cascade.order, grid_cascade.budgets, strict=True)
        ]
        reach = [(self.weight, 0.0)]
        for fail, bill in columns:
            weight, spent = reach[-1]
            reach.append((weight * fail, spent + float(weight @ bill)))
        ones = np.ones_like(self.weight)
        later = [(ones, 0 * ones)]
        for fail, bill in reversed(columns):
            chance, spend = later[-1]
            later.append((fail * chance, bill + fail * spend))
        return reach, later[::-1]

    def _column(self, model: int, budget: int) -> tuple[FloatArray, FloatArray]:
        """[n] chance that one stage fails, and [n] its expected dollars."""
        key = (model, budget)
        if key not in self._columns:
            self._columns[key] = (
                1 - self.tables.solved[model][:, budget],
                self.price[model] * self.tables.spend[model][:, budget],
            )
        return self._columns[key]

    def _budget_sweeps(
        self,
        model: int,
        places: Sequence[tuple[GridCascade, int]],
        reach: Sequence[tuple[FloatArray, float]],
        later: Sequence[tuple[FloatArray, FloatArray]],
    ) -> tuple[BudgetSweep, ...]:
        """Vary one model at several places: one product with each of its tables."""
        weight = np.stack([r for r, _ in reach])
        chance, spend = np.stack([f for f, _ in later]), np.stack([s for _, s in later])
        count = len(weight)
        lost, due = weight * chance, weight * spend
        by_budget = np.vstack((lost, due)) @ self.tables.solved[model]
        bill = self.price[model] * (weight @ self.tables.spend[model])
        solve_rate = self.weight.sum() - lost.sum(axis=1)[:, None] + by_budget[:count]
        spent = np.array([s for _, s in reach]) + due.sum(axis=1)
        cost = spent[:, None] + bill - by_budget[count:]
        budget_sweeps = tuple(
            BudgetSweep(grid_cascade, stage, solve_rate[i], cost[i])
            for i, (grid_cascade, stage) in enumerate(places)
        )
        if self._offer is not None:
            for budget_sweep in budget_sweeps:
                self._offer(budget_sweep)
        return budget_sweeps


def distinct_models(tables: CurveTables, price: FloatArray) -> list[int]:
    """Models worth a stage: for sale, and not the copy of another at no lower a price.

    Two identical models are one model at the lower of their prices. A cascade over both could
    only play with the rounding of budgets to whole attempts.
    """
    population = tables.population
    kept: list[int] = []
    for m in np.argsort(price, kind="stable").tolist():
        same = any(
            np.array_equal(population.solve_prob[:, m], population.solve_prob[:, k])
            and np.array_equal(population.list_cost[:, m], population.list_cost[:, k])
            for k in kept
        )
        if np.isfinite(price[m]) and not same:
            kept.append(m)
    return sorted(kept)
