from dataclasses import replace
from math import comb

import numpy as np
import pytest
from paper_markets import GRID, recorded

from market.foundation.errors import DataError
from market.paper.paper_curves import (
    cost_of_solve_rate,
    expected_spend,
    locate,
    margin_or_zero,
    pass_curves,
    spend_at,
)


def test_spend_of_a_curve_that_never_solves_is_the_budget():
    assert expected_spend(np.zeros(250), GRID) == pytest.approx(GRID, rel=1e-12)


def test_spend_of_a_curve_linear_in_log_budget_is_its_integral():
    slope = 0.1
    curve = slope * np.log(GRID / GRID[0])
    solved = GRID * curve - slope * (GRID - GRID[0])
    assert expected_spend(curve, GRID) == pytest.approx(GRID - solved, rel=1e-10)


def test_spend_between_grid_points_is_that_of_the_finer_grid():
    curve = 0.1 * np.log(GRID / GRID[0])
    fine = np.sort(np.append(GRID, [0.0123, 0.4567]))
    on_fine = expected_spend(0.1 * np.log(fine / fine[0]), fine)
    wanted = on_fine[np.searchsorted(fine, [0.0123, 0.4567])]
    assert spend_at(curve, GRID, np.array([0.0123, 0.4567])) == pytest.approx(wanted, rel=1e-10)


def test_spend_below_the_grid_is_the_budget_and_above_it_goes_on_unsolved():
    curve = np.full(250, 0.25)
    at = np.array([0.0, 5e-5, 3.0])
    spend = spend_at(curve, GRID, at)
    assert spend[:2] == pytest.approx(at[:2])
    assert spend[2] == pytest.approx(expected_spend(curve, GRID)[-1] + 0.75 * 2.0)


def test_pass_curve_is_the_unbiased_estimator_at_whole_attempts():
    population = recorded([[2, 1]], [[10, 4]], [[0.1, 0.1]])
    budget = np.array([0.05, 0.1, 0.25, 0.35])
    curve = pass_curves(population, budget)[0, 0]
    wanted = [0.0, *(1 - comb(8, k) / comb(10, k) for k in (1, 2, 3))]
    assert curve == pytest.approx(wanted, abs=1e-12)


def test_pass_curve_beyond_the_recorded_attempts_says_whether_any_succeeded():
    population = recorded([[1, 0]], [[4, 4]], [[0.1, 0.1]])
    assert pass_curves(population, np.array([0.1, 1.0]))[0, :, 1] == pytest.approx([1.0, 0.0])


def test_pass_curve_is_one_where_fewer_failures_are_recorded_than_attempts_bought():
    population = recorded([[9, 1]], [[10, 4]], [[0.1, 0.1]])
    assert pass_curves(population, np.array([0.1, 0.25]))[0, 0] == pytest.approx([0.9, 1.0])


def test_pass_curves_without_recorded_counts_are_refused():
    population = replace(
        recorded([[1, 1]], [[2, 2]], [[0.1, 0.1]]), successes=None, attempts=None, source="a pack"
    )
    with pytest.raises(DataError, match="a pack has none; read a folder"):
        pass_curves(population, GRID)


def test_cost_of_a_solve_rate_inverts_the_curve_in_log_spend():
    solve, spend = np.array([0.2, 0.4]), np.array([0.01, 1.0])
    assert cost_of_solve_rate(np.array([0.3]), solve, spend) == pytest.approx([0.1])


def test_cost_is_infinite_above_the_curve_and_zero_below_it():
    solve, spend = np.array([[0.2, 0.4]]), np.array([[0.01, 1.0]])
    cost = cost_of_solve_rate(np.array([0.1, 0.4, 0.41]), solve, spend)
    assert cost == pytest.approx(np.array([[0.0, 1.0, np.inf]]))


def test_margin_is_never_negative_and_zero_where_not_finite():
    market = np.array([2.0, 1.0, 1.0, np.inf, np.inf, 0.0])
    cost = np.array([1.0, 2.0, np.inf, 1.0, np.inf, 0.0])
    assert margin_or_zero(market, cost) == pytest.approx([0.5, 0, 0, 0, 0, 0])


def test_reading_a_curve_is_linear_in_log_budget_and_zero_below_the_grid():
    curve = np.log(GRID / GRID[0])
    got = locate(GRID, [0.0, 0.0321, 7.0]).read(curve)
    assert got == pytest.approx([0.0, np.log(0.0321 / GRID[0]), curve[-1]])
