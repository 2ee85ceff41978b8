"""Strata of few attempts: they add up to what is known, and keep what is not in doubt."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import costs_apart, item_response

from market.foundation.errors import DataError
from market.population.common_difficulty import fit_solve_law
from market.population.population import Population
from market.population.strata import strata_of


def recorded(attempts: int, problems: int = 300, seed: int = 1, **changes: object) -> Population:
    """A population of three models, of which attempts were drawn."""
    truth = costs_apart(item_response(problems=problems), 1.5, 0.6)
    tried = np.full(truth.solve_prob.shape, attempts)
    solved = np.random.default_rng(seed).binomial(tried, truth.solve_prob)
    counts = {"solve_prob": solved / tried, "successes": solved, "attempts": tried}
    return replace(truth, traits=None, difficulty=None, **(counts | changes))


def spread_evenly(problems: int, draws: int, dimensions: int) -> np.ndarray:
    """[problems, draws, dimensions] Latin hypercubes: far nearer a mean than as many free draws."""
    rng = np.random.default_rng(2)
    rank = np.broadcast_to(np.arange(draws)[:, None], (problems, draws, dimensions))
    return (rng.permuted(rank, axis=1) + rng.random(rank.shape)) / draws


@pytest.mark.parametrize("attempts", [1, 3])
def test_pass_curves_of_strata_are_those_of_the_posterior_to_half_a_percent(attempts):
    population = recorded(attempts)
    assert population.successes is not None
    assert population.attempts is not None
    law = fit_solve_law(population.successes, population.attempts, population.weight)
    n, models = population.solve_prob.shape
    drawn = law.solve_probs(spread_evenly(n, 100, 1 + models))
    strata = strata_of(population)
    for k in (1, 2, 4, 8):
        exact = 1 - ((1 - drawn) ** k).mean(axis=(0, 1))
        assert 1 - strata.weight @ (1 - strata.solve_prob) ** k == pytest.approx(exact, rel=5e-3)


def test_rows_in_a_row_are_one_problem():
    population = recorded(2)
    strata = strata_of(population)
    assert strata.strata is not None
    assert strata.problems == population.size
    for name in ("list_cost", "failed_cost", "solved_cost", "traits"):
        whole = getattr(strata, name)[:: strata.strata]
        np.testing.assert_array_equal(whole, getattr(population, name))
    np.testing.assert_allclose(
        strata.weight.reshape(population.size, -1).sum(axis=1), population.weight
    )


def test_domains_and_types_go_with_their_problem():
    names = tuple(f"d{i}" for i in range(40))
    label = np.arange(40) % 4
    strata = strata_of(recorded(2, 40, domain=names, types={4: label}))
    each = strata.strata
    assert strata.domain[::each] == names
    np.testing.assert_array_equal(strata.types[4][::each], label)


def test_order_of_problems_changes_no_stratum():
    population = recorded(1, 64)
    turned = {
        name: getattr(population, name)[::-1]
        for name in (
            *("weight", "solve_prob", "list_cost", "failed_cost", "solved_cost"),
            *("successes", "attempts", "traits", "difficulty"),
        )
    }
    one, other = strata_of(population), strata_of(replace(population, **turned))
    assert one.strata is not None
    back = other.solve_prob.reshape(64, one.strata, -1)[::-1].reshape(one.solve_prob.shape)
    np.testing.assert_allclose(back, one.solve_prob, atol=1e-3)


def test_what_is_taken_for_zero_moves_no_mean():
    population = recorded(1, 30)
    strata = strata_of(population)
    law = fit_solve_law(population.successes, population.attempts, population.weight)
    drawn = law.solve_probs(spread_evenly(30, 1000, 4))
    assert strata.weight @ strata.solve_prob == pytest.approx(drawn.mean(axis=(0, 1)), rel=0.01)


def test_solve_probabilities_are_spread_where_one_attempt_tells_little():
    strata = strata_of(recorded(1))
    prob = strata.solve_prob[:, 0]
    assert ((prob > 0.05) & (prob < 0.95)).mean() > 0.3


def test_no_budget_waits_for_what_was_not_told_from_never():
    population = recorded(1)
    strata = strata_of(population)
    assert population.successes is not None
    unsolved = np.repeat(population.successes == 0, strata.strata, axis=0)
    assert (strata.solve_prob[unsolved] == 0).any()
    assert (strata.solve_prob[~unsolved] > 0).all()


def test_without_counts_there_are_no_strata():
    with pytest.raises(DataError, match="beta_binomial"):
        strata_of(item_response())
