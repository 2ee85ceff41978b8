import json
from itertools import permutations, product

import numpy as np
import pytest
from conftest import SHARED, item_response, log_budgets, one_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from market.frontier.budget_grid import build_tables
from market.frontier.cascade import cascade_on_grid, evaluate, evaluate_mixture
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import RevenueShares, margin, market_price
from market.population.population import Population

QUALITY = np.linspace(0.2, 0.8, 25)


def small_tables(seed: int, heterogeneity: float = 1.0):
    population = item_response(heterogeneity, seed, problems=20)
    return build_tables(population, log_budgets(1e-3, 1.0, 9))


def every_cascade(tables):
    """Value of all cascades on the grid, the slow and certain way."""
    points = range(tables.budget.shape[1])
    for order in permutations(range(len(tables.models))):
        for budgets in product(points, repeat=len(order)):
            yield evaluate(cascade_on_grid(tables, tuple(zip(order, budgets, strict=True))), tables)


def test_the_search_finds_the_best_of_all_cascades_at_every_shadow_price():
    tables = small_tables(seed=3)
    price = np.ones(3)
    values = [(v.solve_rate, v.spend(price)) for v in every_cascade(tables)]
    rate, spend = np.array(values).T
    frontier = solve_frontier(tables, np.unique(rate.round(9)))
    reached = np.isfinite(frontier.spend)
    for shadow_price in (0.3, 1.0, 3.0, 10.0, 30.0):
        best = (rate - shadow_price * spend).max()
        found = (frontier.quality - shadow_price * frontier.spend)[reached].max()
        assert found == pytest.approx(best, rel=0.002)


def test_no_cascade_of_the_grid_is_much_below_the_frontier():
    tables = small_tables(seed=4)
    price = np.ones(3)
    rate, spend = np.array([(v.solve_rate, v.spend(price)) for v in every_cascade(tables)]).T
    wanted = np.linspace(0.1, rate.max(), 30)
    frontier = solve_frontier(tables, wanted)
    least = np.array([spend[rate >= u - 1e-12].min() for u in wanted])
    excess = frontier.spend / least - 1
    assert np.median(excess) < 0.005
    assert excess.max() < 0.05


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 3))
def test_arbitrage_never_costs_more_than_the_market(seed, heterogeneity):
    tables = small_tables(seed, heterogeneity)
    market = market_price(tables, QUALITY)
    frontier = solve_frontier(tables, QUALITY)
    assert (frontier.spend <= market.price * (1 + 1e-12)).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_policy_delivers_what_the_frontier_promises(seed):
    tables = small_tables(seed)
    frontier = solve_frontier(tables, QUALITY)
    for u, spend, policy in zip(QUALITY, frontier.spend, frontier.policies, strict=True):
        if policy is None:
            assert np.isinf(spend)
            assert u > frontier.max_quality - 1e-9
            continue
        value = evaluate_mixture(policy, tables)
        assert value.solve_rate >= u - 1e-9
        assert value.spend(np.ones(3)) == pytest.approx(spend)


def test_margin_is_zero_when_models_are_identical():
    p, c = np.linspace(0.05, 0.9, 40), np.linspace(0.2, 0.01, 40)
    twins = Population(
        ("a", "b"), np.full(40, 1 / 40), np.column_stack((p, p)), np.column_stack((c, c))
    )
    tables = build_tables(twins)
    market = market_price(tables, QUALITY)
    frontier = solve_frontier(tables, QUALITY)
    np.testing.assert_allclose(margin(market.price, frontier.spend), 0, atol=1e-9)


def test_a_model_that_is_not_for_sale_is_not_used():
    tables = small_tables(seed=1)
    without = solve_frontier(tables, QUALITY, np.array([1.0, np.inf, 1.0]))
    assert all("middle" not in str(policy) for policy in without.policies if policy)
    only = build_tables(tables.population.select(["small", "large"]), tables.budget[[0, 2]])
    np.testing.assert_allclose(without.spend, solve_frontier(only, QUALITY).spend)


def test_nothing_for_sale_reaches_nothing():
    frontier = solve_frontier(small_tables(seed=1), QUALITY, np.full(3, np.inf))
    assert np.isinf(frontier.spend).all()
    assert frontier.max_quality == 0


def test_dollars_scale_and_choices_stay():
    tables = small_tables(seed=2)
    plain, doubled = (solve_frontier(tables, QUALITY, np.full(3, k)) for k in (1.0, 2.0))
    np.testing.assert_allclose(doubled.spend, 2 * plain.spend)


