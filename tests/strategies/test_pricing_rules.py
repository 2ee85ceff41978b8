"""What each pricing rule is for."""

import numpy as np
import pytest
from rule_views import COST, Parabola, provider_view, resale_view

from market.strategies.arbitrageur_pricing import BestResponseMenu
from market.strategies.market_view import NothingExpected, Turn
from market.strategies.provider_pricing import (
    AtEquilibrium,
    BestResponse,
    DerivativeFollower,
    ListPrice,
    ModelOfSales,
    constant_price,
)


def test_a_derivative_follower_goes_on_while_profit_rises_and_turns_when_it_falls():
    rule = DerivativeFollower(step=0.05)

    def after(*past):
        return rule.multiplier(provider_view(past=past))

    assert after() == pytest.approx(1.05)
    assert after(Turn(1.0, 5.0), Turn(1.05, 6.0)) == pytest.approx(1.10)
    assert after(Turn(1.0, 5.0), Turn(1.05, 4.0)) == pytest.approx(1.00)
    assert after(Turn(1.05, 4.0), Turn(1.0, 5.0)) == pytest.approx(0.95)
    assert after(Turn(1.05, 6.0), Turn(1.0, 5.0)) == pytest.approx(1.05)


def test_a_derivative_follower_never_sells_below_marginal_cost():
    past = (Turn(0.53, 4.0), Turn(0.51, 5.0))
    assert DerivativeFollower(step=0.05).multiplier(provider_view(past=past)) == 0.5


@pytest.mark.parametrize("count", [5, 11, 61])
@pytest.mark.parametrize("cost_ratio", [0.0, 0.05, 0.5])
def test_a_best_response_is_the_price_of_the_highest_profit(count, cost_ratio):
    view = provider_view(cost_ratio=cost_ratio)
    assert BestResponse(count=count).multiplier(view) == pytest.approx(0.8, rel=1e-4)


def test_a_best_response_keeps_to_the_bounds_that_it_is_given():
    reply = BestResponse(low=0.9).best_reply(provider_view())
    assert (reply.multiplier, reply.bound) == (0.9, "the bound low = 0.9")
    reply = BestResponse(high=0.7).best_reply(provider_view())
    assert (reply.multiplier, reply.bound) == (0.7, "the bound high = 0.7")
    assert BestResponse(low=0.7, high=0.9).best_reply(provider_view()).bound is None


@pytest.mark.parametrize("price", [0.41, 1.12, 5.0])
def test_a_best_response_stays_at_its_price_where_nothing_is_expected(price):
    view = provider_view(expected=NothingExpected(), past=(Turn(price, 0.0),))
    assert BestResponse().multiplier(view) == price


@pytest.mark.parametrize("count", [7, 25, 201])
def test_a_best_menu_finds_each_tier_s_own_markup(count):
    peak = COST * np.array([1.1, 1.38, 1.05, 1.9, 1.0])
    menu = BestResponseMenu(min_margin=0.0, count=count).menu(
        resale_view(expected=Parabola(peak)), COST
    )
    np.testing.assert_allclose(menu[:-1], peak[:-1], rtol=1e-3)


def test_a_best_menu_keeps_to_the_bounds_that_it_is_given():
    expected = Parabola(np.array([1.5, 1.5, 1.5, 1.5, np.inf]) * COST)
    reply = BestResponseMenu(max_margin=0.3).best_menu(resale_view(expected=expected), COST)
    np.testing.assert_allclose(reply.menu[:-1], 1.3 * COST[:-1])
    assert reply.bound == "the bound max_margin = 0.3"
    reply = BestResponseMenu(min_margin=0.6).best_menu(resale_view(expected=expected), COST)
    np.testing.assert_allclose(reply.menu[:-1], 1.6 * COST[:-1])
    assert reply.bound == "the bound min_margin = 0.6"


def test_a_best_menu_stays_as_it_is_where_nothing_is_expected():
    own = np.array([0.011, 0.03, 0.03, 0.09, np.inf])
    view = resale_view(expected=NothingExpected(), own=own)
    np.testing.assert_array_equal(BestResponseMenu().menu(view, COST), own)


def test_the_model_of_sales_draws_from_varian_s_distribution():
    rule = ModelOfSales(sellers=2, shoppers=0.5, value=1.0)
    lots = (np.arange(20_000) + 0.5) / 20_000
    price = np.array([rule.multiplier(provider_view(cost_ratio=0.0, uniform_draw=u)) for u in lots])
    below = 1 - ((1 - price) * 0.5 / (0.5 * 2 * price)) ** 1
    np.testing.assert_allclose(below, lots, atol=1e-9)
    assert price.mean() == pytest.approx(0.5493, abs=1e-4)
    assert price.min() == pytest.approx(1 / 3, abs=1e-4)


def test_the_search_begins_at_the_model_that_is_cheapest_to_run_for_its_price():
    asked = []

    class Watching(Parabola):
        def profit(self, alternatives):
            asked.append(alternatives)
            return super().profit(alternatives)

    view = provider_view(
        cost_ratio=0.8, cost_ratio_by_model=(0.9, 0.25), expected=Watching(np.array([0.3]))
    )
    price = BestResponse().multiplier(view)
    assert price == pytest.approx(0.3, rel=1e-4)
    assert asked[0].min() == 0.25


def test_at_equilibrium_the_price_is_the_one_at_rest_and_kept_unless_it_is_held():
    known = {"resting_price": lambda: 1.3}
    assert AtEquilibrium().multiplier(provider_view(past=(), **known)) == 1.3
    assert AtEquilibrium().multiplier(provider_view(**known)) == 1.05
    assert AtEquilibrium(hold=True).multiplier(provider_view(**known)) == 1.3


def test_where_nothing_is_known_of_rest_the_price_stays():
    assert AtEquilibrium(hold=True).multiplier(provider_view()) == 1.05
    assert AtEquilibrium().multiplier(provider_view(past=())) == 1.0


def test_a_constant_price_is_what_the_rule_answers():
    rule = ListPrice(factor=1.3)
    assert constant_price(rule) == rule.multiplier(provider_view()) == 1.3
    assert constant_price(DerivativeFollower(step=0.05)) is None
