"""Closed forms of oligopoly pricing, reached through whole runs."""

import numpy as np
import pytest
from logit_markets import (
    COST,
    MONOPOLY,
    NASH,
    SCALE,
    SINGLE,
    WORTH,
    apart,
    as_counted,
    logit_market,
    only_segment,
    prices,
    stepped,
    sure_records,
)

import market
from market.measures.elasticity import elasticity
from market.simulation.counterfactuals import PRICES
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales

VALUE = {"kind": "value", "value": {"kind": "constant", "value": WORTH}}


def shares_at(asked: np.ndarray) -> np.ndarray:
    """[..., K] the logit's shares at prices [..., K]."""
    weight = np.exp((WORTH - asked) / SCALE)
    return weight / (1 + weight.sum(axis=-1, keepdims=True))


def expected_shares(model) -> np.ndarray:
    """[K] share of the buyers that each provider of one model expects."""
    now = ExpectedMarket.of(model)
    sold = [provider_sales(now, p.index, np.array([p.multiplier])) for p in model.providers]
    return np.array([sales.quantity[0] for sales in sold]) / only_segment(model).size / COST


@pytest.mark.parametrize("demand", ["fixed_quality", "value"])
@pytest.mark.parametrize("sellers", [2, 3, 4])
def test_best_responding_logit_providers_settle_at_the_nash_price(tmp_path, sellers, demand):
    more = {"consumers.teams.demand": VALUE} if demand == "value" else {}
    model = stepped(logit_market(tmp_path, apart(sellers), **more))
    np.testing.assert_allclose(prices(model), NASH[sellers], rtol=1e-4)


@pytest.mark.parametrize("models", [2, 3, 4])
def test_one_provider_of_all_models_settles_at_the_joint_price(tmp_path, models):
    owner = {"all": [f"m{i}" for i in range(models)]}
    np.testing.assert_allclose(
        prices(stepped(logit_market(tmp_path, owner))), MONOPOLY[models], rtol=1e-6
    )


def test_a_provider_alone_settles_at_the_monopoly_markup(tmp_path):
    assert prices(stepped(logit_market(tmp_path, apart(1))))[0] == pytest.approx(SINGLE, rel=1e-6)


def test_two_of_three_providers_that_merge_raise_prices_as_the_closed_form_says(tmp_path):
    merged = stepped(logit_market(tmp_path, {"both": ["m0", "m1"], "rival": ["m2"]}, ticks=20))
    np.testing.assert_allclose(prices(merged), [1.541150, 1.430336], rtol=1e-4)


def test_a_second_model_changes_no_taste_for_a_provider_s_first_nor_for_not_buying(tmp_path):
    one, other = (
        only_segment(stepped(logit_market(tmp_path, owners, ticks=1))).taste
        for owners in ({"m0": ["m0"], "m1": ["m1"]}, {"m0": ["m0", "m1"]})
    )
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[-1], other[-1])


def test_their_markup_is_the_logit_s(tmp_path):
    model = stepped(logit_market(tmp_path, apart(2)))
    markup = prices(model) - COST
    np.testing.assert_allclose(markup, SCALE / (1 - expected_shares(model)), rtol=1e-3)


def test_expected_shares_are_the_logit_s(tmp_path):
    model = stepped(logit_market(tmp_path, apart(3), ticks=3))
    np.testing.assert_allclose(expected_shares(model), shares_at(prices(model)), rtol=1e-9)


def test_the_market_sells_what_the_logit_expects(tmp_path):
    size = 200_000
    model = stepped(logit_market(tmp_path, apart(2), **{"consumers.teams.size": size}))
    expected = size * shares_at(prices(model))
    served = model.recorder.last.flow.served.sum(axis=1)
    # of who likes what, and of arrivals
    assert (np.abs(served - expected) < 4 * np.sqrt(2 * expected)).all()


def test_surplus_is_the_logit_s(tmp_path):
    size = 200_000
    model = stepped(logit_market(tmp_path, apart(2), **{"consumers.teams.size": size}))
    # the highest of Gumbel tastes is μ·ln Σ above that of not buying, in the mean
    expected = SCALE * np.log(1 + np.exp((WORTH - prices(model)) / SCALE).sum())
    surplus = only_segment(model).bought.surplus
    assert abs(surplus.mean() - expected) < 4 * surplus.std() / np.sqrt(size)


def test_marginal_revenue_is_price_times_one_plus_one_over_elasticity(tmp_path):
    now = ExpectedMarket.of(stepped(logit_market(tmp_path, apart(2), ticks=3)))
    near = 1.4 * np.array([1 - 1e-4, 1 + 1e-4])
    sales = provider_sales(now, 0, near)
    slope = elasticity(sales.by_buyer, sales.count, near).value
    marginal = np.diff(near * sales.quantity) / np.diff(sales.quantity)
    assert marginal[0] == pytest.approx(1.4 * (1 + 1 / slope), rel=1e-6)


