"""The whole simulator at given prices, against closed forms and its own expectations."""

import numpy as np
import pytest
from logit_market import MERGER, PUBLISHED, logit_sold
from logit_markets import apart, logit_market

import market
from market.simulation.priced_market import PricedMarket
from market.strategies.equilibrium_solver import solve_prices
from market.strategies.price_slopes import Slopes

TO_SIX = {"rtol": 0, "atol": 1e-6}


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    spec = logit_market(tmp_path_factory.mktemp("records"), apart(3), {"kind": "list"})
    return PricedMarket(spec, list(apart(3)))


def test_quantities_are_those_of_the_logit(three):
    price = np.array([1.5, 1.2, 1.9])
    found = three.sold(price)
    sent = sum(group.queries.sum() for group in three.rest(price).buyers)
    amount, cost = logit_sold(price)
    np.testing.assert_allclose(found.quantity / sent, amount, rtol=1e-9)
    np.testing.assert_allclose(found.cost / sent, cost, rtol=1e-9)
    wanted = np.log(1 + np.exp((2 - price) * 4).sum()) / 4
    np.testing.assert_allclose(found.surplus / sent, wanted, rtol=1e-9)


def test_the_simulator_comes_to_the_published_prices(three):
    for owner, price in (
        ([0, 1, 2], PUBLISHED[3]["competitive"]),
        ([0, 0, 0], PUBLISHED[3]["joint"]),
        ([0, 0, 2], MERGER["price"]),
    ):
        found = solve_prices(
            three.quantity_and_cost, np.array(owner), [np.full(3, 1.5)], three.floor
        )
        np.testing.assert_allclose(found.price, price, **TO_SIX)
        assert found.converged


def test_slopes_of_the_simulator_are_those_of_the_logit(three):
    price = np.full(3, 1.4)
    sent = three.rest(price).buyers[0].queries.sum()
    found = Slopes.of(three.quantity_and_cost, price).quantity_slope / sent
    np.testing.assert_allclose(found, Slopes.of(logit_sold, price).quantity_slope, atol=1e-7)


@pytest.mark.parametrize("name", ["collusion", "value_demand", "open_weights"])
def test_revenue_less_cost_is_the_profit_that_providers_expect(name):
    spec = market.load(name, set={"consumers.teams.size": 60})
    names = [provider.name for provider in spec.providers]
    priced, price = PricedMarket(spec, names), np.linspace(0.9, 1.2, len(names))
    found = priced.sold(price)
    np.testing.assert_allclose(
        price * found.quantity - found.cost, priced.profits(price), rtol=1e-9, atol=1e-12
    )


def test_cheaper_attempts_leave_no_buyer_worse_off():
    spec = market.load("collusion", set={"consumers.teams.size": 60})
    names = [provider.name for provider in spec.providers]
    priced = PricedMarket(spec, names)
    dear, cheap = (priced.sold(np.full(len(names), p)).surplus for p in (1.2, 1.0))
    assert 0 < dear < cheap


def test_merged_providers_have_one_owner():
    spec = market.load("merger", set={"consumers.teams.size": 20})
    names = [provider.name for provider in spec.providers]
    owner = PricedMarket(spec, names).owner
    both = [names.index(name) for name in ("OpenAI", "DeepSeek")]
    assert owner[both].tolist() == [min(both)] * 2
    assert len(set(owner.tolist())) == len(names) - 1
