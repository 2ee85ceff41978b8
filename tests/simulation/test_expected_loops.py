"""Compiled loops of expected demand and rerouting say what numpy says, to 1e-12."""

import numpy as np
import pytest

import market
from market.foundation.compiled import can_compile
from market.simulation import expected_market, expected_sales, rerouting
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import Sales, models_of, provider_sales, sales
from market.simulation.model import MarketModel
from market.simulation.owner_expectations import OwnerExpectation, ProviderExpectation
from market.simulation.quick_sales import quick
from market.simulation.rerouting import Alternatives
from market.strategies import expected_demand, menu

pytestmark = pytest.mark.skipif(not can_compile(), reason="numba is missing or switched off")

PRICES = np.array([0.3, 0.7, 0.99, 1.0, 1.4, 3.0])
SMALL = {"consumers.teams.size": 2_000, "perturb_every": "never", "menu_points": 16}
MARKETS = [
    ("swebench", {}),
    ("swebench", {"consumers.teams.taste_correlation": 1.0}),
    ("swebench", {"consumers.teams.switching_cost": 0.1}),
    ("swebench", {"arbitrageurs.routers.count": 0}),
    ("value_demand", {}),
    ("weak_tests", {}),
    ("build_or_buy", {}),
]


def plainly(monkeypatch) -> None:
    for module in (expected_market, expected_sales, rerouting, expected_demand, menu):
        monkeypatch.setattr(module, "can_compile", lambda: False)


def sold(model: MarketModel) -> list[Sales]:
    now = ExpectedMarket.of(model)
    return [provider_sales(now, provider.index, PRICES) for provider in model.providers]


@pytest.mark.parametrize(("name", "changes"), MARKETS, ids=str)
def test_a_provider_is_expected_to_sell_what_numpy_expects(name, changes, monkeypatch):
    model = MarketModel(market.load(name, set=SMALL | changes))
    for _ in range(2):
        model.step()
    compiled = sold(model)
    plainly(monkeypatch)
    for one, other in zip(compiled, sold(model), strict=True):
        for said in ("quantity", "profit", "by_buyer"):
            there, here = getattr(other, said), getattr(one, said)
            np.testing.assert_allclose(here, there, rtol=1e-12, atol=1e-12 * np.abs(there).max())


QUICK = [
    ("swebench", {}),
    ("swebench", {"arbitrageurs.routers.count": 0}),
    ("swebench", {"consumers.teams.taste_correlation": 1.0}),
    ("exchange", {}),
    ("weak_tests", {}),
]


@pytest.mark.parametrize(("name", "changes"), QUICK, ids=str)
def test_a_quick_search_of_prices_finds_the_profit_of_a_slow_one(name, changes):
    model = MarketModel(market.load(name, set=SMALL | changes))
    for _ in range(2):
        model.step()
    now = ExpectedMarket.of(model)
    assert quick(now)
    for provider in model.providers:
        asked = ProviderExpectation(now, provider.index).profit(PRICES)
        np.testing.assert_allclose(asked, provider_sales(now, provider.index, PRICES).profit, 1e-12)
    two = [np.flatnonzero(model.roster.owner == p.index) for p in model.providers[:2]]
    prices = np.stack([PRICES, PRICES[::-1]], axis=1)
    expected, own = OwnerExpectation(now, tuple(two)), np.concatenate(two)
    sets = [models_of(now, listings) for listings in (own, *two)]
    relative = np.repeat(prices, [len(listings) for listings in two], axis=1)
    slow = sales(now, own, np.ones(len(PRICES)), relative, sets).profit
    np.testing.assert_allclose(expected.profit(prices), slow, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "changes"),
    [("value_demand", {}), ("build_or_buy", {}), ("swebench", {"consumers.teams.tastes": False})],
)
def test_a_search_is_slow_where_buyers_route_or_know_their_tastes_or_choose_how_much(name, changes):
    model = MarketModel(market.load(name, set=SMALL | changes))
    model.step()
    now = ExpectedMarket.of(model)
    assert not quick(now)
    assert np.isfinite(ProviderExpectation(now, 0).profit(PRICES)).all()


def test_cascades_that_are_the_same_are_looked_at_once():
    from market.simulation.rerouting_loops import distinct

    one, two = [0.5, 0.0], [0.2, 0.2]
    spend, beside = distinct(np.array([[one, two, one, two], [one] * 4]), np.zeros((2, 4)))
    np.testing.assert_array_equal(spend, [[one, two], [one, [np.inf] * 2]])
    np.testing.assert_array_equal(beside, np.zeros((2, 2)))


@pytest.mark.parametrize("sold", [[True, True], [True, False], [False, False]])
def test_cascades_that_need_a_model_not_for_sale_are_not_turned_to(sold, monkeypatch):
    spend = np.array([[[0.5, 0.0], [0.2, 0.2], [0.0, 0.3]], np.full((3, 2), np.inf)])
    ways = Alternatives(spend, np.array([[0.0, 0.1, 0.0], [0.0, 0.0, 0.0]]), list)
    now, then = np.where(sold, 1.0, np.inf), np.where(sold, [[1.0, 1.0], [0.5, 2.0]], np.inf)
    compiled = ways.change(then, now)
    for one, other in zip(compiled, ways.change_plainly(then, now), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)
    moved = [[0.5, -0.3], [0.0, 0.0]] if all(sold) else np.zeros((2, 2))
    np.testing.assert_allclose(compiled[0][1], moved, rtol=1e-12, atol=1e-15)
