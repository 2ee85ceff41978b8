"""Compiled loops of expected demand and rerouting say what numpy says, to 1e-12."""

import numpy as np
import pytest

import market
from market.foundation.compiled import can_compile
from market.simulation import expected_market, expected_sales, rerouting
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import Sales, provider_sales
from market.simulation.model import MarketModel
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
