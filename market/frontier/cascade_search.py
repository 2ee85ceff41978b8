"""The space of cascades on a budget grid, and how one is bettered step by step.

For a shadow price λ (solve rate per dollar) :func:`climb` goes up on solve rate − λ·spend: one
stage's budget at a time, over the whole grid, then insertions of models left out and swaps of
neighbours. Each variation of one stage's budget is a curve of (solve rate, spend) over the grid,
found with a product of vectors and each of a model's two tables.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy as np
from threadpoolctl import threadpool_limits

from market.foundation.arrays import FloatArray
from market.frontier.grid_cascade import BudgetSweep, GridCascade
from market.frontier.pass_curves import CurveTables

_GAIN = 1e-10  # an improvement smaller than this is rounding
_LAMBDA_RATIO = 0.75
_LAMBDA_SPAN = 1e-7


class CascadeSpace:
    """All cascades over the models of the tables, at given prices and problem weights.

    Families do not depend on the shadow price, so each is computed once.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    price
        [M] price multipliers; infinite where a model is not for sale.
    weight
        [n] problem weights; the population's own if None.
    offer
        Called with every family when it is first computed.
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
        """Vary the budget of one stage of a plan."""
        key = (grid_cascade, stage)
        if key not in self._variations:
            rest = grid_cascade.without(grid_cascade.order[stage])
            reach, later = self._around(rest)
            before, after = reach[stage], later[stage]
            (self._variations[key],) = self._budget_sweeps(
                grid_cascade.order[stage], [(grid_cascade, stage)], [before], [after]
            )
        return self._variations[key]

    def insert(self, grid_cascade: GridCascade, model: int) -> tuple[BudgetSweep, ...]:
        """Insert a model before each stage of a plan, and after the last."""
        key = (grid_cascade, model)
        if key not in self._insertions:
            reach, later = self._around(grid_cascade)
            places = [
                (grid_cascade.with_stage(j, model), j) for j in range(len(grid_cascade.order) + 1)
            ]
            self._insertions[key] = self._budget_sweeps(model, places, reach, later)
        return self._insertions[key]

    def score(self, grid_cascade: GridCascade, shadow_price: float) -> float:
        """Solve rate − λ·spend of one plan."""
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

        Returns
        -------
        reach
            Per place, [n] weight of the problems that get there, and the dollars spent till then.
        later
            Per place, [n] chance that all stages from there on fail, and their expected dollars.
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
        """Families of one model at several places: one product with each of its tables."""
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


def climb(
    space: CascadeSpace, start: GridCascade, shadow_price: float
) -> tuple[GridCascade, float]:
    """Local optimum of solve rate − λ·spend from a plan: budgets, insertions, swaps.

    Parameters
    ----------
    space
        The cascades.
    start
        Where to begin.
    shadow_price
        λ.

    Returns
    -------
    grid_cascade, score
        No change of one budget, insertion of a model or swap of neighbours improves it.
    """
    grid_cascade, score = start, space.score(start, shadow_price)
    while True:
        grid_cascade, score = _climb_budgets(space, grid_cascade, score, shadow_price)
        better = _best_insertion(space, grid_cascade, score, shadow_price) or _best_swap(
            space, grid_cascade, score, shadow_price
        )
        if better is None:
            return grid_cascade, score
        grid_cascade, score = better


def _climb_budgets(
    space: CascadeSpace, grid_cascade: GridCascade, score: float, shadow_price: float
) -> tuple[GridCascade, float]:
    unimproved, stage = 0, 0
    while unimproved < len(grid_cascade.order):
        value, budget = space.vary(grid_cascade, stage).best(shadow_price)
        if value > score + _GAIN and budget != grid_cascade.budgets[stage]:
            grid_cascade, score, unimproved = grid_cascade.with_budget(stage, budget), value, 0
        unimproved, stage = unimproved + 1, (stage + 1) % len(grid_cascade.order)
    return grid_cascade.without_idle(), score


def _best_insertion(
    space: CascadeSpace, grid_cascade: GridCascade, score: float, shadow_price: float
) -> tuple[GridCascade, float] | None:
    best: tuple[GridCascade, float] | None = None
    for model in space.candidates:
        if model in grid_cascade.order:
            continue
        for budget_sweep in space.insert(grid_cascade, model):
            value, budget = budget_sweep.best(shadow_price)
            if value > (best[1] if best else score) + _GAIN:
                best = budget_sweep.grid_cascade.with_budget(budget_sweep.stage, budget), value
    return best


def _best_swap(
    space: CascadeSpace, grid_cascade: GridCascade, score: float, shadow_price: float
) -> tuple[GridCascade, float] | None:
    best: tuple[GridCascade, float] | None = None
    for stage in range(len(grid_cascade.order) - 1):
        swapped = grid_cascade.swapped(stage)
        value = space.score(swapped, shadow_price)
        if value > (best[1] if best else score) + _GAIN:
            best = swapped, value
    return best


def one_thread() -> AbstractContextManager[object]:
    """While open, products run on one thread: so small, they gain nothing from more, and wait."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def shadow_prices(space: CascadeSpace) -> FloatArray:
    """Descending λ: from where nothing is worth buying to where everything is."""
    highest = 0.0
    for model in space.candidates:
        (budget_sweep,) = space.insert(GridCascade(), model)
        paid = budget_sweep.spend > 0
        highest = max(
            highest,
            float((budget_sweep.solve_rate[paid] / budget_sweep.spend[paid]).max(initial=0)),
        )
    if highest == 0:
        return np.empty(0)
    # whole powers, in units of the least price above 0: the same λ whatever models are on sale
    # and whatever a dollar is worth, so that searches can be compared
    paid_for = space.price[space.candidates]
    unit = float(paid_for[paid_for > 0].min())
    first = int(np.floor(np.log(highest * unit) / np.log(_LAMBDA_RATIO) + 1e-9))
    steps = int(np.ceil(np.log(_LAMBDA_SPAN) / np.log(_LAMBDA_RATIO)))
    powers = np.arange(first, first + steps + 1.0)
    return np.asarray(_LAMBDA_RATIO**powers / unit, dtype=np.float64)
