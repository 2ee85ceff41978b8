import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import market
from market.foundation.errors import ConservationError
from market.measures.formulas import segmentation
from market.results.payments import Payment
from market.simulation.model import MarketModel

SMALL = {"ticks": 16, "consumers.teams.size": 3000}


@pytest.fixture(scope="module")
def runs() -> dict[int, market.RunResult]:
    """The default market with 0, 1, 2 and 4 arbitrageurs, smaller."""
    return {
        n: market.run(market.load("swebench", set={**SMALL, "arbitrageurs.routers.count": n}))
        for n in (0, 1, 2, 4)
    }


def equal(one: market.RunResult, other: market.RunResult) -> bool:
    return all(table.equals(other.tables[name]) for name, table in one.tables.items())


def test_the_same_seed_gives_the_same_tables_and_another_differs(runs):
    again = market.run(market.load("swebench", set={**SMALL, "arbitrageurs.routers.count": 2}))
    assert equal(runs[2], again)
    other = market.run(
        market.load("swebench", set={**SMALL, "arbitrageurs.routers.count": 2}, seed=2)
    )
    assert not equal(runs[2], other)


def test_money_is_conserved_every_tick(runs):
    for result in runs.values():
        assert (result.market["imbalance"] <= 1e-9).all()


def test_a_breach_of_conservation_stops_the_run():
    model = MarketModel(market.load("swebench", set=SMALL))
    model.step()
    too_much = Payment("consumers/teams", "treasury", "tax", 1e308)
    model.ledger.post([too_much, too_much])  # more than a float can hold
    with pytest.raises(ConservationError, match="balances sum to"):
        model.step()


def test_prices_fall_with_every_arbitrageur(runs):
    index = [runs[n].summary["price_index"] for n in (0, 1, 2, 4)]
    assert all(later < earlier for earlier, later in pairwise(index))


def test_arbitrage_lowers_revenue_per_query_and_segmentation_and_helps_small_providers(runs):
    alone = runs[0].summary
    for n in (1, 2, 4):
        with_arbitrage = runs[n].summary
        for measure in ("revenue_per_query", "segmentation"):
            assert with_arbitrage[measure] < alone[measure]
        assert with_arbitrage["small_provider_share"] > alone["small_provider_share"]


def test_without_arbitrageurs_buyers_pay_list_prices(runs):
    for index in ("price_index", "price_index_paid", "price_index_coverage"):
        assert (runs[0].market[index] == 1).all()
    assert runs[0].summary["arbitrage_profit"] == 0
    assert np.isnan(runs[0].summary["arbitrage_margin"])


def test_two_runs_see_the_same_queries(runs):
    sent = [runs[n].market["queries_sent"] for n in (0, 1, 2, 4)]
    assert all((one == sent[0]).all() for one in sent)


def test_buyers_who_stay_with_their_seller_are_served_alike_in_paired_runs():
    few, many = (
        market.run(
            market.load(
                "swebench",
                set={**SMALL, "ticks": 3, "record_queries": True, "arbitrageurs.routers.count": n},
            )
        ).queries
        for n in (0, 1)
    )
    assert few is not None
    assert many is not None
    np.testing.assert_array_equal(few["problem"], many["problem"])
    same = (few["seller"] == many["seller"]) & (few["quality"] == many["quality"])
    assert 0.05 < same.mean() < 0.95
    np.testing.assert_array_equal(few["solved"][same], many["solved"][same])
    np.testing.assert_allclose(few["paid"][same], many["paid"][same])


def test_expected_revenue_per_query_is_what_providers_earn_per_query(runs):
    for result in runs.values():
        table = result.market
        earned = table["provider_revenue"].sum() / table["queries_sent"].sum()
        expected = np.average(table["revenue_per_query"], weights=table["queries_sent"])
        assert earned == pytest.approx(expected, rel=0.02)


def test_tables_add_up(runs):
    result = runs[2]
    by_tick = result.market.set_index("tick")
    providers = result.providers.groupby("tick")
    pd.testing.assert_series_equal(
        providers["revenue"].sum(), by_tick["provider_revenue"], check_names=False
    )
    pd.testing.assert_series_equal(
        result.models.groupby("tick")["revenue"].sum(),
        by_tick["provider_revenue"],
        check_names=False,
    )
    arbitrage = result.arbitrageurs.groupby("tick")
    direct = providers["direct_revenue"].sum()
    pd.testing.assert_series_equal(
        arbitrage["fees"].sum() + direct, by_tick["consumer_payments"], check_names=False
    )
    pd.testing.assert_series_equal(
        arbitrage["spend"].sum(), providers["resale_revenue"].sum(), check_names=False
    )
    pd.testing.assert_series_equal(
        result.trades.groupby("tick")["paid"].sum(), by_tick["consumer_payments"], check_names=False
    )
    balance = result.arbitrageurs.groupby("arbitrageur")["profit"].sum()
    last = result.arbitrageurs.groupby("arbitrageur")["balance"].last()
    pd.testing.assert_series_equal(balance, last, check_names=False)


