"""Closed forms of oligopoly pricing, reached by the market's own parts."""

import numpy as np
import pytest

import market
from market.measures.elasticity import arc
from market.simulation.expectations import ExpectedMarket
from market.simulation.model import MarketModel

# Calvano et al. (AER 2020) baseline in dollars: one model's query costs C at list and half of that
# to make, a solution is worth C/u. With β = 8/u the logit's scale is a quarter of marginal cost,
# and quality less cost is one marginal cost: a − c = 1, μ = 1/4, a₀ = 0.
QUALITY = 0.5
BETA = 8 / QUALITY
NASH = {2: 1.472927, 3: 1.370163, 4: 1.331461}
MONOPOLY = {2: 1.924981, 3: 2.000, 4: 2.054411}


def logit_market(sellers: int, **more: object) -> market.Scenario:
    """Providers of equal models, one tier, buyers who value a solution alike, no arbitrageurs."""
    names = [f"m{i}" for i in range(sellers)]
    alike = market.load(
        "synthetic",
        set={
            "arbitrageurs": [],
            "quality_tiers": {"min": QUALITY, "max": QUALITY, "count": 1},
            "population.heterogeneity": 0.0,
            "population.models": [{"name": n, "ability": 0.5, "cost": 0.01} for n in names],
            "providers": [{"name": n, "models": [n], "cost_ratio": 0.5} for n in names],
        },
    )
    price = MarketModel(alike).roster.base_price[0, 0]
    rule = {"kind": "best_response"}
    return market.load(
        "synthetic",
        set={
            **{key: alike.model_dump()[key] for key in ("quality_tiers", "population")},
            "ticks": 12,
            "arbitrageurs": [],
            "providers": [
                {"name": n, "models": [n], "cost_ratio": 0.5, "pricing": rule} for n in names
            ],
            "consumers.teams.size": 200,
            "consumers.teams.price_sensitivity": BETA,
            "consumers.teams.demand": {
                "kind": "value",
                "value": {"kind": "constant", "value": price / QUALITY},
            },
            **more,
        },
    )


def stepped(spec: market.Scenario) -> MarketModel:
    model = MarketModel(spec)
    for _ in range(spec.ticks):
        model.step()
    return model


def in_marginal_costs(model: MarketModel) -> np.ndarray:
    """Prices, marginal cost being 1."""
    return np.array([provider.multiplier for provider in model.providers]) / 0.5


def joint_profit(market_now: ExpectedMarket, multiplier: float) -> float:
    """What all providers together would earn if all asked the same price."""
    menus = multiplier * np.moveaxis(market_now.list_menus, 0, 1)
    queries = market_now.sales(menus).sum()
    cost = market_now.list_menus[0, 0, 0]
    return float(queries * cost * (multiplier - 0.5))


@pytest.mark.parametrize("sellers", [2, 3, 4])
def test_best_responding_logit_providers_settle_at_the_nash_price(sellers):
    model = stepped(logit_market(sellers))
    np.testing.assert_allclose(in_marginal_costs(model), NASH[sellers], rtol=0.002)


def test_their_markup_is_the_logit_s():
    model = stepped(logit_market(2))
    now = ExpectedMarket.of(model)
    share = now.sales(now.menus)[0, :, 0] / 200
    markup = in_marginal_costs(model) - 1
    np.testing.assert_allclose(markup, 0.25 / (1 - share), rtol=0.005)


def test_a_single_provider_settles_at_the_monopoly_markup():
    model = stepped(logit_market(1))
    now = ExpectedMarket.of(model)
    share = now.sales(now.menus)[0, 0, 0] / 200
    assert in_marginal_costs(model)[0] - 1 == pytest.approx(0.25 / (1 - share), rel=0.005)


@pytest.mark.parametrize("sellers", [2, 3, 4])
def test_joint_profit_is_highest_at_the_monopoly_price(sellers):
    # a provider of two models posts one menu, so joint ownership is asked of all prices at once
    now = ExpectedMarket.of(stepped(logit_market(sellers, ticks=1)))
    grid = np.linspace(0.9, 1.1, 2001)
    best = grid[int(np.argmax([joint_profit(now, m) for m in grid]))] / 0.5
    assert best == pytest.approx(MONOPOLY[sellers], rel=0.001)


