from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from conftest import item_response, log_budgets, one_problem
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.errors import DataError
from market.frontier.attempt_costs import AttemptCosts, Remainder
from market.frontier.budget_grid import build_tables
from market.frontier.pass_curves import (
    estimated,
    geometric_curves,
    model_curves,
    unbiased_curves,
    usual_estimator,
)
from market.population.population import Population


def alike(cost: float, remainder: Remainder = "kept") -> AttemptCosts:
    """Attempts of one problem that cost the same whether they fail or succeed."""
    return AttemptCosts(np.array([[cost]]), np.array([[cost]]), remainder)


def test_geometric_curve_is_one_minus_all_attempts_failing():
    budget = np.array([0.0, 0.09, 0.1, 0.25, 1.0])
    solved, spend = geometric_curves(np.array([0.3]), alike(0.1), budget)
    k = np.array([0, 0, 1, 2, 10])
    np.testing.assert_allclose(solved[0], 1 - 0.7**k)
    np.testing.assert_allclose(spend[0], 0.1 * (1 - 0.7**k) / 0.3)


def test_a_problem_that_is_never_solved_costs_the_whole_attempts_of_its_budget():
    solved, spend = geometric_curves(np.array([0.0]), alike(0.1), np.array([0.55]))
    assert solved[0, 0] == 0
    assert spend[0, 0] == pytest.approx(0.5)


def test_a_sure_attempt_is_made_once():
    solved, spend = geometric_curves(np.array([1.0]), alike(0.1), np.array([0.05, 5.0]))
    np.testing.assert_allclose(solved[0], [0, 1])
    np.testing.assert_allclose(spend[0], [0, 0.1])


def test_a_budget_of_a_whole_multiple_buys_that_many_attempts():
    solved, _ = geometric_curves(np.array([0.5]), alike(0.1), np.array([0.3, 0.7]))
    np.testing.assert_allclose(solved[0], 1 - 0.5 ** np.array([3, 7]))


@given(st.integers(1, 8), st.data())
def test_unbiased_curve_is_the_share_of_k_subsets_with_a_success(n, data):
    s = data.draw(st.integers(0, n))
    k = data.draw(st.integers(0, n))
    record = [1] * s + [0] * (n - s)
    subsets = list(combinations(record, k))
    share = np.mean([any(subset) for subset in subsets])
    solved, _ = unbiased_curves(np.array([s]), np.array([n]), alike(1.0), np.array([float(k)]))
    assert solved[0, 0] == pytest.approx(share)


@given(st.integers(1, 12), st.data())
def test_unbiased_spend_sums_the_chance_that_each_attempt_is_made(n, data):
    s = data.draw(st.integers(0, n))
    budget = np.arange(2 * n + 1, dtype=float)
    solved, spend = unbiased_curves(np.array([s]), np.array([n]), alike(1.0), budget)
    expected = np.concatenate(([0.0], np.cumsum(1 - solved[0])[:-1]))
    np.testing.assert_allclose(spend[0], expected)


def test_past_its_record_a_problem_is_solved_if_it_ever_was():
    solved, spend = unbiased_curves(
        np.array([1, 0]), np.array([4, 4]), alike(1.0), np.array([4.0, 9.0])
    )
    np.testing.assert_allclose(solved, [[1, 1], [0, 0]])
    np.testing.assert_allclose(spend, [[2.5, 2.5], [4, 9]])


