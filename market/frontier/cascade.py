"""A cascade: models tried in order, each with a budget, until an answer is accepted."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.checked_curves import CheckedCurves, checked_curves
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
            if not 0 <= stage.budget < math.inf:
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
        Chance of a right answer.
    list_spend
        [M] list dollars by model of the population; the bill is μ_m times that.
    accepted
        Chance that an answer is accepted, right or wrong; None where that is the solve rate.
    checks, harm
        US dollars of checks, and of wrong answers that are accepted.
    """

    solve_rate: float
    list_spend: FloatArray
    accepted: float | None = None
    checks: float = 0.0
    harm: float = 0.0

    @property
    def accepted_rate(self) -> float:
        """Chance that an answer is accepted."""
        return self.solve_rate if self.accepted is None else self.accepted

    def spend(self, price: FloatArray) -> float:
        """Expected US dollars of attempts and checks at the price multipliers `price` [M]."""
        return float(self.list_spend @ price) + self.checks

    def times(self, share: float) -> "PolicyValue":
        """Of a share of all queries."""
        accepted = None if self.accepted is None else share * self.accepted
        return PolicyValue(
            share * self.solve_rate,
            share * self.list_spend,
            accepted,
            share * self.checks,
            share * self.harm,
        )

    def __add__(self, other: "PolicyValue") -> "PolicyValue":
        """Of different queries together."""
        known = self.accepted is not None and other.accepted is not None
        return PolicyValue(
            self.solve_rate + other.solve_rate,
            self.list_spend + other.list_spend,
            self.accepted_rate + other.accepted_rate if known else None,
            self.checks + other.checks,
            self.harm + other.harm,
        )


def evaluate(
    cascade: Cascade, tables: CurveTables, weight: FloatArray | None = None
) -> PolicyValue:
    """Solve rate and expected spend of a cascade over a population.

    The reach of stage j is Π_{k<j} (1 − A_ik), A being the chance that an answer is accepted; the
    solve rate is Σ reach × U; the spend on a model is reach × S; population values are weighted
    means. Where no verifier errs A is U, and the solve rate 1 − Π (1 − U). Budgets need not lie on
    the grid.

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
    if tables.checked is None:
        return _unchecked(cascade, tables, weights)
    reach = np.ones(population.size)
    list_spend = np.zeros(len(population.models))
    right = checks = harm = 0.0
    for stage in cascade.stages:
        m = population.index(stage.model)
        of = stage_curves(tables, m, stage.budget)
        assert of.checked is not None
        reached = weights * reach
        list_spend[m] = reached @ of.spend
        right += float(reached @ of.solved)
        checks += float(reached @ of.checked.checks)
        harm += float(reached @ of.checked.harm)
        reach = reach * (1 - of.checked.accepted)
    return PolicyValue(right, list_spend, float(weights @ (1 - reach)), checks, harm)


def _unchecked(cascade: Cascade, tables: CurveTables, weights: FloatArray) -> PolicyValue:
    """The same where no verifier errs or costs."""
    population = tables.population
    reach = np.ones(population.size)
    list_spend = np.zeros(len(population.models))
    for stage in cascade.stages:
        m = population.index(stage.model)
        solved, spend = _plain_curves(tables, m, stage.budget)
        list_spend[m] = (weights * reach) @ spend
        reach = reach * (1 - solved)
    return PolicyValue(float(weights @ (1 - reach)), list_spend)


@dataclass(frozen=True)
class StageCurves:
    """What one stage does, [n] each; `checked` where a verifier errs or costs.

    Attributes
    ----------
    solved
        Chance of a right answer.
    spend
        Expected list dollars.
    checked
        Chance that an answer is accepted, and US dollars of checks and of wrong answers.
    """

    solved: FloatArray
    spend: FloatArray
    checked: CheckedCurves | None = None


def stage_curves(tables: CurveTables, model: int, budget: float) -> StageCurves:
    """What one model does at one budget.

    Read from the tables where the budget lies on their grid, else computed.
    """
    if tables.checked is None:
        return StageCurves(*_plain_curves(tables, model, budget))
    at = _on_grid(tables, model, budget)
    if at is not None:
        assert tables.accepted is not None
        assert tables.checks is not None
        assert tables.harm is not None
        tabled = (tables.accepted, tables.solved, tables.spend, tables.checks, tables.harm)
        found = CheckedCurves(*(curve[model][:, at] for curve in tabled))
    else:
        of = tables.population, model, np.array([budget]), tables.estimator, tables.remainder
        found = checked_curves(*of, tables.checked).at(0)
    return StageCurves(found.solved, found.spend, found)


def _on_grid(tables: CurveTables, model: int, budget: float) -> int | None:
    """Where a budget lies on a model's grid, if it does."""
    grid = tables.budget[model]
    at = int(grid.searchsorted(budget))
    return at if at < len(grid) and grid[at] == budget else None


def _plain_curves(tables: CurveTables, model: int, budget: float) -> tuple[FloatArray, FloatArray]:
    """[n] solved and spent at one budget, each attempt's success told at once."""
    at = _on_grid(tables, model, budget)
    if at is not None:
        return tables.solved[model][:, at], tables.spend[model][:, at]
    of = tables.population, model, np.array([budget]), tables.estimator, tables.remainder
    solved, spend = model_curves(*of)
    return solved[:, 0], spend[:, 0]


def evaluate_mixture(
    mixture: Mixture, tables: CurveTables, weight: FloatArray | None = None
) -> PolicyValue:
    """Expected value of a mixture: its two cascades, by their shares."""
    high = evaluate(mixture.high, tables, weight)
    if mixture.share >= 1:
        return high
    low = evaluate(mixture.low, tables, weight)
    return high.times(mixture.share) + low.times(1 - mixture.share)


def cascade_on_grid(tables: CurveTables, grid_cascade: GridCascade) -> Cascade:
    """Cascade from model and budget-grid indices; stages of budget 0 are left out."""
    return Cascade(
        tuple(Stage(tables.models[m], float(tables.budget[m, b])) for m, b in grid_cascade if b > 0)
    )
