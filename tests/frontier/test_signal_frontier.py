from itertools import pairwise

import numpy as np
import pytest
from conftest import halves

from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.oracle import solve_oracle
from market.frontier.query_signal import signal_of
from market.frontier.signal_frontier import solve_signal
from market.population.population import Population
from market.population.problem_types import problem_types

QUALITY = np.linspace(0.2, 0.75, 23)


def test_a_perfect_signal_sends_each_type_to_its_model():
    # each model solves its own half surely, at the same cost: knowing the half saves half a try
    population = halves()
    tables = build_tables(population)
    one, blind = np.ones(1), solve_frontier(tables, np.ones(1)).spend[0]
    assert blind == pytest.approx(0.1 + 0.5 * 0.1)
    sure = signal_of(population, np.array([0, 1]), 1.0)
    assert solve_signal(tables, one, sure).spend[0] == pytest.approx(0.1)
    assert solve_oracle(tables, one).spend[0] == pytest.approx(0.1)


def test_knowing_more_never_costs_more(ladder):
    tables = build_tables(ladder)
    label = problem_types(ladder, 6)
    before = solve_frontier(tables, QUALITY).spend
    for accuracy in (0.0, 0.25, 0.5, 0.75, 1.0):
        now = solve_signal(tables, QUALITY, signal_of(ladder, label, accuracy)).spend
        assert (now <= before * (1 + 2e-3)).all()  # between points of the hull, not exact
        before = now
    oracle = solve_oracle(tables, QUALITY).spend
    assert (oracle <= before * (1 + 1e-9)).all()
    assert oracle[10] < 0.9 * before[10]


def test_on_records_knowing_more_never_costs_more(pair):
    tables = build_tables(pair)
    quality = np.linspace(0.6, 0.75, 31)
    label = problem_types(pair, 8)
    curves = [
        solve_signal(tables, quality, signal_of(pair, label, accuracy)).spend
        for accuracy in (0.0, 0.5, 1.0)
    ]
    curves.append(solve_oracle(tables, quality).spend)
    for knows_less, knows_more in pairwise(curves):
        assert (knows_more <= knows_less * (1 + 1e-9)).all()
    assert (curves[0] <= market_price(tables, quality).price).all()


def test_a_signal_that_says_nothing_is_the_plain_cascade(ladder):
    tables = build_tables(ladder)
    label = problem_types(ladder, 4)
    silent = solve_signal(tables, QUALITY, signal_of(ladder, label, 0.0))
    np.testing.assert_array_equal(silent.spend, solve_frontier(tables, QUALITY).spend)


def test_the_oracle_tries_the_best_per_dollar_first():
    prob, cost = np.array([[0.2, 0.9], [0.9, 0.2]]), np.array([[0.01, 0.5], [0.5, 0.01]])
    population = Population(("a", "b"), np.full(2, 0.5), prob, cost)
    tables = build_tables(population, np.array([0.0, 0.1, 1.0]))
    # alone, each reaches 1 - 0.8^100, which is less than all of its tries and then another's two
    (policy,) = solve_oracle(tables, np.array([1 - 0.8**100 * 0.01])).policies
    assert [str(cascade) for cascade in policy.high] == [
        "a $1.00 > b $1.00",
        "b $1.00 > a $1.00",
    ]
