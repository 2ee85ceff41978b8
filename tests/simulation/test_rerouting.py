import numpy as np
import pytest
from conftest import item_response

from market.frontier.budget_grid import build_tables
from market.frontier.cascade import evaluate_mixture
from market.frontier.frontier import solve_frontier
from market.simulation.rerouting import Alternatives, price_lists

QUALITY = np.linspace(0.3, 0.7, 6)
OWNER = np.array([0, 0, 1])
STEPS = (0.6, 0.8, 1.25, 1.7)


@pytest.fixture(scope="module")
def tables():
    return build_tables(item_response(problems=80), estimator="geometric")


def list_spend(tables, price):
    frontier = solve_frontier(tables, QUALITY, price)
    return np.array([evaluate_mixture(p, tables).list_spend for p in frontier.policies])


@pytest.fixture(scope="module")
def searched(tables):
    return [list_spend(tables, price) for price in price_lists(np.ones(3), OWNER, STEPS)]


@pytest.fixture(scope="module")
def known(searched):
    return Alternatives.of(searched)


def test_price_lists_move_one_provider_at_a_time():
    lists = price_lists(np.array([1.0, 2.0, np.inf]), OWNER, (0.5, 2.0))
    np.testing.assert_array_equal(lists, [[1, 2, np.inf], [0.5, 1, np.inf], [2, 4, np.inf]])


def test_routes_cost_what_the_frontier_does_where_it_was_searched(tables, known):
    for price in price_lists(np.ones(3), OWNER, STEPS):
        exact = solve_frontier(tables, QUALITY, price).spend
        assert (known.route(price)[0] <= exact * (1 + 1e-9)).all()


def test_routes_cost_little_more_than_the_frontier_elsewhere(tables, known):
    rng = np.random.default_rng(1)
    ratio = []
    for _ in range(8):
        price = 1.4 ** rng.uniform(-1, 1, 3)
        ratio.append(known.route(price)[0] / solve_frontier(tables, QUALITY, price).spend)
    assert np.mean(ratio) < 1.02
    assert np.max(ratio) < 1.2


def test_spend_on_a_model_falls_as_its_price_rises(known):
    spend = [known.route(np.array([1.0, m, 1.0]))[1][:, 1] for m in np.linspace(0.5, 2, 16)]
    assert (np.diff(spend, axis=0) <= 1e-12).all()


def test_the_spend_is_the_slope_of_the_cost(known):
    price = np.array([1.0, 1.03, 0.97])
    cost, spend = known.route(price)
    step = 1e-7
    for m in range(3):
        dearer = price.copy()
        dearer[m] += step
        np.testing.assert_allclose((known.route(dearer)[0] - cost) / step, spend[:, m], atol=1e-6)


def test_what_is_not_for_sale_is_not_bought(known):
    cost, spend = known.route(np.array([1.0, np.inf, 1.0]))
    assert (spend[:, 1] == 0).all()
    assert (cost >= known.route(np.ones(3))[0] - 1e-12).all()


def test_more_alternatives_are_never_dearer(tables, searched, known):
    price = np.array([0.9, 1.1, 1.0])
    more = Alternatives.of([*searched, list_spend(tables, price)])
    assert (more.route(price)[0] <= known.route(price)[0]).all()
