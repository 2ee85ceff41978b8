import numpy as np
import pytest
from conftest import halves, item_response

from market.frontier.budget_grid import build_tables
from market.frontier.cost_schedule import (
    signal_schedule,
    single_models,
)
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.oracle import solve_oracle, solve_single
from market.frontier.query_signal import (
    QuerySignal,
    SignalMixture,
    evaluate_policy,
    signal_of,
)
from market.frontier.search_by_type import MixtureByType
from market.frontier.signal_frontier import SignalFrontier, solve_signal
from market.population.population import Population
from market.population.problem_types import problem_types

QUALITY = np.linspace(0.3, 0.7, 9)


@pytest.mark.parametrize("accuracy", [0.4, 1.0])
def test_policies_by_query_signal_cost_and_deliver_what_they_promise(accuracy):
    population = item_response(problems=80)
    tables = build_tables(population, estimator="geometric")
    label = problem_types(population, 5)
    price = np.array([1.0, 0.8, 1.2])
    blind = solve_frontier(tables, QUALITY, price)
    query_signal = signal_of(population, label, accuracy)
    signal = solve_signal(tables, QUALITY, query_signal, price)
    schedule = signal_schedule(signal, query_signal, blind)
    assert any(isinstance(policy, SignalMixture) for policy in schedule.policies)
    kept(schedule, tables, price)


def test_an_oracle_s_policies_cost_and_deliver_what_they_promise():
    population = item_response(problems=60)
    tables = build_tables(population, estimator="geometric")
    price = np.ones(3)
    everyone = np.arange(60)
    query_signal = QuerySignal(everyone, np.full(60, 1 / 60), 1.0)
    schedule = signal_schedule(
        solve_oracle(tables, QUALITY, price),
        query_signal,
        solve_frontier(tables, QUALITY, price),
    )
    kept(schedule, tables, price)


def test_one_model_per_type_uses_one_model_per_type():
    population = item_response(problems=60)
    tables = build_tables(population, estimator="geometric")
    label = problem_types(population, 4)
    query_signal = signal_of(population, label, 1.0)
    price = np.ones(3)
    alone = single_models(market_price(tables, QUALITY, price))
    signal = solve_single(tables, QUALITY, query_signal, price, alone)
    by_type = [policy for policy in signal.policies if isinstance(policy, MixtureByType)]
    assert by_type
    assert all(len(c.stages) <= 1 for policy in by_type for c in (*policy.low, *policy.high))
    schedule = signal_schedule(signal, query_signal, alone)
    assert (schedule.spend <= alone.spend * (1 + 1e-12)).all()
    kept(schedule, tables, price)


def test_of_two_specialists_the_type_s_own_is_picked():
    tables = build_tables(halves())
    query_signal = signal_of(halves(), np.array([0, 1]), 1.0)
    alone = single_models(market_price(tables, np.ones(1)))
    picked = solve_single(tables, np.ones(1), query_signal, np.ones(2), alone)
    assert picked.spend[0] == pytest.approx(0.1)


def test_a_type_that_was_never_met_is_treated_as_any_query():
    population = halves()
    tables = build_tables(population)
    seen = Population(("a", "b"), np.ones(1), np.array([[1.0, 0.0]]), np.full((1, 2), 0.1))
    known = build_tables(seen)
    label = np.array([0])
    at_own = signal_of(seen, label, 1.0, types=2)
    assert at_own.share.tolist() == [1.0, 0.0]
    quality = np.array([0.9])
    blind = solve_frontier(known, quality)
    (plain,) = blind.policies
    by_type = MixtureByType((plain.low,), (plain.high,), plain.share, (0.0, 0.9), (0.0, 1.0))
    signal = SignalFrontier(quality, blind.spend, (by_type,), blind.max_quality)
    query_signal = QuerySignal(np.array([0, 1]), at_own.share, 1.0)
    schedule = signal_schedule(signal, query_signal, blind)
    (policy,) = schedule.policies
    assert isinstance(policy, SignalMixture)
    assert policy.high[1] == blind.policies[0].high
    assert evaluate_policy(policy, tables).solve_rate == pytest.approx(0.45)


def kept(schedule, tables, price):
    for u, spend, policy in zip(schedule.quality, schedule.spend, schedule.policies, strict=True):
        value = evaluate_policy(policy, tables)
        assert value.solve_rate >= u - 1e-9
        assert value.spend(price) == pytest.approx(spend, rel=1e-9)