def test_segmentation_is_worked_out_from_revenue_by_base_need_and_model():
    model = MarketModel(market.load("swebench", set=SMALL))
    for _ in range(3):
        model.step()
    last = model.recorder.last
    paid = np.where(np.isfinite(last.wholesale_price), last.wholesale_price, 0.0)
    revenue = (last.flow.spend_by_need * paid[:, None]).sum(axis=0)
    assert segmentation(revenue) == pytest.approx(last.measures()["segmentation"])


def test_welfare_is_the_sum_of_surpluses(runs):
    table = runs[4].market
    total = table["consumer_surplus"] + table["producer_surplus"] + table["arbitrageur_surplus"]
    pd.testing.assert_series_equal(table["welfare"], total, check_names=False)


def test_cost_plus_scales_prices_and_revenue():
    rule = {"kind": "cost_plus", "markup": 0.2}
    base = {**SMALL, "arbitrageurs.routers.count": 0}
    dear = {**base, "providers.DeepSeek.pricing": rule, "providers.DeepSeek.cost_ratio": 1.0}
    result = market.run(market.load("swebench", set=dear))
    models = result.models[result.models["model"] == "deepseek"]
    np.testing.assert_allclose(models["price_multiplier"], 1.2)
    np.testing.assert_allclose(models["revenue"], 1.2 * models["list_spend"])
    np.testing.assert_allclose(models["profit"], 0.2 * models["list_spend"])


def test_a_buyer_whom_no_tier_satisfies_does_not_buy():
    demand = {
        "kind": "fixed_quality",
        "quality": {"kind": "constant", "value": 0.9},
        "budget": {"kind": "constant", "value": 100.0},
    }
    result = market.run(market.load("swebench", set={**SMALL, "consumers.teams.demand": demand}))
    assert (result.market["queries_served"] == 0).all()
    assert (result.market["queries_sent"] > 0).all()
    assert result.market["price_index"].isna().all()


def test_switching_costs_keep_buyers_with_their_sellers():
    def moved(switching_cost: float) -> float:
        model = MarketModel(
            market.load("swebench", set={**SMALL, "consumers.teams.switching_cost": switching_cost})
        )
        model.step()
        before = next(iter(model.segments)).incumbent
        for _ in range(7):
            model.step()
        return float((next(iter(model.segments)).incumbent != before).mean())

    assert moved(0.5) < 0.6 * moved(0.0)


def test_what_is_left_of_a_budget_is_paid_where_it_is_spent():
    spent = {**SMALL, "ticks": 4, "population.budget.remainder": "spent"}
    table = market.run(market.load("swebench", set=spent)).market
    earned = table["provider_revenue"].sum() / table["queries_sent"].sum()
    assert earned == pytest.approx(table["revenue_per_query"].mean(), rel=0.05)


def test_free_models_leave_measures_where_there_are_any():
    free = {
        **SMALL,
        "ticks": 2,
        "arbitrageurs.routers.count": 0,
        "providers.OpenAI.cost_ratio": 0.0,
        "providers.OpenAI.pricing": {"kind": "cost_plus", "markup": 0.0},
    }
    table = market.run(market.load("swebench", set=free)).market
    assert (table["provider_revenue"] > 0).all()
    assert table["price_dispersion"].notna().all()


def test_expected_measures_are_missing_between_their_ticks():
    result = market.run(market.load("swebench", set={**SMALL, "measure_every": 5}))
    measured = result.market["revenue_per_query"].notna()
    assert result.market["tick"][measured].tolist() == [0, 5, 10, 15]


def test_a_model_can_be_pickled_and_goes_on_as_it_would_have():
    model = MarketModel(market.load("duopoly", set={"consumers.teams.size": 500}))
    model.step()
    copy = pickle.loads(pickle.dumps(model))
    for one in (model, copy):
        one.step()
    assert equal(model.recorder.result(), copy.recorder.result())
