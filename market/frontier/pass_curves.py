"""Pass curves: a budget in list dollars becomes a solve rate and an expected spend.

With a budget of x list dollars, model m makes up to k = ⌊x / c⌋ attempts at a problem that costs c
an attempt, and stops at the first success. U(x) is the chance of a success, S(x) the expected list
dollars spent. A price multiplier μ turns S into μS and leaves U alone, so the tables below are
built once per population and never again when prices move.

What is left of a budget when the next attempt no longer fits is `kept` (the cost of an attempt is
known beforehand, and it is not started) or `spent` (the attempt is cut off at the budget, paid and
lost). Then S(x) = ∫₀ˣ (1 − U), as arXiv:2603.22404 has it.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, read_only
from market.foundation.errors import DataError
from market.population.population import Population

Estimator = Literal["geometric", "unbiased"]
ESTIMATORS: tuple[Estimator, ...] = ("geometric", "unbiased")

Remainder = Literal["kept", "spent"]
REMAINDERS: tuple[Remainder, ...] = ("kept", "spent")

# A budget that is a whole multiple of the cost buys that many attempts, rounding notwithstanding.
_ROUNDING = 1 + 1e-12


def whole_attempts(budget: FloatArray | float, cost: FloatArray | float) -> FloatArray:
    """⌊budget / cost⌋, the attempts that fit a budget, as whole floats."""
    attempts: FloatArray = np.floor(np.asarray(budget) / cost * _ROUNDING)
    return attempts


def log_budgets(low: float = 1e-4, high: float = 1.0, points: int = 250) -> FloatArray:
    """Budget grid: 0, then `points` log-spaced budgets from `low` to `high` US dollars."""
    if not (0 < low < high and np.isfinite(high)) or points < 2:
        raise DataError(
            f"budget grid: low {low:g}, high {high:g}, points {points}; "
            "needs 0 < low < high and at least 2 points"
        )
    return np.concatenate(([0.0], np.geomspace(low, high, points)))


def geometric_curves(
    solve_prob: FloatArray, list_cost: FloatArray, budget: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """U = 1 − (1−p)^k and S = c·U/p (c·k where p = 0), for known solve probabilities.

    Parameters
    ----------
    solve_prob, list_cost
        [n] of one model.
    budget
        [X] list dollars.

    Returns
    -------
    solved, spend
        [n, X] each.
    """
    p, c = solve_prob[:, None], list_cost[:, None]
    k = whole_attempts(budget[None, :], c)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_fail = np.log1p(-p)
        solved = np.where(k > 0, -np.expm1(k * log_fail), 0.0)
        attempts = np.where(p > 0, solved / p, k)
    return solved, c * attempts


def unbiased_curves(
    successes: IntArray, attempts: IntArray, list_cost: FloatArray, budget: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """U = 1 − C(n−s, k)/C(n, k) (Chen et al. 2021), frozen past the n recorded attempts.

    S = c·Σ_{j<k} (1 − U(j)): the j+1st attempt is paid when the first j failed. A problem without
    a recorded success is never solved, and its budget is spent whole.

    Parameters
    ----------
    successes, attempts, list_cost
        [n] of one model.
    budget
        [X] list dollars.

    Returns
    -------
    solved, spend
        [n, X] each.
    """
    s, n = successes[:, None], attempts[:, None]
    longest = int(attempts.max())
    j = np.arange(longest)[None, :]
    ratio = np.where(s > 0, np.maximum(n - s - j, 0) / np.maximum(n - j, 1), 1.0)
    one = np.ones((len(successes), 1))
    # [n, longest + 1]: chance that all of the first j attempts fail, and attempts made by then
    fail: FloatArray = np.hstack((one, np.cumprod(ratio, axis=1)))
    paid: FloatArray = np.hstack((0 * one, np.cumsum(fail[:, :-1], axis=1)))
    k = whole_attempts(budget[None, :], list_cost[:, None])
    known = np.minimum(k, longest).astype(np.int64)
    solved = 1 - np.take_along_axis(fail, known, axis=1)
    made = np.take_along_axis(paid, known, axis=1) + np.where(s > 0, 0.0, k - known)
    return solved, np.asarray(list_cost[:, None] * made, dtype=np.float64)


def model_curves(
    population: Population,
    model: int,
    budget: FloatArray,
    estimator: Estimator,
    remainder: Remainder = "kept",
) -> tuple[FloatArray, FloatArray]:
    """U and S, [n, X] each, of one model of a population at the given budgets.

    Raises
    ------
    DataError
        `unbiased` asked of a population without recorded counts.
    """
    cost = population.list_cost[:, model]
    if estimator == "geometric":
        solved, spend = geometric_curves(population.solve_prob[:, model], cost, budget)
    elif population.successes is None or population.attempts is None:
        raise DataError(
            "estimator 'unbiased' needs recorded attempts, and this population has none "
            f"({population.source or 'no source given'}); use 'geometric'"
        )
    else:
        solved, spend = unbiased_curves(
            population.successes[:, model], population.attempts[:, model], cost, budget
        )
    if remainder == "spent":
        attempts = whole_attempts(budget, cost[:, None])
        spend = spend + (1 - solved) * np.maximum(budget - attempts * cost[:, None], 0.0)
    return solved, spend


@dataclass(frozen=True)
class CurveTables:
    """Pass curves of every model at every problem on one budget grid.

    Attributes
    ----------
    population
        The n problems and M models.
    estimator
        How U was computed.
    remainder
        Whether what is left of a budget is kept or spent.
    budget
        [X] list dollars, rising, `budget[0]` = 0; copied.
    solved, spend
        [M, n, X]: U and S, S in list dollars; not copied, but made read-only.
    """

    population: Population
    estimator: Estimator
    remainder: Remainder
    budget: FloatArray
    solved: FloatArray
    spend: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        object.__setattr__(self, "budget", read_only(self.budget))
        for array in (self.solved, self.spend):
            array.flags.writeable = False

    @property
    def models(self) -> tuple[str, ...]:
        """The M model names."""
        return self.population.models

    def weighted(self, weight: FloatArray) -> "CurveTables":
        """The same tables for other problem weights [n], which must sum to 1."""
        return replace(self, population=replace(self.population, weight=weight))

    def mean_curves(self, model: int) -> tuple[FloatArray, FloatArray]:
        """[X] solve rate and [X] expected list dollars of one model over the population."""
        weight = self.population.weight
        return weight @ self.solved[model], weight @ self.spend[model]


def require_affordable(population: Population, budget: float) -> None:
    """Check that a budget in list dollars buys at least one attempt of each model.

    Raises
    ------
    DataError
        Naming the model whose cheapest attempt costs more.
    """
    for model, cheapest in zip(population.models, population.list_cost.min(axis=0), strict=True):
        if cheapest > budget:
            raise DataError(
                f"model {model}: its cheapest attempt costs {cheapest:.4g} USD, above the highest "
                f"budget {budget:.4g} USD; raise the highest budget"
            )


def build_tables(
    population: Population,
    budget: FloatArray | None = None,
    estimator: Estimator | None = None,
    remainder: Remainder = "kept",
) -> CurveTables:
    """Curves of all models of a population.

    Parameters
    ----------
    population
        Problems and models.
    budget
        [X] list dollars, rising from 0; :func:`log_budgets` if None.
    estimator
        `unbiased` where attempts were counted, else `geometric`, if None.
    remainder
        Whether what is left of a budget is kept or spent.

    Raises
    ------
    DataError
        A grid that does not rise from 0, an estimator that is unknown or has no counts, or a model
        of which no attempt fits the highest budget.
    """
    grid = log_budgets() if budget is None else np.asarray(budget, dtype=np.float64)
    if grid.ndim != 1 or len(grid) < 2 or grid[0] != 0 or not (np.diff(grid) > 0).all():
        raise DataError("budget grid: must rise from 0")
    usual: Estimator = "geometric" if population.attempts is None else "unbiased"
    chosen = usual if estimator is None else estimator
    if chosen not in ESTIMATORS:
        raise DataError(f"estimator {chosen!r} is unknown; there are: {', '.join(ESTIMATORS)}")
    if remainder not in REMAINDERS:
        raise DataError(f"remainder {remainder!r} is unknown; there are: {', '.join(REMAINDERS)}")
    require_affordable(population, float(grid[-1]))
    shape = (len(population.models), population.size, len(grid))
    solved, spend = np.empty(shape), np.empty(shape)
    for m in range(shape[0]):
        solved[m], spend[m] = model_curves(population, m, grid, chosen, remainder)
    return CurveTables(population, chosen, remainder, grid, solved, spend)