def test_the_elasticity_that_is_stated_is_the_slope_of_the_logit_s_sales(tmp_path):
    model = stepped(logit_market(tmp_path, apart(2)))
    asked = prices(model)
    moved = np.stack([asked[0] * PRICES, np.full(len(PRICES), asked[1])], axis=-1)
    slope = np.polyfit(np.log(PRICES), np.log(shares_at(moved)[:, 0]), 1)[0]
    measured = model.recorder.last.counterfactuals
    assert measured.elasticity[0] == pytest.approx(slope, rel=1e-6)
    # near the price itself it is −p(1 − s)/μ, at which marginal revenue is marginal cost
    at_price = -asked[0] / SCALE * (1 - shares_at(asked)[0])
    assert measured.elasticity[0] == pytest.approx(at_price, rel=0.05)
    assert measured.marginal_revenue[0] == pytest.approx(COST, rel=0.05)


@pytest.mark.parametrize("sensitivity", [2.0, 10.0])
def test_price_sensitivity_is_the_elasticity_of_a_small_seller_at_list_prices(
    tmp_path, sensitivity
):
    sellers = 16
    model = stepped(
        logit_market(
            tmp_path,
            apart(sellers),
            pricing={"kind": "list"},
            ticks=1,
            **{
                "consumers.teams.price_sensitivity": sensitivity,
                "consumers.teams.demand.budget": {"kind": "constant", "value": COST},
            },
        )
    )
    share = 1 / (sellers + 1)
    measured = model.recorder.last.counterfactuals.elasticity
    # over prices up to a fifth apart; the market's own curve bends
    np.testing.assert_allclose(measured, -sensitivity * (1 - share), rtol=0.06)
    now = ExpectedMarket.of(model)
    near = np.array([1 - 1e-4, 1 + 1e-4])
    sales = provider_sales(now, 0, near)
    slope = elasticity(sales.by_buyer, sales.count, near).value
    assert slope == pytest.approx(-sensitivity * (1 - share), rel=1e-6)


def test_nobody_gains_by_another_price_where_prices_have_settled(tmp_path):
    result = market.run(logit_market(tmp_path, apart(3), ticks=20))
    assert result.price_dynamics.state == "settled"
    assert result.price_dynamics.period == 1
    assert abs(result.price_dynamics.deviation_gain) < 1e-9


def varian(folder, ticks: int = 400) -> market.RunResult:
    """Two sellers, half of the buyers shoppers, marginal cost 0, value 1 (over list price)."""
    rule = {"kind": "model_of_sales", "sellers": 2, "shoppers": 0.5, "value": 1.0}
    names = ("m0", "m1")
    buyer = {
        "queries_per_tick": 1.0,
        "price_sensitivity": 1.0,
        "tastes": False,
        "demand": {
            "kind": "fixed_quality",
            "quality": {"kind": "constant", "value": 1.0},
            "budget": {"kind": "constant", "value": COST * 1.000001},
        },
    }
    return market.run(
        market.load(
            "synthetic",
            set={
                "population": as_counted(sure_records(folder, names)),
                "ticks": ticks,
                "arbitrageurs": [],
                "providers": [
                    {"name": n, "models": [n], "cost_ratio": 0.0, "pricing": rule} for n in names
                ],
                "consumers": [
                    {"name": "shoppers", "size": 20, **buyer},
                    {"name": "loyal to m0", "size": 10, "knows": ["m0"], **buyer},
                    {"name": "loyal to m1", "size": 10, "knows": ["m1"], **buyer},
                ],
            },
        )
    )


def test_a_market_of_shoppers_and_loyals_has_varian_s_prices(tmp_path):
    result = varian(tmp_path)
    drawn = result.models.pivot(index="tick", columns="model", values="price_multiplier")
    assert drawn.min().min() >= 1 / 3 - 1e-12
    assert drawn.max().max() <= 1
    minimum = drawn.min(axis=1)
    error = minimum.std() / np.sqrt(len(minimum))
    assert abs(minimum.mean() - 0.4507) < 4 * error
    error = drawn["m0"].std() / np.sqrt(len(drawn))
    assert abs(drawn["m0"].mean() - 0.5493) < 4 * error


def test_shoppers_pay_the_least_price_and_loyals_their_seller_s(tmp_path):
    result = varian(tmp_path, ticks=20)
    drawn = result.models.pivot(index="tick", columns="model", values="price_multiplier")
    paid = result.consumers.pivot(index="tick", columns="segment", values="paid")
    assert (paid > 0).all().all()
    trades = result.trades[result.trades["queries"] > 0].groupby("tick")
    for tick, sold in trades:
        cheap = drawn.loc[tick].idxmin()
        served = sold.set_index("seller")["queries"]
        assert served[cheap] > served.drop(cheap).sum()


def test_identical_models_leave_no_arbitrage_profit():
    twins = {
        "population.heterogeneity": 0.0,
        "population.models": [{"name": f"t{i}", "ability": 0.0, "cost": 0.01} for i in range(4)],
        "providers": [{"name": f"P{i}", "models": [f"t{i}"], "cost_ratio": 0.5} for i in range(4)],
        "ticks": 8,
        "consumers.teams.tastes": False,
    }
    result = market.run(market.load("synthetic", set=twins))
    assert (result.market["arbitrage_profit"] == 0).all()
    assert (result.market["queries_served"] > 0).all()
