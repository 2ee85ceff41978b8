"""What is expected of buyers is what they do, offer by offer."""

import numpy as np
import pytest
from logit_markets import only_segment

import market
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales
from market.simulation.model import MarketModel

SIZE = 20_000


def stepped(name: str, ticks: int = 1, **more: object) -> MarketModel:
    settings = {"consumers.teams.size": SIZE, "perturb_every": "never", "menu_points": 32}
    model = MarketModel(market.load(name, set=settings | more))
    for _ in range(ticks):
        model.step()
    return model


def expected_buyers(model: MarketModel) -> np.ndarray:
    """[O] buyers that each offer is expected to have."""
    found = np.zeros(len(model.offers))
    for trade in ExpectedMarket.of(model).trades({}):
        found[trade.offer] += trade.queries.sum() / only_segment(model).rate
    return found


def real_buyers(model: MarketModel) -> np.ndarray:
    offer = only_segment(model).choice.offer
    return np.bincount(offer[offer >= 0], minlength=len(model.offers)).astype(float)


@pytest.mark.parametrize("correlation", [0.0, 0.9, 1.0])
@pytest.mark.parametrize("name", ["swebench", "value_demand", "synthetic"])
def test_as_many_buyers_take_each_offer_as_are_expected(name, correlation):
    model = stepped(name, **{"consumers.teams.taste_correlation": correlation})
    expected, real = expected_buyers(model), real_buyers(model)
    # like buyers are taken together, which moves expectations by up to a few per cent
    assert (np.abs(real - expected) < 4 * np.sqrt(expected) + 0.03 * expected + 1).all()
    assert real.sum() == pytest.approx(expected.sum(), rel=0.01)


@pytest.mark.parametrize("name", ["swebench", "value_demand"])
def test_where_leaving_costs_something_expectations_are_of_each_buyer(name):
    model = stepped(name, ticks=3, **{"consumers.teams.switching_cost": 0.1})
    # buyers have chosen, and expect to stay
    np.testing.assert_allclose(expected_buyers(model), real_buyers(model))


def test_what_a_provider_expects_to_sell_is_what_its_expected_trades_come_to():
    model = stepped("swebench")
    now, sold = ExpectedMarket.of(model), 0.0
    (openai,) = (p for p in model.providers if p.name == "OpenAI")
    own = model.roster.owner == openai.index
    for trade in now.trades({}):
        spend = now.list_spend[now.buyers[trade.group].mix, trade.offer][:, own].sum(axis=1)
        sold += trade.total(spend).sum()
    expected = provider_sales(now, openai.index, np.array([openai.multiplier]))
    assert expected.quantity[0] == pytest.approx(sold, rel=1e-9)


def test_an_expected_market_moves_nothing_in_the_market():
    model = stepped("swebench")
    before = model.menus()
    now = ExpectedMarket.of(model)
    provider_sales(now, 0, np.array([0.5, 2.0]))
    assert model.menus() is before
    np.testing.assert_array_equal([p.multiplier for p in model.providers], 1.0)
