"""Providers enter and leave, and answer with their prices."""

import numpy as np
import pandas as pd
import pytest

import market

SMALL = {"ticks": 16, "consumers.teams.size": 2000, "perturb_every": "never"}


def run(name: str = "swebench", **values: object) -> market.RunResult:
    return market.run(market.load(name, set={**SMALL, **values}))


def test_an_entrant_s_first_revenue_is_timed():
    for count in (0, 2):
        result = run(**{"providers.mini-coder.active_from": 6, "arbitrageurs.routers.count": count})
        agent = result.agents["mini-coder"]
        own = result.providers[result.providers["provider"] == "mini-coder"].set_index("tick")
        assert agent["entered"] == 6
        first = own.index[own["revenue"] > 0][0]
        assert agent["ticks_to_first_revenue"] == first - 6
        assert not own["active"][:6].any()
        assert (own["revenue"][:6] == 0).all()


def test_an_entrant_that_nobody_knows_never_earns():
    known = ["Alibaba", "OpenAI", "DeepSeek", "Anthropic"]
    result = run(
        **{
            "providers.mini-coder.active_from": 6,
            "arbitrageurs.routers.count": 0,
            "consumers.teams.knows": known,
        }
    )
    assert result.agents["mini-coder"]["ticks_to_first_revenue"] is None


def test_before_it_enters_the_market_is_as_if_it_never_would():
    soon, late = (run(**{"providers.mini-coder.active_from": at}) for at in (6, 12))
    for name in ("market", "providers", "trades", "consumers"):
        one, other = (r.tables[name][lambda t: t["tick"] < 6] for r in (soon, late))
        drop = [c for c in one if one[c].isna().all()]
        pd.testing.assert_frame_equal(one.drop(columns=drop), other.drop(columns=drop))


def test_a_provider_leaves_at_its_tick():
    result = run(**{"providers.OpenAI.active_until": 9})
    own = result.providers[result.providers["provider"] == "OpenAI"].set_index("tick")
    assert own["active"].tolist() == [True] * 9 + [False] * 7
    assert (own["revenue"][:9] > 0).all()
    assert (own["revenue"][9:] == 0).all()
    assert result.exits == {"OpenAI": 9}
    assert np.isnan(
        result.models.query("model == 'gpt5mini' and tick == 12")["price_multiplier"]
    ).all()


def test_losses_beyond_the_limit_drive_a_provider_out():
    result = run(**{"providers.Anthropic.fixed_cost": 4.0, "providers.Anthropic.loss_limit": 20.0})
    own = result.providers[result.providers["provider"] == "Anthropic"].set_index("tick")
    balance = own["profit"].cumsum()
    (gone,) = [result.exits["Anthropic"]]
    assert balance[gone - 1] < -20 <= balance[gone - 2]
    assert (own["cost"][gone:] == 0).all()
    assert (result.market["imbalance"] <= 1e-9).all()


def test_a_provider_that_routes_sells_cheaper_than_its_models_apart():
    apart = run(**{"arbitrageurs.routers.count": 0})
    routed = run(**{"arbitrageurs.routers.count": 0, "providers.Alibaba.router": True})

    def posted(result: market.RunResult) -> np.ndarray:
        own = result.trades.query("tick == 0 and seller == 'Alibaba'")
        return own["posted_price"].to_numpy()

    sold = np.isfinite(posted(apart))
    # but for the rates that menus do not list, where costs are interpolated
    assert (posted(routed)[sold] <= posted(apart)[sold] * 1.02).all()
    assert (posted(routed)[sold] < 0.97 * posted(apart)[sold]).any()
    served = routed.trades.query("seller == 'Alibaba'")
    rate = served["solved"].sum() / served["queries"].sum()
    promised = np.average(served["quality"], weights=served["queries"])
    assert rate == pytest.approx(promised, abs=0.06)


def test_derivative_followers_find_prices_above_best_response():
    # followers move one step at a time, and keep out of each other's way (Greenwald, Kephart)
    rule = {"kind": "derivative_follower", "step": 0.05}
    result = run(
        "duopoly",
        **{
            "ticks": 40,
            "arbitrageurs.router.count": 0,
            "providers.OpenAI.pricing": rule,
            "providers.DeepSeek.pricing": rule,
        },
    )
    prices = result.models.pivot(index="tick", columns="model", values="price_multiplier")
    steps = prices.diff().iloc[1:].abs().to_numpy()
    np.testing.assert_allclose(steps[prices.iloc[1:].to_numpy() > 0.51], 0.05)
    assert (prices >= 0.5).all().all()


def test_best_responding_providers_settle_without_arbitrageurs():
    result = market.run(
        market.load(
            "price_response",
            set={"ticks": 16, "consumers.teams.size": 2000, "arbitrageurs.routers.count": 0},
        )
    )
    assert result.price_dynamics.state == "settled"
    assert result.price_dynamics.deviation_gain <= 0.01
    last = result.providers.dropna(subset="marginal_revenue")
    # where a best response lies inside the grid, marginal revenue is about marginal cost
    np.testing.assert_allclose(last["marginal_revenue"], 0.5, atol=0.06)


@pytest.mark.filterwarnings("ignore::market.MarketWarning")  # of who sells next to nothing
def test_with_arbitrageurs_a_run_says_that_prices_do_not_settle():
    result = market.run(
        market.load(
            "price_response", set={"ticks": 16, "consumers.teams.size": 300, "menu_points": 12}
        )
    )
    assert result.price_dynamics.state in ("moving", "cycling")
    assert (result.market["imbalance"] <= 1e-9).all()


def test_providers_that_answer_earn_less_profit_at_lower_prices_without_arbitrage():
    listed, answering = (
        market.run(
            market.load(
                name,
                set={"ticks": 12, "consumers.teams.size": 2000, "arbitrageurs.routers.count": 0},
            )
        ).summary
        for name in ("swebench", "price_response")
    )
    assert answering["price_index"] < listed["price_index"]
    assert answering["provider_profit"] < listed["provider_profit"]
    assert answering["consumer_surplus"] > listed["consumer_surplus"]


def test_the_gain_from_another_price_is_the_one_last_measured():
    settings = {"ticks": 3, "quality_tiers.count": 3, "consumers.teams.size": 300}
    alone = {**settings, "perturb_every": 1, "arbitrageurs.routers.count": 0}
    result = market.run(market.load("price_response", set=alone))
    measured = result.providers.groupby("tick")["deviation_gain"].max()
    assert measured.max() > measured.iloc[-1] + 0.01  # prices were further off before
    assert result.price_dynamics.deviation_gain == measured.iloc[-1]
