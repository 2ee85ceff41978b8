"""What arbitrageurs do in a market: price wars, and nothing where there is nothing to do."""

import numpy as np
import pandas as pd
import pytest

import market
from market.simulation.model import MarketModel
from market.strategies.menu import price_at

SMALL = {"ticks": 16, "consumers.teams.size": 3000}


def test_a_price_war_takes_ticks_and_ends_at_cost_plus_the_least_margin():
    model = MarketModel(market.load("swebench", set=SMALL))
    wanted, asked = np.array([0.74]), []  # where a cascade is far cheaper than any model
    for _ in range(SMALL["ticks"]):
        model.step()
        asked.append([router.posted(0, wanted).price[0] for router in model.arbitrageurs])
    prices = np.min(asked, axis=1)
    assert (np.diff(prices) <= 1e-15).all()
    assert prices[0] > 1.2 * prices[-1]
    cost = next(iter(model.arbitrageurs)).schedule()
    assert prices[-1] == pytest.approx(1.02 * price_at(cost.quality, cost.spend, wanted)[0])


def test_identical_models_leave_an_arbitrageur_nothing_to_earn():
    twins = {
        "population.heterogeneity": 0.0,
        "population.models": [
            {"name": f"twin-{i}", "ability": 0.0, "cost": 0.01} for i in range(4)
        ],
        "providers": [
            {"name": f"P{i}", "models": [f"twin-{i}"], "cost_ratio": 0.5} for i in range(4)
        ],
        "ticks": 8,
    }
    result = market.run(market.load("synthetic", set=twins))
    last = result.arbitrageurs[result.arbitrageurs["tick"] == 7]
    margin = last["profit"].sum() / last["fees"].sum()
    assert margin == pytest.approx(0.02 / 1.02, abs=0.03)  # what buyers with a taste for it pay
    posted = result.trades[(result.trades["tick"] == 7) & result.trades["posted_price"].notna()]
    cheapest = posted.groupby(["quality", "seller"])["posted_price"].min().unstack()
    resale = cheapest[[c for c in cheapest if c in set(last["arbitrageur"])]].min(axis=1)
    market_price = cheapest[[f"P{i}" for i in range(4)]].min(axis=1)
    assert (resale > market_price).all()


def test_a_bystander_moves_nobody():
    bystander = {
        "name": "bystander",
        "awareness": 0.0,
        "pricing": {"kind": "undercut", "step": 0.07, "min_margin": 1e6},
    }
    base = market.load("swebench", set={**SMALL, "ticks": 6, "arbitrageurs.routers.count": 3})
    group = type(base.arbitrageurs[0]).model_validate(bystander)
    more = base.model_copy(update={"arbitrageurs": (group, *base.arbitrageurs)})
    alone, together = (market.run(spec).trades for spec in (base, more))
    together = together[together["seller"] != "bystander-1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, together)


def test_nobody_aware_is_nobody_arbitraged():
    blind = {**SMALL, "arbitrageurs.routers.awareness": 0.0}
    result = market.run(market.load("swebench", set=blind))
    assert (result.market["arbitrage_share"] == 0).all()
