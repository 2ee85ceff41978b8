from dataclasses import replace

import numpy as np
import pytest

from market.foundation.in_threads import CHUNK
from market.frontier.attempt_costs import AttemptCosts
from market.frontier.curve_loop import CurveLoop
from market.frontier.pass_curves import curve_loop, geometric_curves
from market.population.population import Population

ROWS = 2 * CHUNK + 3
EQUAL = np.full(ROWS, 1 / ROWS)
BUDGET = np.concatenate(([0.0], np.geomspace(0.01, 50.0, 60)))


def many(most: int | None = None) -> Population:
    rng = np.random.default_rng(1)
    solve_prob = rng.random((ROWS, 1))
    solve_prob[:2, 0] = [0.0, 1.0]
    cost = rng.uniform(0.05, 0.5, (ROWS, 1))
    found = Population(
        ("a",), EQUAL, solve_prob, cost, failed_cost=cost * 1.3, solved_cost=cost * 0.9
    )
    return replace(found, most_attempts=most)


@pytest.mark.parametrize("most", [None, 3])
@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_the_loop_writes_what_plain_numpy_works_out(remainder, most):
    population = many(most)
    costs = AttemptCosts.of(population, 0, remainder)
    plain = geometric_curves(population.solve_prob[:, 0], costs, BUDGET)
    written = np.empty((2, ROWS, len(BUDGET)))
    CurveLoop(population.solve_prob[:, 0], costs).write(BUDGET, *written)
    np.testing.assert_allclose(written, plain, rtol=1e-12, atol=1e-15)


def test_means_are_those_of_all_rows_and_do_not_depend_on_the_number_of_threads(monkeypatch):
    population = many()
    costs = AttemptCosts.of(population, 0, "spent")
    loop = CurveLoop(population.solve_prob[:, 0], costs)
    plain = geometric_curves(population.solve_prob[:, 0], costs, BUDGET)
    found = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("MARKET_THREADS", threads)
        found.append(loop.means(BUDGET, population.weight))
    np.testing.assert_allclose(found[0], [population.weight @ of for of in plain], rtol=1e-12)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_a_fit_is_the_highest_budget_that_some_problems_attempts_use_up():
    population = many()
    costs = AttemptCosts.of(population, 0, "spent")
    k = costs.attempts(BUDGET[None, :])
    fits = np.where(k > 0, costs.first + (k - 1) * costs.failed, 0.0).max(axis=0)
    loop = CurveLoop(population.solve_prob[:, 0], costs)
    np.testing.assert_array_equal(loop.fits(BUDGET), fits)


def test_recorded_counts_and_few_problems_have_no_loop():
    population = many()
    assert curve_loop(population, 0, "unbiased", "spent") is None
    few = Population(("a",), np.full(9, 1 / 9), population.solve_prob[:9], population.list_cost[:9])
    assert curve_loop(few, 0, "geometric", "spent") is None
