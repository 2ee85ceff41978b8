from itertools import pairwise

import numpy as np
import pytest
from conftest import one_problem
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.errors import DataError
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.pass_curves import build_tables
from market.frontier.signal_frontier import (
    posterior_weights,
    problem_types,
    solve_oracle,
    solve_signal,
)
from market.population.population import Population

QUALITY = np.linspace(0.2, 0.75, 23)


@given(st.floats(0, 1), st.integers(1, 5))
def test_what_is_seen_has_the_weight_of_what_is(accuracy, types):
    weight = np.arange(1.0, 11.0) / 55
    population = Population(("m",), weight, np.full((10, 1), 0.5), np.ones((10, 1)))
    label = np.arange(10) % types
    joint = posterior_weights(population, label, accuracy)
    np.testing.assert_allclose(joint.sum(axis=0), weight)
    np.testing.assert_allclose(joint.sum(axis=1), np.bincount(label, weights=weight))


def test_types_split_problems_that_models_find_unlike():
    p = np.repeat([[0.9, 0.1], [0.1, 0.9]], 5, axis=0)
    population = Population(("a", "b"), np.full(10, 0.1), p, np.ones((10, 2)))
    label = problem_types(population, 2, np.random.default_rng(1))
    assert len(set(label[:5])) == len(set(label[5:])) == 1
    assert label[0] != label[9]


def test_a_perfect_signal_sends_each_type_to_its_model():
    # each model solves its own half surely, at the same cost: knowing the half saves half a try
    population = Population(("a", "b"), np.array([0.5, 0.5]), np.eye(2), np.full((2, 2), 0.1))
    tables = build_tables(population)
    one, blind = np.ones(1), solve_frontier(tables, np.ones(1)).spend[0]
    assert blind == pytest.approx(0.1 + 0.5 * 0.1)
    assert solve_signal(tables, one, np.array([0, 1]), 1.0).spend[0] == pytest.approx(0.1)
    assert solve_oracle(tables, one).spend[0] == pytest.approx(0.1)


def test_knowing_more_never_costs_more(ladder):
    tables = build_tables(ladder)
    label = problem_types(ladder, 6, np.random.default_rng(2))
    before = solve_frontier(tables, QUALITY).spend
    for accuracy in (0.0, 0.25, 0.5, 0.75, 1.0):
        now = solve_signal(tables, QUALITY, label, accuracy).spend
        assert (now <= before * (1 + 2e-3)).all()  # between routes of the hull, not exact
        before = now
    oracle = solve_oracle(tables, QUALITY).spend
    assert (oracle <= before * (1 + 1e-9)).all()
    assert oracle[10] < 0.9 * before[10]


def test_on_records_knowing_more_never_costs_more(pair):
    tables = build_tables(pair)
    quality = np.linspace(0.6, 0.75, 31)
    label = problem_types(pair, 8, np.random.default_rng(1))
    curves = [solve_signal(tables, quality, label, rho).spend for rho in (0.0, 0.5, 1.0)]
    curves.append(solve_oracle(tables, quality).spend)
    for knows_less, knows_more in pairwise(curves):
        assert (knows_more <= knows_less * (1 + 1e-9)).all()
    assert (curves[0] <= market_price(tables, quality).price).all()


def test_a_signal_that_says_nothing_is_the_plain_cascade(ladder):
    tables = build_tables(ladder)
    label = problem_types(ladder, 4, np.random.default_rng(2))
    np.testing.assert_array_equal(
        solve_signal(tables, QUALITY, label, 0.0).spend, solve_frontier(tables, QUALITY).spend
    )


def test_the_oracle_tries_the_best_per_dollar_first():
    tables = build_tables(one_problem([0.2, 0.9], [0.01, 0.5]), np.array([0.0, 0.1, 1.0]))
    # alone, m0 reaches 1 - 0.8^100, which is less than all of its tries and then m1's two
    frontier = solve_oracle(tables, np.array([1 - 0.8**100 * 0.2]))
    assert str(frontier.routes[-1].cascades[0]) == "m0 $1 > m1 $1"


def test_accuracies_and_types_out_of_range_are_refused(ladder):
    label = np.zeros(ladder.size, dtype=np.int64)
    with pytest.raises(DataError, match=r"signal accuracy: 1\.5"):
        posterior_weights(ladder, label, 1.5)
    with pytest.raises(DataError, match="types: 0 is not from 1"):
        problem_types(ladder, 0, np.random.default_rng(1))


def test_as_many_types_as_kinds_of_problems_tell_them_all_apart():
    # two problems alike, so three kinds of four; k-means has no fourth centre to begin from
    prob = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.5, 0.5]])
    population = Population(("a", "b"), np.full(4, 0.25), prob, np.full((4, 2), 0.01))
    for types in (3, 4):
        label = problem_types(population, types, np.random.default_rng(1))
        assert label[0] == label[1]
        assert len(set(label.tolist())) == 3