def test_the_market_sells_what_the_logit_expects():
    spec = logit_market(2, **{"consumers.teams.size": 200_000, "ticks": 12})
    model = stepped(spec)
    now = ExpectedMarket.of(model)
    expected = now.sales(now.menus)[0, :, 0]
    served = model.recorder.last.flow.served[:, 0]
    error = np.sqrt(expected)
    assert (np.abs(served - expected) < 5 * error).all()


def test_marginal_revenue_is_price_times_one_plus_one_over_elasticity():
    model = stepped(logit_market(2, ticks=6))
    now = ExpectedMarket.of(model)
    price = next(iter(model.providers)).multiplier
    for step in (1e-3, 0.05, 0.3):
        prices = (price * (1 - step), price * (1 + step))
        quantity = tuple(now.provider_sales(0, np.array(prices)).quantity)
        marginal, elasticity = arc(quantity, prices)
        assert marginal == pytest.approx(sum(prices) / 2 * (1 + 1 / elasticity), rel=1e-6)


def test_measured_elasticity_is_the_logit_s():
    result = market.run(logit_market(2, ticks=12))
    last = result.providers.dropna(subset="elasticity")
    spec_share = 0.25 / (NASH[2] - 1)  # 1 − s by the first-order condition
    elasticity = -NASH[2] / 0.25 * spec_share
    np.testing.assert_allclose(last["elasticity"], elasticity, rtol=0.01)
    # at a best response marginal revenue is marginal cost
    np.testing.assert_allclose(last["marginal_revenue"], 0.5, rtol=0.01)


def test_nobody_gains_by_another_price_where_prices_have_settled():
    result = market.run(logit_market(3, ticks=20))
    assert result.price_dynamics.state == "settled"
    assert result.price_dynamics.period == 1
    assert abs(result.price_dynamics.deviation_gain) < 1e-9


def varian(ticks: int = 400) -> market.RunResult:
    """Two sellers, half of the buyers shoppers, marginal cost 0, value 1 (over list price)."""
    rule = {"kind": "model_of_sales", "sellers": 2, "shoppers": 0.5, "value": 1.0}
    alike = logit_market(2).model_dump()
    price = MarketModel(logit_market(2)).roster.base_price[0, 0]
    buyer = {
        "queries_per_tick": 1.0,
        "price_sensitivity": 1.0,
        "tastes": False,
        "demand": {
            "kind": "fixed_quality",
            "quality": {"kind": "constant", "value": QUALITY},
            "budget": {"kind": "constant", "value": price * 1.000001},
        },
    }
    return market.run(
        market.load(
            "synthetic",
            set={
                **{key: alike[key] for key in ("quality_tiers", "population")},
                "ticks": ticks,
                "arbitrageurs": [],
                "providers": [
                    {"name": n, "models": [n], "cost_ratio": 0.0, "pricing": rule}
                    for n in ("m0", "m1")
                ],
                "consumers": [
                    {"name": "shoppers", "size": 20, **buyer},
                    {"name": "loyal to m0", "size": 10, "knows": ["m0"], **buyer},
                    {"name": "loyal to m1", "size": 10, "knows": ["m1"], **buyer},
                ],
            },
        )
    )


def test_a_market_of_shoppers_and_loyals_has_varian_s_prices():
    result = varian()
    drawn = result.models.pivot(index="tick", columns="model", values="price_multiplier")
    assert drawn.min().min() >= 1 / 3 - 1e-12
    assert drawn.max().max() <= 1
    minimum = drawn.min(axis=1)
    error = minimum.std() / np.sqrt(len(minimum))
    assert abs(minimum.mean() - 0.4507) < 4 * error
    error = drawn["m0"].std() / np.sqrt(len(drawn))
    assert abs(drawn["m0"].mean() - 0.5493) < 4 * error


def test_shoppers_pay_the_least_price_and_loyals_their_seller_s():
    result = varian(ticks=20)
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
