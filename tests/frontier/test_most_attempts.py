"""At most so many attempts at a problem: the market of those whose repeats come out the same."""

from dataclasses import replace

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.frontier.attempt_costs import AttemptCosts
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.pass_curves import model_curves
from market.population.population import Population

# who answers rightly: nobody, dear, both; a tenth, three tenths, six tenths of the questions
ANSWERS = Population(
    ("cheap", "dear"),
    np.array([0.1, 0.3, 0.6]),
    np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
    np.array([[1.0, 100.0]] * 3),
    most_attempts=1,
)


def test_one_attempt_costs_what_it_costs_whether_it_succeeds_or_fails():
    tables = build_tables(ANSWERS)
    for m, (rate, cost) in enumerate([(0.6, 1.0), (0.9, 100.0)]):
        solved, spend = tables.mean_curves(m)
        assert (solved[-1], spend[-1]) == (pytest.approx(rate), pytest.approx(cost))


def test_no_budget_buys_a_second_attempt():
    costs = AttemptCosts(np.array([2.0]), np.array([2.0]), "spent", 1)
    assert costs.attempts(100.0) == 1
    assert costs.exhausted(100.0, np.array([1.0])) == 2
    assert costs.exhausted(1.5, np.array([0.0])) == 1.5


@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_a_limit_that_no_budget_reaches_changes_nothing(remainder):
    free = replace(ANSWERS, solve_prob=np.full((3, 2), 0.4), most_attempts=None)
    budget = np.linspace(0, 40, 81)
    for found, wanted in zip(
        model_curves(replace(free, most_attempts=99), 0, budget, "geometric", remainder),
        model_curves(free, 0, budget, "geometric", remainder),
        strict=True,
    ):
        np.testing.assert_array_equal(found, wanted)


def test_three_attempts_solve_what_three_independent_ones_do():
    thrice = replace(ANSWERS, solve_prob=np.full((3, 2), 0.4), most_attempts=3)
    solved, spend = model_curves(thrice, 0, np.array([50.0]), "geometric")
    np.testing.assert_allclose(solved, 1 - 0.6**3)
    np.testing.assert_allclose(spend, 1 + 0.6 + 0.36)


def test_the_market_of_one_attempt_has_its_closed_form():
    tables = build_tables(ANSWERS)
    quality = np.array([0.6, 0.9])
    np.testing.assert_allclose(market_price(tables, quality).price, [1, 100])
    # at 0.9 every question is tried by the cheap model, and four in ten by the dear one
    np.testing.assert_allclose(solve_frontier(tables, quality).spend, [1, 1 + 0.4 * 100])


def test_a_limit_below_one_is_refused():
    with pytest.raises(DataError, match="most_attempts: 0 is below 1"):
        replace(ANSWERS, most_attempts=0)
