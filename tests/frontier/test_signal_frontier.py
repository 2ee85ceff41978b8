from itertools import pairwise

import numpy as np
import pytest
from conftest import costs_apart, halves, item_response
from hypothesis import given, settings
from hypothesis import strategies as st

from market.foundation.arrays import FloatArray
from market.frontier.attempt_costs import Remainder
from market.frontier.budget_grid import build_tables
from market.frontier.cost_schedule import signal_schedule
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.oracle import solve_oracle
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal, evaluate_policy, signal_of
from market.frontier.signal_frontier import solve_signal
from market.population.population import Population
from market.population.problem_types import problem_types

QUALITY = np.linspace(0.2, 0.75, 23)
SPREAD = np.linspace(0.05, 0.95, 19)


def small_world(seed: int, remainder: Remainder, apart: bool) -> tuple[CurveTables, FloatArray]:
    """A few problems and models that may be anything, and prices."""
    rng = np.random.default_rng(seed)
    n, models = int(rng.integers(2, 12)), int(rng.integers(1, 4))
    prob = np.where(rng.random((n, models)) < 0.25, 0.0, rng.beta(0.5, 0.7, (n, models)))
    cost = np.exp(rng.normal(-4.0, 1.2, (n, models)))
    population = Population(tuple("abc"[:models]), rng.dirichlet(np.ones(n)), prob, cost)
    population = costs_apart(population, 1.2, 0.9) if apart else population
    return build_tables(population, remainder=remainder), np.exp(rng.normal(0, 0.5, models))


seeds, remainders = st.integers(0, 10_000), st.sampled_from(["spent", "kept"])
worlds = st.builds(small_world, seeds, remainders, st.booleans())


@settings(max_examples=3)
@given(worlds, st.floats(0, 1), st.integers(1, 6))
def test_a_signal_never_hurts_and_arbitrage_never_costs_more_than_the_market(
    world, accuracy, types
):
    tables, price = world
    population = tables.population
    label = problem_types(population, min(types, population.size))
    seeing = solve_signal(tables, SPREAD, signal_of(population, label, accuracy), price)
    blind = solve_frontier(tables, SPREAD, price)
    market = market_price(tables, SPREAD, price)
    assert (seeing.spend <= blind.spend).all()
    assert (blind.spend <= market.price * (1 + 1e-12)).all()


@settings(max_examples=3)
@given(worlds, st.floats(0, 1), st.integers(1, 6))
def test_policies_by_what_is_seen_cost_and_deliver_what_they_promise(world, accuracy, types):
    tables, price = world
    population = tables.population
    query_signal = signal_of(
        population, problem_types(population, min(types, population.size)), accuracy
    )
    blind = solve_frontier(tables, SPREAD, price)
    schedule = signal_schedule(
        solve_signal(tables, SPREAD, query_signal, price, blind), query_signal, blind
    )
    for u, spend, policy in zip(SPREAD, schedule.spend, schedule.policies, strict=True):
        if policy is None:
            assert np.isinf(spend)
            continue
        value = evaluate_policy(policy, tables)
        assert value.solve_rate >= u - 1e-9
        assert value.spend(price) == pytest.approx(spend, rel=1e-9)


@settings(max_examples=3)
@given(seeds, remainders, st.booleans(), st.floats(0, 1), st.integers(1, 6))
def test_who_knows_every_problem_pays_no_more_than_who_sees_a_signal(
    seed, remainder, apart, accuracy, types
):
    tables, price = small_world(seed, remainder, apart)
    population = tables.population
    blind = solve_frontier(tables, SPREAD, price)
    oracle = solve_oracle(tables, SPREAD, price, blind)
    assert (oracle.spend <= blind.spend).all()
    some = signal_of(population, problem_types(population, min(types, population.size)), accuracy)
    every = QuerySignal(np.arange(population.size), population.weight, 1.0)
    # best first by solve rate per dollar is no longer exact where failures cost more
    within = 0.03 if apart else 0.01
    for query_signal in (some, every):
        seeing = solve_signal(tables, SPREAD, query_signal, price, blind)
        assert (oracle.spend <= seeing.spend * (1 + within)).all()


@settings(max_examples=3)
@given(st.integers(0, 1000), st.floats(0.01, 1))
def test_a_signal_that_tells_no_problems_apart_is_worth_hardly_anything(seed, accuracy):
    tables = build_tables(item_response(seed=seed, problems=30))
    silent = signal_of(tables.population, np.zeros(30, dtype=np.int64), accuracy)
    blind = solve_frontier(tables, SPREAD)
    seeing = solve_signal(tables, SPREAD, silent, blind=blind)
    reached = np.isfinite(blind.spend)
    assert (seeing.spend >= 0.99 * blind.spend)[reached].all()


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
    for accuracy in (0.0, 0.5, 1.0):
        now = solve_signal(tables, QUALITY, signal_of(ladder, label, accuracy)).spend
        assert (now <= before * (1 + 2e-3)).all()  # between points of the hull, not exact
        before = now
    oracle = solve_oracle(tables, QUALITY).spend
    assert (oracle <= before * (1 + 1e-9)).all()
    assert oracle[10] < 0.9 * before[10]


def test_on_records_knowing_more_never_costs_more(pair):
    tables = build_tables(pair)
    quality = np.linspace(0.6, 0.75, 31)
    rows = tables.population
    label = problem_types(rows, 8)
    curves = [
        solve_signal(tables, quality, signal_of(rows, label, accuracy)).spend
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
