"""Pass curves, expected spend and the cost of a solve rate, as the paper computes them.

Everything is a function of a budget, in US dollars at list price, on a log-spaced grid. A pass
curve U(b) is the chance that a problem is solved within budget b; between two points of the grid
it is linear in log budget, and it is 0 below the lowest. Source: arXiv:2603.22404.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.market_price import margin
from market.population.population import Population

# Two sums of the same terms may differ in their last digits; a solve rate is not out of reach
# because of that.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Position:
    """Where budgets lie on a grid: between `lower` and the next point, at `weight` in log budget.

    Parameters
    ----------
    lower
        [T] index of the grid point below.
    weight
        [T] from 0 (at `lower`) to 1 (at the next point).
    reached
        [T] 1.0 where the budget is at least the lowest of the grid, else 0.0.
    """

    lower: IntArray
    weight: FloatArray
    reached: FloatArray

    def read(self, values: FloatArray) -> FloatArray:
        """Interpolate `values` [..., B] to [..., T]; 0 below the grid, held above it."""
        below, above = values[..., self.lower], values[..., self.lower + 1]
        return (below + self.weight * (above - below)) * self.reached


def locate(budget: FloatArray, at: npt.ArrayLike) -> Position:
    """Place the budgets `at` [T] on the grid `budget` [B], linearly in log budget."""
    wanted = np.atleast_1d(np.asarray(at, dtype=np.float64))
    lower = np.clip(np.searchsorted(budget, wanted, side="right") - 1, 0, len(budget) - 2)
    inside = np.clip(wanted, budget[0], budget[-1])
    weight = np.log(inside / budget[lower]) / np.log(budget[lower + 1] / budget[lower])
    return Position(lower, weight, (wanted >= budget[0]).astype(np.float64))


def budget_grid(highest: float, lowest: float = 1e-4, points: int = 250) -> FloatArray:
    """Log-spaced budgets, US dollars; the paper's grid by default."""
    return np.geomspace(lowest, highest, points)


def pass_curves(population: Population, budget: FloatArray) -> FloatArray:
    """Chance that each problem is solved within each budget: [n, M, B].

    A budget pays for k = ⌊budget / cost of an attempt⌋ attempts. For k below the number n of
    recorded attempts this is the unbiased pass@k, 1 − C(n−s, k)/C(n, k) (Chen et al. 2021); from n
    on, or where fewer than k failures are recorded, 1 if any attempt succeeded and 0 otherwise.

    Raises
    ------
    DataError
        The population has no recorded counts.
    """
    if population.successes is None or population.attempts is None:
        raise DataError(
            f"the paper's pass curves need recorded counts, and {population.source or 'this'} has "
            "none; read a folder of attempt records"
        )
    successes, attempts = population.successes[..., None], population.attempts[..., None]
    failures = attempts - successes
    bought = np.floor(budget / population.list_cost[..., None])
    estimable = (bought < attempts) & (bought <= failures)
    k = np.where(estimable, bought, 0)
    log_all_fail = (
        gammaln(failures + 1)
        - gammaln(failures - k + 1)
        - gammaln(attempts + 1)
        + gammaln(attempts - k + 1)
    )
    return np.where(estimable, -np.expm1(log_all_fail), successes > 0)


def expected_spend(solve: FloatArray, budget: FloatArray) -> FloatArray:
    """∫₀ᵇ (1 − U) for every b of the grid: what is spent until solved or the budget is gone.

    Parameters
    ----------
    solve
        [..., B] pass curves, linear in log budget between the points, 0 below the grid.
    budget
        [B] US dollars.

    Returns
    -------
    FloatArray
        [..., B] US dollars.
    """
    width = np.diff(budget)
    slope = np.diff(solve, axis=-1) / np.diff(np.log(budget))
    solved = solve[..., 1:] * budget[1:] - solve[..., :-1] * budget[:-1] - slope * width
    spend = np.empty_like(solve)
    spend[..., 0] = budget[0]
    spend[..., 1:] = budget[0] + np.cumsum(width - solved, axis=-1)
    return spend


