"""A cascade: models tried in order, each with a budget, until one solves the query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.grid_cascade import GridCascade
from market.frontier.pass_curves import CurveTables, model_curves
from market.measures.money_units import dollars


@dataclass(frozen=True)
class Stage:
    """One model and the list dollars that may be spent on it."""

    model: str
    budget: float


@dataclass(frozen=True)
class Cascade:
    """Stages in the order in which they are tried; each model at most once.

    Raises
    ------
    DataError
        A model that appears twice, or a budget that is negative or not finite.
    """

    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        """Check models and budgets."""
        models = [stage.model for stage in self.stages]
        if len(set(models)) < len(models):
            raise DataError(f"cascade: a model appears twice in {' > '.join(models)}")
        for stage in self.stages:
            if not (np.isfinite(stage.budget) and stage.budget >= 0):
                raise DataError(f"cascade: budget {stage.budget!r} of {stage.model} is not ≥ 0 USD")

    def __str__(self) -> str:
        """Read as ``gpt5mini $0.0810 > deepseek $0.920``."""
        return self.written(dollars)

    def written(self, amount: Callable[[float], str]) -> str:
        """The stages in order, each with its budget as `amount` writes it."""
        stages = (f"{stage.model} {amount(stage.budget)}" for stage in self.stages)
        return " > ".join(stages) or "none"

    def to_json(self) -> list[dict[str, Any]]:
        """Model and budget of each stage."""
        return [{"model": stage.model, "budget": stage.budget} for stage in self.stages]


@dataclass(frozen=True)
class Mixture:
    """Two cascades of the same models: `high` with chance `share`, else `low`.

    Between two budgets of the grid, a seller mixes them and so keeps its promised solve rate in
    expectation. Where `share` is 1 it is one plain cascade.
    """

    low: Cascade
    high: Cascade
    share: float

    def __str__(self) -> str:
        """Read as the likelier of the two."""
        return self.written(dollars)

    def written(self, amount: Callable[[float], str]) -> str:
        """The likelier of the two, budgets as `amount` writes them."""
        return (self.high if self.share >= 0.5 else self.low).written(amount)

    def to_json(self) -> dict[str, Any]:
        """Stages of `high`, its share, and the stages that the rest of the queries take."""
        return {
            "stages": self.high.to_json(),
            "share": self.share,
            "otherwise": self.low.to_json() if self.share < 1 else None,
        }


@dataclass(frozen=True)
class PolicyValue:
    """What a cascade does, in expectation per query.

    Attributes
    ----------
    solve_rate
        Chance that the query is solved.
    list_spend
        [M] list dollars by model of the population; the bill is μ_m times that.
    """

    solve_rate: float
    list_spend: FloatArray

    def spend(self, price: FloatArray) -> float:
        """Expected US dollars at the price multipliers `price` [M]."""
        return float(self.list_spend @ price)


def evaluate(
    cascade: Cascade, tables: CurveTables, weight: FloatArray | None = None
) -> PolicyValue:
    """Solve rate and expected spend of a cascade over a population.

    The reach of stage j is Π_{k<j} (1 − U_ik); the solve rate is 1 − Π (1 − U); the spend on a
    model is reach × S; population values are weighted means. Budgets need not lie on the grid.

    Parameters
    ----------
    cascade
        Its models must be in the population.
    tables
        Population and estimator.
    weight
        [n] weights in place of the population's own, e.g. of a fold of its problems.
    """
    population = tables.population
    weights = population.weight if weight is None else weight
    reach = np.ones(population.size)
    list_spend = np.zeros(len(population.models))
    for stage in cascade.stages:
        m = population.index(stage.model)
        solved, spend = stage_curves(tables, m, stage.budget)
        list_spend[m] = (weights * reach) @ spend
        reach = reach * (1 - solved)
    return PolicyValue(float(weights @ (1 - reach)), list_spend)


def stage_curves(tables: CurveTables, model: int, budget: float) -> tuple[FloatArray, FloatArray]:
    """[n] solve probability and [n] expected list dollars of one model at one budget.

    Read from the tables where the budget lies on their grid, else computed.
    """
    grid = tables.budget[model]
    at = int(np.searchsorted(grid, budget))
    if at < len(grid) and grid[at] == budget:
        return tables.solved[model][:, at], tables.spend[model][:, at]
    solved, spend = model_curves(
        tables.population, model, np.array([budget]), tables.estimator, tables.remainder
    )
    return solved[:, 0], spend[:, 0]


def evaluate_mixture(
    mixture: Mixture, tables: CurveTables, weight: FloatArray | None = None
) -> PolicyValue:
    """Expected value of a mixture: its two cascades, by their shares."""
    high = evaluate(mixture.high, tables, weight)
    if mixture.share >= 1:
        return high
    low = evaluate(mixture.low, tables, weight)
    return PolicyValue(
        mixture.share * high.solve_rate + (1 - mixture.share) * low.solve_rate,
        mixture.share * high.list_spend + (1 - mixture.share) * low.list_spend,
    )


def cascade_on_grid(tables: CurveTables, grid_cascade: GridCascade) -> Cascade:
    """Cascade from model and budget-grid indices; stages of budget 0 are left out."""
    return Cascade(
        tuple(Stage(tables.models[m], float(tables.budget[m, b])) for m, b in grid_cascade if b > 0)
    )
