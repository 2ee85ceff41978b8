"""What routing answers to prices: cascades whose cost is linear in them."""

import numpy as np
import pytest
from conftest import item_response

from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.simulation.cost_cache import MixCosts
from market.simulation.rerouting import Rerouting

QUALITY = np.linspace(0.3, 0.7, 6)
OWN = np.array([False, True, False])
PRICES = [np.ones(3), np.array([1.0, 0.8, 1.2]), np.array([1.4, 1.1, 0.9])]
FACTORS = np.geomspace(0.25, 4, 17)


@pytest.fixture(scope="module")
def costs():
    return MixCosts(build_tables(item_response(problems=80), estimator="geometric"))


def moved(price, factor):
    return np.where(OWN, factor * price, price)


@pytest.mark.parametrize("price", PRICES, ids=str)
def test_routes_cost_what_the_frontier_does_at_the_prices_themselves(costs, price):
    known = Rerouting([costs]).around(0, price, OWN, QUALITY)
    exact = solve_frontier(costs.tables, QUALITY, price, cloud=costs.cloud).spend
    # at coarse budgets, 2% off at most
    np.testing.assert_allclose(known.route(price)[0], exact, rtol=0.025)


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.1, 2.0])
def test_routes_cost_what_a_fresh_search_finds_but_for_coarse_budgets(costs, factor):
    known = Rerouting([costs]).around(0, np.ones(3), OWN, QUALITY)
    price = moved(np.ones(3), factor)
    fresh = solve_frontier(costs.tables, QUALITY, price).spend
    ratio = known.route(price)[0] / fresh
    assert (ratio >= 1 - 0.025).all()
    assert ratio.mean() == pytest.approx(1, abs=0.01)
    assert ratio.max() < 1.03


@pytest.mark.parametrize("price", PRICES, ids=str)
def test_what_is_spent_on_a_model_falls_as_its_price_rises(costs, price):
    known = Rerouting([costs]).around(0, price, OWN, QUALITY)
    prices = np.stack([moved(price, factor) for factor in FACTORS])
    _, spend, _ = known.route(prices)
    assert (np.diff(spend[:, :, 1], axis=0) <= 1e-12).all()
    assert (spend[0, :, 1] > spend[-1, :, 1]).any()


def test_the_spend_is_the_slope_of_the_cost(costs):
    price = np.array([1.0, 1.03, 0.97])
    known = Rerouting([costs]).around(0, price, OWN, QUALITY)
    cost, spend, _ = known.route(price)
    for m in range(3):
        dearer = price + 1e-7 * (np.arange(3) == m)
        slope = (known.route(dearer)[0] - cost) / 1e-7
        np.testing.assert_allclose(slope, spend[:, m], atol=1e-6)


def test_many_prices_at_once_are_answered_one_by_one(costs):
    known = Rerouting([costs]).around(0, np.ones(3), OWN, QUALITY)
    prices = np.stack([moved(np.ones(3), factor) for factor in FACTORS])
    cost, spend, _ = known.route(prices)
    for k, price in enumerate(prices):
        one = known.route(price)
        np.testing.assert_allclose(cost[k], one[0], rtol=1e-12)
        np.testing.assert_array_equal(spend[k], one[1])


@pytest.mark.parametrize("gated", [0, 1, 2])
def test_what_is_not_for_sale_is_not_bought(costs, gated):
    price = np.where(np.arange(3) == gated, np.inf, 1.0)
    known = Rerouting([costs]).around(0, price, OWN, QUALITY)
    cost, spend, _ = known.route(price)
    assert (spend[:, gated] == 0).all()
    exact = solve_frontier(costs.tables, QUALITY, price).spend
    np.testing.assert_array_equal(np.isfinite(cost), np.isfinite(exact))
    reached = np.isfinite(exact)
    assert reached.any()
    np.testing.assert_allclose(cost[reached], exact[reached], rtol=0.025)


def test_routes_do_not_hang_on_what_was_asked_before():
    tables = build_tables(item_response(problems=40), estimator="geometric")
    asked = Rerouting([MixCosts(tables)])
    for price in PRICES[1:]:
        asked.around(0, price, ~OWN, QUALITY)
    anew = Rerouting([MixCosts(tables)])
    first, second = (r.around(0, np.ones(3), OWN, QUALITY).list_spend for r in (anew, asked))
    np.testing.assert_array_equal(first, second)
