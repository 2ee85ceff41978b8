"""A cascade in indices, and the variation of one of its budgets over the grid."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray


@dataclass(frozen=True)
class GridCascade:
    """A cascade in indices: models in order, and a budget of the grid for each."""

    order: tuple[int, ...] = ()
    budgets: tuple[int, ...] = ()

    def without_idle(self) -> "GridCascade":
        """Leave out stages of budget 0."""
        kept = [(m, b) for m, b in zip(self.order, self.budgets, strict=True) if b > 0]
        return GridCascade(tuple(m for m, _ in kept), tuple(b for _, b in kept))

    def without(self, model: int) -> "GridCascade":
        """Leave one model out."""
        kept = [(m, b) for m, b in zip(self.order, self.budgets, strict=True) if m != model]
        return GridCascade(tuple(m for m, _ in kept), tuple(b for _, b in kept))

    def with_budget(self, stage: int, budget: int) -> "GridCascade":
        """Replace one stage's budget."""
        return GridCascade(self.order, (*self.budgets[:stage], budget, *self.budgets[stage + 1 :]))

    def with_stage(self, stage: int, model: int) -> "GridCascade":
        """Insert a model, at budget 0, before `stage`."""
        return GridCascade(
            (*self.order[:stage], model, *self.order[stage:]),
            (*self.budgets[:stage], 0, *self.budgets[stage:]),
        )

    def swapped(self, stage: int) -> "GridCascade":
        """Exchange a stage with the next."""
        order, budgets = list(self.order), list(self.budgets)
        for items in (order, budgets):
            items[stage], items[stage + 1] = items[stage + 1], items[stage]
        return GridCascade(tuple(order), tuple(budgets))


@dataclass(frozen=True)
class BudgetSweep:
    """One stage's budget varied over the grid, the rest of the cascade held.

    Attributes
    ----------
    grid_cascade, stage
        What is varied.
    solve_rate, spend
        [X] of the whole cascade, by the budget of that stage.
    """

    grid_cascade: GridCascade
    stage: int
    solve_rate: FloatArray
    spend: FloatArray

    def best(self, shadow_price: float) -> tuple[GridCascade, float]:
        """Give the cascade of the highest solve rate − λ·spend, and that score."""
        objective = self.solve_rate - shadow_price * self.spend
        budget = int(np.argmax(objective))
        return self.grid_cascade.with_budget(self.stage, budget), float(objective[budget])
