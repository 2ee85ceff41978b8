"""One search kept as a cloud: what its answers do and do not depend on."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from conftest import costs_apart, item_response, times
from hypothesis import given, settings
from hypothesis import strategies as st

from market.frontier.budget_grid import build_tables
from market.frontier.cascade import evaluate_mixture
from market.frontier.cascade_search import CascadeSearch
from market.frontier.cost_schedule import single_models
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.market_price import market_price
from market.frontier.oracle import solve_oracle, solve_single
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.query_signal import signal_of
from market.frontier.search_by_type import MixtureByType
from market.frontier.signal_frontier import SignalFrontier, solve_signal
from market.population.packs import read_pack
from market.population.population import Population
from market.population.problem_types import problem_types
from market.strategies.menu import steps

QUALITY = np.linspace(0.05, 0.89, 29)
PRICE = np.array([0.7, 1.6, 1.1])
OTHERS = [np.array([1.3, 0.6, 0.9]), np.ones(3), np.array([1.0, np.inf, 2.0])]

factors = st.floats(0.25, 4.0)
prices = st.lists(factors, min_size=3, max_size=3).map(np.array)


@pytest.fixture(scope="module")
def tables() -> CurveTables:
    return build_tables(item_response())


def same(one: Frontier, other: Frontier) -> None:
    np.testing.assert_array_equal(one.spend, other.spend)
    assert one.policies == other.policies
    assert one.max_quality == other.max_quality


# what a cost depends on


@pytest.mark.parametrize("price", [np.ones(3), PRICE])
def test_a_cost_does_not_depend_on_the_other_solve_rates_asked_for(tables, price):
    every = solve_frontier(tables, QUALITY, price)
    for g in range(0, len(QUALITY), 4):
        alone = solve_frontier(tables, QUALITY[g : g + 1], price)
        assert alone.spend[0] == every.spend[g]
        assert alone.policies[0] == every.policies[g]


def test_hundreds_of_solve_rates_cost_what_they_cost_one_by_one(tables):
    many = np.linspace(0.01, 0.89, 300)
    every = solve_frontier(tables, many)
    for g in (0, 63, 64, 200, 299):
        assert solve_frontier(tables, many[g : g + 1]).spend[0] == every.spend[g]


def test_a_search_near_few_solve_rates_alone_finds_hardly_less_there(tables):
    few = QUALITY[3::5]
    every, near = PolicyCloud(tables, keeps=False), PolicyCloud(tables, keeps=False, near=few)
    least, found = (solve_frontier(tables, few, cloud=of).spend for of in (every, near))
    assert len(near.found(np.ones(3)).best) < 0.8 * len(every.found(np.ones(3)).best)
    assert near.content != every.content
    np.testing.assert_allclose(found, least, rtol=2e-3)


def test_solve_rates_may_come_in_any_order_and_twice(tables):
    shuffled = np.random.default_rng(1).permutation(np.repeat(np.arange(len(QUALITY)), 2))
    found = solve_frontier(tables, QUALITY[shuffled])
    np.testing.assert_array_equal(found.spend, solve_frontier(tables, QUALITY).spend[shuffled])


@pytest.mark.parametrize("before", [[0], [0, 1, 2], [2, 0]])
def test_a_cost_does_not_depend_on_what_was_asked_of_the_cloud_before(tables, before):
    cloud = PolicyCloud(tables)
    for i in before:
        solve_frontier(tables, QUALITY[i::3], OTHERS[i], cloud=cloud)
    same(
        solve_frontier(tables, QUALITY, PRICE, cloud=cloud), solve_frontier(tables, QUALITY, PRICE)
    )


def test_a_cloud_that_forgot_a_price_list_finds_the_same_again():
    tables = build_tables(item_response(problems=10))
    cloud = PolicyCloud(tables)
    first = solve_frontier(tables, QUALITY, PRICE, cloud=cloud)
    for step in range(70):  # more than it remembers
        solve_frontier(tables, QUALITY[:1], PRICE * [1, 1 + 0.001 * (step + 1), 1], cloud=cloud)
    same(solve_frontier(tables, QUALITY, PRICE, cloud=cloud), first)


def test_the_order_in_which_models_are_declared_changes_nothing():
    population = item_response(problems=40)
    found = []
    for order in permutations(population.models):
        price = PRICE[[population.models.index(model) for model in order]]
        found.append(solve_frontier(build_tables(population.select(order)), QUALITY, price))
    for other in found[1:]:
        np.testing.assert_allclose(other.spend, found[0].spend, rtol=1e-12)
        for mine, first in zip(other.policies, found[0].policies, strict=True):
            assert str(mine) == str(first)


def test_the_same_asked_again_is_the_same_to_the_bit(tables):
    same(solve_frontier(tables, QUALITY, PRICE), solve_frontier(tables, QUALITY, PRICE))


def test_weights_of_the_tables_and_weights_given_beside_them_are_alike(tables):
    weight = np.linspace(1, 3, tables.population.size)
    weight /= weight.sum()
    same(
        solve_frontier(tables.weighted(weight), QUALITY, PRICE),
        solve_frontier(tables, QUALITY, PRICE, tables.weighted(weight).population.weight),
    )


# prices


@settings(max_examples=3)
@given(prices)
def test_no_policy_that_is_best_at_list_prices_is_cheaper_at_others(price):
    tables = build_tables(item_response(problems=30))
    cloud = PolicyCloud(tables)
    listed = solve_frontier(tables, QUALITY, cloud=cloud)
    there = solve_frontier(tables, QUALITY, price, cloud=cloud)
    for spend, policy in zip(there.spend, listed.policies, strict=True):
        if policy is not None:
            assert spend <= evaluate_mixture(policy, tables).spend(price) * (1 + 1e-9)


@settings(max_examples=3)
@given(prices, st.integers(-8, 8))
def test_prices_times_a_power_of_two_make_every_cost_so_many_times_dearer(price, power):
    tables = build_tables(item_response(problems=20))
    plain, dear = (solve_frontier(tables, QUALITY, price * k) for k in (1.0, 2.0**power))
    np.testing.assert_array_equal(dear.spend, 2.0**power * plain.spend)
    assert dear.policies == plain.policies


@settings(max_examples=3)
@given(prices, st.floats(0.01, 100))
def test_prices_times_a_constant_make_every_cost_so_many_times_dearer(price, factor):
    tables = build_tables(item_response(problems=20))
    plain, dear = (solve_frontier(tables, QUALITY, price * k) for k in (1.0, factor))
    np.testing.assert_allclose(dear.spend, factor * plain.spend, rtol=1e-3)


def test_equal_prices_are_list_prices_but_for_the_scale(tables):
    plain, dear = (solve_frontier(tables, QUALITY, np.full(3, k)) for k in (1.0, 3.7))
    np.testing.assert_allclose(dear.spend, 3.7 * plain.spend, rtol=1e-12)
    assert dear.policies == plain.policies


@settings(max_examples=3)
@given(prices, st.integers(0, 1000))
def test_arbitrage_never_costs_more_than_the_market_at_any_prices(price, seed):
    tables = build_tables(item_response(seed=seed, problems=25))
    frontier = solve_frontier(tables, QUALITY, price)
    assert (frontier.spend <= market_price(tables, QUALITY, price).price * (1 + 1e-12)).all()


@settings(max_examples=3)
@given(prices, st.integers(0, 1000), st.floats(0, 3))
def test_the_whole_search_is_nowhere_dearer_than_the_quick_one(price, seed, heterogeneity):
    tables = build_tables(item_response(heterogeneity, seed, problems=25))
    cloud = PolicyCloud(tables)
    quality = cloud.max_solve_rate(price) * steps(64)  # dense near the highest, as a menu has them
    whole, quick = (
        solve_frontier(tables, quality, price, cloud=cloud, quick=quick).spend
        for quick in (False, True)
    )
    assert (whole <= quick * 1.005).all()
    assert (whole <= market_price(tables, quality, price).price * (1 + 1e-12)).all()


@pytest.mark.parametrize("price", [np.ones(6), np.array([1, 2, 0.5, 1.5, 0.7, 1])])
def test_nobody_who_walks_near_a_solve_rate_near_the_highest_finds_anything_much_cheaper(price):
    tables = build_tables(read_pack("swebench").population)
    cloud = PolicyCloud(tables)
    highest = cloud.max_solve_rate(price)
    quality = highest * (1 - np.geomspace(1e-5, 0.02, 12)[::-1])
    cost, picks = cloud.families(price, quality).cheapest(price)
    search = CascadeSearch(cloud.coarse, price, lattice=quality)
    least = search.near(cost, [None if p is None else p.cascades()[1] for p in picks])
    assert (cost <= least * 1.01).all()


@settings(max_examples=3)
@given(prices, st.integers(0, 1000))
def test_a_higher_solve_rate_never_costs_less(price, seed):
    tables = build_tables(item_response(seed=seed, problems=25))
    spend = solve_frontier(tables, np.linspace(0.01, 0.9, 90), price).spend
    spend = spend[np.isfinite(spend)]
    assert (spend[1:] >= spend[:-1] * (1 - 1e-12)).all()


@settings(max_examples=3)
@given(prices, st.integers(0, 1000), st.sampled_from(["spent", "kept"]))
def test_policies_cost_and_deliver_what_they_promise_at_any_prices(price, seed, remainder):
    population = costs_apart(item_response(seed=seed, problems=25), 1.4, 0.8)
    tables = build_tables(population, remainder=remainder)
    frontier = solve_frontier(tables, QUALITY, price)
    for u, spend, policy in zip(QUALITY, frontier.spend, frontier.policies, strict=True):
        if policy is None:
            assert np.isinf(spend)
            assert u > frontier.max_quality - 1e-9
            continue
        value = evaluate_mixture(policy, tables)
        assert value.solve_rate >= u - 1e-9
        assert value.spend(price) == pytest.approx(spend, rel=1e-9)


def test_a_free_model_costs_nothing_as_far_as_it_goes(tables):
    alone = tables.mean_curves(0)[0].max()
    frontier = solve_frontier(tables, np.array([0.5 * alone, 0.99 * alone]), np.array([0.0, 1, 1]))
    np.testing.assert_array_equal(frontier.spend, 0)


# one model more than once


def twins(ratio: float) -> Population:
    """The same model at two list prices, and another."""
    population = item_response(problems=40).select(["small", "large"])
    prob, cost = population.solve_prob[:, [1, 1, 0]], population.list_cost[:, [1, 1, 0]]
    cost = cost * [1.0, ratio, 1.0]
    return replace(
        population, models=("large", "again", "small"), solve_prob=prob, list_cost=cost, traits=prob
    )


def test_the_dearer_of_two_hosts_of_one_model_is_worth_nothing():
    tables = build_tables(twins(1.0))
    both = solve_frontier(tables, QUALITY, np.array([1.0, 0.8, 1.0]))
    cheaper = solve_frontier(tables, QUALITY, np.array([np.inf, 0.8, 1.0]))
    np.testing.assert_array_equal(both.spend, cheaper.spend)


def test_one_model_at_two_list_prices_is_hardly_better_than_at_the_lower():
    tables = build_tables(twins(1.3))
    both = solve_frontier(tables, QUALITY).spend
    lower = solve_frontier(tables, QUALITY, np.array([1.0, np.inf, 1.0])).spend
    reached = np.isfinite(lower)
    assert (both <= lower * 1.003)[reached].all()
    assert (both >= lower * 0.97)[reached].all()


# what a dollar is worth


def routers(population: Population) -> list[Frontier | SignalFrontier]:
    """What every kind of router can do."""
    tables = build_tables(population)
    signal = signal_of(population, problem_types(population, 4), 0.6)
    blind = solve_frontier(tables, QUALITY, PRICE)
    return [
        blind,
        solve_signal(tables, QUALITY, signal, PRICE, blind),
        solve_oracle(tables, QUALITY, PRICE, blind),
        solve_single(
            tables, QUALITY, signal, PRICE, single_models(market_price(tables, QUALITY, PRICE))
        ),
    ]


def shares(found: Frontier | SignalFrontier) -> list[float | None]:
    return [None if policy is None else policy.share for policy in found.policies]


@pytest.mark.parametrize("power", [-30, 20])
@pytest.mark.parametrize("apart", [False, True])
def test_money_times_a_power_of_two_gives_the_same_policies_to_the_bit(power, apart):
    population = item_response(problems=20)
    population = costs_apart(population, 1.3, 0.7) if apart else population
    plain, dear = routers(population), routers(times(population, 2.0**power))
    for one, other in zip(plain, dear, strict=True):
        np.testing.assert_array_equal(other.spend, 2.0**power * one.spend)
        assert shares(other) == shares(one)
        assert other.max_quality == one.max_quality


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_money_times_a_million_gives_the_same_costs(factor):
    population = item_response(problems=20)
    plain, dear = routers(population), routers(times(population, factor))
    for one, other in zip(plain, dear, strict=True):
        np.testing.assert_allclose(other.spend, factor * one.spend, rtol=1e-9)


def test_policies_by_type_are_among_those_compared():
    found = routers(item_response(problems=40))[1:]
    assert all(any(isinstance(p, MixtureByType) for p in of.policies) for of in found)
