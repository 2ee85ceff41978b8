"""Curves where a failed and a successful attempt cost differently."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from conftest import costs_apart, item_response
from hypothesis import given
from hypothesis import strategies as st

from market.frontier.budget_grid import build_tables
from market.frontier.fitting_sample import buy_attempts, sampled_tables
from market.frontier.pass_curves import (
    AttemptCosts,
    Remainder,
    geometric_curves,
    unbiased_curves,
)

whole = st.integers(1, 7)  # whole amounts, so that sums are exact
remainders = st.sampled_from(["spent", "kept"])
BUDGET = np.arange(0, 30.5, 0.5)


def attempts(failed: float, solved: float, remainder: Remainder) -> AttemptCosts:
    return AttemptCosts(np.array([[failed]]), np.array([[solved]]), remainder)


def one_run(won: list[bool], costs: AttemptCosts, budget: float) -> tuple[bool, float]:
    """Whether a query is solved and what is spent, when its attempts come out as `won`."""
    failed, solved = float(costs.failed[0, 0]), float(costs.solved[0, 0])
    spent = 0.0
    for success in won:
        if costs.remainder == "kept" and spent + max(failed, solved) > budget:
            return False, spent
        cost = solved if success else failed
        if spent + cost > budget:
            return False, budget  # cut off, paid and lost
        spent += cost
        if success or spent == budget:
            return success, spent
    raise AssertionError("more attempts than were foreseen")


def is_close(found: np.ndarray, wanted: float) -> bool:
    return bool(np.isclose(found.item(), wanted, rtol=1e-12, atol=1e-12))


@given(st.floats(0, 1), whole, whole, st.sampled_from(BUDGET.tolist()), remainders)
def test_the_geometric_curve_sums_over_all_outcomes(p, failed, solved, budget, remainder):
    costs = attempts(failed, solved, remainder)
    longest = int(budget // min(failed, solved)) + 2
    rate = spend = 0.0
    for first in range(longest + 1):  # the attempt that would succeed; `longest` stands for later
        chance = (1 - p) ** first * (p if first < longest else 1)
        won, paid = one_run([False] * first + [True], costs, budget)
        rate, spend = rate + chance * won, spend + chance * paid
    u, s = geometric_curves(np.array([p]), costs, np.array([budget]))
    assert is_close(u, rate)
    assert is_close(s, spend)


@given(st.integers(1, 6), st.data(), whole, whole, st.sampled_from(BUDGET.tolist()), remainders)
def test_the_unbiased_curve_is_the_mean_over_orders_of_the_records(
    n, data, failed, solved, budget, remainder
):
    successes = data.draw(st.integers(0, n))
    costs = attempts(failed, solved, remainder)
    never = [False] * (int(budget // min(failed, solved)) + 2)  # past the records
    runs = [
        one_run([k in places for k in range(n)] + never, costs, budget)
        for places in combinations(range(n), successes)
    ]
    u, s = unbiased_curves(np.array([successes]), np.array([n]), costs, np.array([budget]))
    assert is_close(u, np.mean([won for won, _ in runs]))
    assert is_close(s, np.mean([paid for _, paid in runs]))


@given(st.floats(0, 1), whole, whole, st.integers(0, 5))
def test_attempts_that_count_end_when_a_success_no_longer_fits(p, failed, solved, more):
    costs = attempts(failed, solved, "spent")
    just = float(solved + more * failed)
    u, _ = geometric_curves(np.array([p]), costs, np.array([just - 0.5, just]))
    np.testing.assert_allclose(u[0], 1 - (1 - p) ** np.array([more, more + 1]), atol=1e-12)


@given(st.floats(0, 1), whole, whole)
def test_spend_rises_with_the_budget_by_the_chance_of_not_being_solved(p, failed, solved):
    # chances change at whole budgets only, so that between them spend is a straight line
    u, s = geometric_curves(np.array([p]), attempts(failed, solved, "spent"), BUDGET)
    np.testing.assert_allclose(np.diff(s[0]), 0.5 * (1 - u[0, :-1]), atol=1e-12)


@given(st.integers(1, 9), st.data(), whole, whole)
def test_spend_by_records_rises_by_the_chance_of_not_being_solved(n, data, failed, solved):
    successes = data.draw(st.integers(0, n))
    costs = attempts(failed, solved, "spent")
    u, s = unbiased_curves(np.array([successes]), np.array([n]), costs, BUDGET)
    np.testing.assert_allclose(np.diff(s[0]), 0.5 * (1 - u[0, :-1]), atol=1e-12)


def test_a_sample_shows_the_curves_of_costs_apart():
    population = costs_apart(item_response(problems=20), 1.5, 0.5)
    rng = {name: np.random.default_rng(i) for i, name in enumerate(("problems", "a", "b", "c"))}
    population = replace(population, models=("a", "b", "c"))
    sample = buy_attempts(
        population, population.weight, np.ones(3), 3000.0, np.full(3, 1.0), rng, "spent"
    )
    truth = build_tables(population, highest=0.9)
    seen = sampled_tables(sample, population.models, truth.budget, "spent")
    for m in range(3):
        u, s = seen.mean_curves(m)
        true_u, true_s = truth.mean_curves(m)
        np.testing.assert_allclose(u, true_u, atol=0.02)
        np.testing.assert_allclose(s, true_s, atol=0.05 * true_s.max())


def test_costs_that_do_not_differ_are_as_if_they_were_not_told_apart(ladder):
    plain, same = build_tables(ladder), build_tables(costs_apart(ladder, 1.0, 1.0))
    for name in ("budget", "solved", "spend"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(same, name))


@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_dearer_failures_solve_no_more_within_a_budget(ladder, remainder):
    budget = np.concatenate(([0.0], np.geomspace(1e-3, 10, 400)))
    few, many = (
        build_tables(costs_apart(ladder, ratio, 1.0), budget, remainder=remainder)
        for ratio in (1.0, 2.0)
    )
    assert (many.solved <= few.solved + 1e-12).all()