def test_two_models_of_one_problem_each_are_worth_a_route_to_each():
    # each solves one half of the problems surely; a cascade tries the cheap one first
    population = Population(
        ("a", "b"), np.array([0.5, 0.5]), np.eye(2), np.array([[0.1, 0.2], [0.1, 0.2]])
    )
    tables = build_tables(population, np.array([0.0, 0.1, 0.2]))
    frontier = solve_frontier(tables, np.array([1.0]))
    assert frontier.spend[0] == pytest.approx(0.1 + 0.5 * 0.2)
    assert str(frontier.policies[0]) == "a $0.100 > b $0.200"


def test_revenue_shares_add_up_to_one():
    tables = small_tables(seed=5)
    market, frontier = market_price(tables, QUALITY), solve_frontier(tables, QUALITY)
    shares = RevenueShares.of(tables, market, frontier)
    reached = np.isfinite(market.price)
    total = shares.with_arbitrage.sum(axis=0) + shares.arbitrageur
    np.testing.assert_allclose(total[reached], 1)
    np.testing.assert_allclose(shares.without.sum(axis=0)[reached], 1)
    np.testing.assert_allclose(
        shares.arbitrageur, 1 - frontier.spend / market.price, atol=1e-12, equal_nan=True
    )


def test_margin_is_missing_where_nobody_sells():
    found = margin(np.array([2.0, np.inf]), np.array([1.0, 1.0]))
    assert found[0] == 0.5
    assert np.isnan(found[1])


def test_market_price_is_price_times_the_list_spend_at_the_inverse():
    tables = build_tables(one_problem([0.5, 0.5], [0.1, 0.3]), np.array([0.0, 0.1, 0.2, 0.3]))
    market = market_price(tables, np.array([0.5, 0.75]), np.array([4.0, 1.0]))
    np.testing.assert_allclose(market.cost, [[0.4, 0.6], [0.3, np.inf]])
    np.testing.assert_allclose(market.price, [0.3, 0.6])


def test_two_models_earn_the_margin_that_was_asked(pair):
    quality = np.linspace(0.68, 0.755, 200)
    tables = build_tables(pair)
    found = margin(market_price(tables, quality).price, solve_frontier(tables, quality).spend)
    assert np.nanmax(found) >= 0.45
    assert np.nanmean(found) >= 0.20


def test_six_models_earn_the_margin_that_was_asked(six):
    quality = np.linspace(0.4, 0.7549, 100)
    tables = build_tables(six)
    market, frontier = market_price(tables, quality), solve_frontier(tables, quality)
    found = margin(market.price, frontier.spend)
    assert found.mean() >= 0.145
    assert found.max() >= 0.57
    assert (frontier.spend <= market.price * (1 + 1e-12)).all()


def test_a_wider_choice_of_models_is_hardly_ever_worse(six):
    quality = np.linspace(0.4, 0.75, 36)
    names = ["gpt5mini", "deepseek", "minicoder4b", "qwen3-coder-30b", "sonnet", "qwen3-coder-480b"]
    before = np.full(len(quality), np.inf)
    for count in range(1, 7):
        tables = build_tables(six.select(names[:count]), estimator="unbiased")
        now = solve_frontier(tables, quality).spend
        assert (now <= before * 1.003).all()
        before = now


@pytest.mark.parametrize("remainder", ["kept", "spent"])
def test_the_frontier_never_costs_more_than_the_papers_cascade(pair, remainder):
    file = SHARED / "reference" / "paper_swebench.json"
    if not file.is_file():
        pytest.skip("the paper's reference curves are not here; they are not part of the project")
    paper = json.loads(file.read_text())["two_model"]
    quality = np.array(paper["quality"])
    asked = (quality >= 0.68) & (quality <= 0.755)
    tables = build_tables(pair, estimator="unbiased", remainder=remainder)
    spend = solve_frontier(tables, quality[asked]).spend
    reached = quality[asked] <= 0.7549
    limit = 1.005 * np.array(paper["arbitrage_cost"])[asked]
    assert (spend[reached] <= limit[reached]).all()
    assert reached.sum() > 90


def test_a_grid_that_repeats_its_last_budget_changes_nothing():
    six = build_tables(item_response(problems=40), estimator="geometric")
    longer = np.concatenate((six.budget, np.repeat(six.budget[:, -1:], 9, axis=1)), axis=1)
    padded = build_tables(six.population, longer, "geometric")
    one, other = (solve_frontier(tables, QUALITY) for tables in (six, padded))
    np.testing.assert_allclose(other.spend, one.spend, rtol=1e-9)