def spend_at(solve: FloatArray, budget: FloatArray, at: FloatArray) -> FloatArray:
    """Expected spend of one pass curve [B] up to the budgets `at` [T], also between grid points."""
    place = locate(budget, at)
    low = place.lower
    inside = np.clip(at, budget[0], budget[-1])
    slope = np.diff(solve) / np.diff(np.log(budget))
    width = inside - budget[low]
    solved = place.read(solve) * inside - solve[low] * budget[low] - slope[low] * width
    within = expected_spend(solve, budget)[low] + width - solved
    beyond = (1 - solve[-1]) * np.maximum(at - budget[-1], 0)
    return np.where(at < budget[0], np.maximum(at, 0.0), within + beyond)


def cost_of_solve_rate(rate: FloatArray, solve: FloatArray, spend: FloatArray) -> FloatArray:
    """Expected spend at which a curve reaches each solve rate, log spend interpolated against U.

    Parameters
    ----------
    rate
        [K] solve rates.
    solve, spend
        [..., B] a curve or several: solve rate, and expected spend in US dollars.

    Returns
    -------
    FloatArray
        [..., K] US dollars; infinite above the curve's highest solve rate, 0 below its lowest.
    """
    log_spend = np.log(spend)
    if solve.ndim == 1:
        cost = np.exp(np.interp(rate, solve, log_spend))
    else:
        cost = np.empty((*solve.shape[:-1], len(rate)))
        for row in np.ndindex(*solve.shape[:-1]):
            cost[row] = np.interp(rate, solve[row], log_spend[row])
        np.exp(cost, out=cost)
    beyond = rate > solve[..., -1:] * (1 + ROUNDING)
    return np.where(beyond, np.inf, np.where(rate < solve[..., :1], 0.0, cost))


def margin_or_zero(price: FloatArray, cost: FloatArray) -> FloatArray:
    """(price − cost)⁺ / price; 0 where there is no price, or it is 0."""
    return np.nan_to_num(margin(price, cost))


@dataclass(frozen=True)
class PaperMarket:
    """The pass curves of some models on one budget grid.

    Parameters
    ----------
    models
        M names.
    budget
        [B] US dollars, increasing.
    solve
        [n, M, B] chance that a problem is solved within a budget.
    """

    models: tuple[str, ...]
    budget: FloatArray
    solve: FloatArray

    @classmethod
    def of(cls, population: Population, budget: FloatArray) -> "PaperMarket":
        """Build the pass curves of all models of a population."""
        return cls(population.models, budget, pass_curves(population, budget))

    def select(self, models: Sequence[str]) -> "PaperMarket":
        """Keep the named models, in the given order."""
        columns = [self.models.index(model) for model in models]
        return PaperMarket(tuple(models), self.budget, self.solve[:, columns])

    def restrict(self, problems: BoolArray | IntArray) -> "PaperMarket":
        """Keep some problems, by a mask or by their indices in a new order."""
        return PaperMarket(self.models, self.budget, self.solve[problems])

    @cached_property
    def mean(self) -> FloatArray:
        """[M, B] population curves: plain means over the problems."""
        mean: FloatArray = self.solve.mean(axis=0)
        return mean

    @property
    def highest_solve_rate(self) -> float:
        """What the best single model reaches at the largest budget."""
        return float(self.mean[:, -1].max())

    def costs(self, rate: FloatArray) -> FloatArray:
        """[M, K] what each solve rate costs from each model alone, US dollars per problem."""
        return cost_of_solve_rate(rate, self.mean, expected_spend(self.mean, self.budget))

    def price(self, rate: FloatArray) -> FloatArray:
        """[K] market price: the least cost over the models."""
        price: FloatArray = self.costs(rate).min(axis=0)
        return price