def test_the_two_estimators_agree_for_long_records():
    n = 100_000
    budget = np.array([1.0, 3.0, 7.0])
    exact, paid = geometric_curves(np.array([0.2]), alike(1.0), budget)
    counted, spent = unbiased_curves(np.array([n // 5]), np.array([n]), alike(1.0), budget)
    np.testing.assert_allclose(counted, exact, atol=1e-4)
    np.testing.assert_allclose(spent, paid, atol=1e-3)


def test_an_estimator_that_needs_counts_says_so():
    with pytest.raises(DataError, match="'unbiased' needs recorded attempts"):
        build_tables(one_problem([0.5], [0.1]), estimator="unbiased")


def test_a_model_too_dear_for_every_budget_is_named():
    population = one_problem([0.5, 0.5], [0.1, 3.0])
    for limit in ({"highest": 1.0}, {"budget": log_budgets()}):
        with pytest.raises(DataError, match=r"model m1: its cheapest attempt costs 3 USD"):
            build_tables(population, **limit)


@pytest.mark.parametrize(
    "bad",
    [[0.0], [0.1, 0.2], [0.0, 0.2, 0.1], [0.0, 0.0], [0.0, np.nan], [0.0, np.inf], [[0, 1]] * 2],
)
def test_a_budget_grid_that_does_not_rise_from_zero_is_refused(bad):
    with pytest.raises(DataError, match="budget grid"):
        build_tables(one_problem([0.5], [0.1]), np.array(bad, dtype=float))


def test_weights_count():
    population = Population(
        ("a",), np.array([0.9, 0.1]), np.array([[1.0], [0.0]]), np.array([[0.1], [0.1]])
    )
    solved, spend = build_tables(population, np.array([0.0, 0.2])).mean_curves(0)
    np.testing.assert_allclose(solved, [0, 0.9])
    np.testing.assert_allclose(spend, [0, 0.9 * 0.1 + 0.1 * 0.2])


def test_a_remainder_that_is_spent_makes_spend_the_integral_of_not_being_solved():
    population = one_problem([0.3], [0.1])
    budget = np.linspace(0, 1, 1001)
    solved, spend = model_curves(population, 0, budget, "geometric", "spent")
    integral = np.concatenate(([0.0], np.cumsum((1 - solved[0])[:-1] * np.diff(budget))))
    np.testing.assert_allclose(spend[0], integral, atol=1e-3)
    kept_solved, kept = model_curves(population, 0, budget, "geometric", "kept")
    np.testing.assert_array_equal(solved, kept_solved)
    assert (spend >= kept).all()
    np.testing.assert_allclose(spend[0, ::100], kept[0, ::100])


def test_a_remainder_that_is_spent_takes_the_budget_where_no_attempt_fits():
    _, spend = model_curves(
        one_problem([1.0], [0.5]), 0, np.array([0.4, 0.5]), "geometric", "spent"
    )
    np.testing.assert_allclose(spend[0], [0.4, 0.5])


def test_an_unknown_remainder_is_refused():
    with pytest.raises(DataError, match="'lost' is unknown; there are: spent, kept"):
        build_tables(one_problem([0.5], [0.1]), remainder="lost")


def test_tables_refuse_writes_and_leave_the_caller_s_budgets_writable(ladder):
    budget = log_budgets()
    tables = build_tables(ladder, budget)
    assert budget.flags.writeable
    assert not any(a.flags.writeable for a in (tables.budget, tables.solved, tables.spend))


def recorded(attempts: int) -> Population:
    """Thirty problems, each tried so often by each of three models."""
    truth = item_response(problems=30)
    tried = np.full(truth.solve_prob.shape, attempts)
    solved = np.random.default_rng(1).binomial(tried, truth.solve_prob)
    return replace(truth, solve_prob=solved / tried, successes=solved, attempts=tried)


@pytest.mark.parametrize(("attempts", "usual"), [(4, "beta_binomial"), (5, "unbiased")])
def test_fewer_than_five_attempts_are_few(attempts, usual):
    assert usual_estimator(recorded(attempts)) == usual
    assert build_tables(recorded(attempts)).estimator == usual


def test_strata_are_not_estimated_again():
    strata = build_tables(recorded(2)).population
    assert estimated(strata) is strata
    assert build_tables(strata).estimator == "beta_binomial"


def test_weights_of_problems_weigh_their_strata():
    tables = build_tables(recorded(2))
    first = np.zeros(30)
    first[0] = 1.0
    assert tables.weighted(first).mean_curves(0)[0] == pytest.approx(
        tables.solved[0, : tables.population.strata].mean(axis=0)
    )


def test_beta_binomial_needs_recorded_attempts():
    with pytest.raises(DataError, match="needs recorded attempts"):
        build_tables(item_response(), estimator="beta_binomial")


def test_with_very_many_attempts_beta_binomial_is_geometric():
    records = recorded(1_000_000)
    budget = np.array([0.0, 0.01, 0.05, 0.2])
    one, other = (
        build_tables(records, budget, estimator) for estimator in ("beta_binomial", "geometric")
    )
    for m in range(3):
        for known, told in zip(one.mean_curves(m), other.mean_curves(m), strict=True):
            np.testing.assert_allclose(known, told, rtol=0.003)
