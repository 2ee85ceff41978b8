"""Each policy lever does what economics says, and nothing else."""

import numpy as np
import pandas as pd
import pytest

import market
from market.scenario.schema import TREASURY
from market.simulation.model import MarketModel

SMALL = {"ticks": 12, "consumers.teams.size": 2000}
START = 5


def run(name: str = "swebench", **levers: object) -> market.RunResult:
    values = {f"policy.{key}": value for key, value in levers.items()}
    return market.run(market.load(name, set={**SMALL, **values}))


def from_tick(at: int, **values: object) -> dict[str, object]:
    """An intervention that sets levers."""
    return {
        "interventions": [
            {"name": "change", "at": at, "set": {f"policy.{k}": v for k, v in values.items()}}
        ]
    }


@pytest.fixture(scope="module")
def plain() -> market.RunResult:
    return run()


@pytest.fixture(scope="module")
def nobody() -> market.RunResult:
    return market.run(market.load("swebench", set={**SMALL, "arbitrageurs.routers.count": 0}))


def test_tax_revenue_is_the_treasury_s_balance_and_the_rate_times_fees():
    model = MarketModel(market.load("swebench", set={**SMALL, "policy.routing_tax": 0.15}))
    for _ in range(SMALL["ticks"]):
        model.step()
    table = model.recorder.result()
    assert model.ledger.balance(TREASURY) == pytest.approx(table.market["tax_revenue"].sum())
    fees = table.arbitrageurs["fees"].sum()
    assert table.market["tax_revenue"].sum() == pytest.approx(0.15 * fees)
    assert fees > 0


def test_a_tax_makes_resale_dearer_and_rarer(plain):
    taxed = run(routing_tax=0.15).summary
    assert taxed["price_index"] > plain.summary["price_index"]
    assert taxed["arbitrage_share"] < plain.summary["arbitrage_share"]


def without_sellers(result: market.RunResult) -> list[pd.DataFrame]:
    own = set(result.arbitrageurs["arbitrageur"]) if len(result.arbitrageurs) else set()
    trades = result.trades[~result.trades["seller"].isin(own)].reset_index(drop=True)
    # buyers still know those who sell nothing now
    table = result.market.drop(columns=[c for c in result.market if c.endswith("aware")])
    return [table, result.providers, result.consumers, result.models, trades]


@pytest.mark.parametrize(
    "levers",
    [
        {"routing_tax": 1.0},
        {"gated": ["mini-coder", "Alibaba", "OpenAI", "DeepSeek", "Anthropic"]},
    ],
    ids=["a tax of all", "every gate closed"],
)
def test_arbitrage_ends_and_the_market_without_it_is_left_exactly(levers, nobody):
    closed = run(**levers)
    assert (closed.arbitrageurs["queries"] == 0).all()
    for one, other in zip(without_sellers(closed), without_sellers(nobody), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_gated_provider_sells_no_attempt_to_arbitrageurs(plain):
    gated = run(gated=["OpenAI"])
    resale = gated.providers.groupby("provider")["resale_revenue"].sum()
    assert resale["OpenAI"] == 0
    assert resale["DeepSeek"] > 0
    assert plain.providers.groupby("provider")["resale_revenue"].sum()["OpenAI"] > 0


def test_a_price_floor_binds():
    floor = 0.95
    model = MarketModel(market.load("swebench", set={**SMALL, "policy.price_floor": floor}))
    for _ in range(SMALL["ticks"]):
        model.step()
    for arbitrageur in model.arbitrageurs:
        (menu,) = arbitrageur.menus[0]
        rivals = [provider.posted(0, menu.quality).price for provider in model.providers]
        lowest = floor * np.min(rivals, axis=0)
        sold = np.isfinite(menu.price) & np.isfinite(lowest)
        assert (menu.price[sold] >= lowest[sold] * (1 - 1e-9)).all()
        assert np.isclose(menu.price[sold], lowest[sold]).mean() > 0.5


def test_full_transparency_gives_every_buyer_every_seller():
    blind = {"arbitrageurs.routers.awareness": 0.0}
    hidden = market.run(market.load("swebench", set={**SMALL, **blind}))
    assert (hidden.market["arbitrage_share"] == 0).all()
    known = market.load("swebench", set={**SMALL, **blind, "policy.transparency": True})
    everybody = market.load("swebench", set={**SMALL, "arbitrageurs.routers.awareness": 1.0})
    pd.testing.assert_frame_equal(market.run(known).trades, market.run(everybody).trades)


def test_a_resale_markup_is_paid_by_arbitrageurs_alone(plain):
    dear = run(resale_markup=0.25)
    models = dear.models
    resold = models["revenue"] - models["direct_revenue"]
    direct = models["direct_revenue"]
    np.testing.assert_allclose(models["list_spend"], direct + resold / 1.25)
    assert dear.summary["price_index"] > plain.summary["price_index"]


@pytest.mark.parametrize(
    "levers",
    [
        {"routing_tax": 0.2},
        {"resale_markup": 0.3},
        {"gated": ["OpenAI"]},
        {"price_floor": 0.95},
        {"transparency": True},
    ],
    ids=lambda levers: next(iter(levers)),
)
def test_an_intervention_leaves_all_ticks_before_it_as_they_were(levers, plain):
    changed = market.run(market.load("swebench", set={**SMALL, **from_tick(START, **levers)}))
    for name, table in changed.tables.items():
        before = plain.tables[name]
        drop = [c for c in before.columns if before[c].isna().all()]
        pd.testing.assert_frame_equal(
            table[table["tick"] < START].drop(columns=drop),
            before[before["tick"] < START].drop(columns=drop),
        )
    later = changed.market["tick"] > START
    assert not changed.market[later].equals(plain.market[later])
    # who sends how many queries is no business of an intervention
    pd.testing.assert_series_equal(changed.market["queries_sent"], plain.market["queries_sent"])


def test_a_lever_that_is_lifted_leaves_the_market_as_it_would_have_been():
    change = {
        "interventions": [
            {"name": "on", "at": 2, "set": {"policy.gated": ["OpenAI"]}},
            {"name": "off", "at": 3, "set": {"policy.gated": []}},
        ],
        "arbitrageurs.routers.count": 1,  # who does not answer a rival's past prices
    }
    free = market.run(market.load("swebench", set={**SMALL, "arbitrageurs.routers.count": 1}))
    lifted = market.run(market.load("swebench", set={**SMALL, **change}))
    later = free.market["tick"] >= 3
    so_far = ["arbitrage_net_profit"]  # since the start
    pd.testing.assert_frame_equal(
        lifted.market[later].drop(columns=so_far), free.market[later].drop(columns=so_far)
    )
    assert not lifted.market.iloc[2].equals(free.market.iloc[2])
