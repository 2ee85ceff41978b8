"""Demand decides the sign: what arbitrage does to total provider revenue."""

from functools import cache

import numpy as np
import pytest

import market


@cache
def twin(name: str, **more: object) -> tuple[dict[str, float], dict[str, float]]:
    """Summaries without and with arbitrageurs."""
    values = {
        "ticks": 12,
        "menu_points": 32,
        "consumers.teams.size": 2000,
        "perturb_every": "never",
        **more,
    }
    return tuple(
        market.run(market.load(name, set={**values, "arbitrageurs.routers.count": count})).summary
        for count in (0, 2)
    )


def test_with_fixed_needs_arbitrage_lowers_provider_revenue():
    without, with_arbitrage = twin("swebench")
    assert with_arbitrage["provider_revenue"] < 0.9 * without["provider_revenue"]
    assert with_arbitrage["price_index"] < without["price_index"]
    assert with_arbitrage["mean_tier"] == pytest.approx(without["mean_tier"], abs=0.02)


def test_where_buyers_move_up_in_quality_provider_revenue_rises():
    without, with_arbitrage = twin("value_demand")
    assert with_arbitrage["provider_revenue"] > 1.05 * without["provider_revenue"]
    assert with_arbitrage["price_index"] < without["price_index"]
    assert with_arbitrage["mean_tier"] > without["mean_tier"] + 0.03


def test_no_market_does_better_than_the_planner():
    for name in ("swebench", "value_demand"):
        for summary in twin(name):
            assert 0.5 < summary["efficiency"] <= 1


def test_arbitrage_adds_to_welfare():
    without, with_arbitrage = twin("swebench")
    assert with_arbitrage["welfare"] > 1.01 * without["welfare"]


def test_arbitrage_brings_welfare_nearer_to_the_planner_s():
    without, with_arbitrage = twin("swebench")
    assert with_arbitrage["efficiency"] > without["efficiency"]


@pytest.fixture(scope="module")
def selection() -> dict[bool, market.RunResult]:
    return {
        separate: market.run(
            market.load(
                "adverse_selection",
                set={
                    "ticks": 16,
                    "consumers.teams.queries_per_tick": 10.0,
                    "consumers.hard problems.queries_per_tick": 10.0,
                    "arbitrageurs.routers.segment_menus": separate,
                    "perturb_every": "never",
                    "record_queries": True,
                },
            )
        )
        for separate in (False, True)
    }


def test_a_flat_fee_is_taken_by_those_whom_it_undercharges(selection):
    flat = selection[False].summary
    assert flat["arbitrage_margin"] < -0.05
    served = selection[False].trades
    last = served[(served["tick"] >= 12) & served["seller"].str.startswith("routers")]
    resold = last.groupby("problems")["queries"].sum()
    everybody = served[served["tick"] >= 12].groupby("problems")["queries"].sum()
    share = resold / everybody
    assert share["hard problems"] > share["teams"] + 0.05


def test_a_menu_for_each_segment_prices_the_difference(selection):
    def paid(separate):
        resold = selection[separate].trades[lambda t: t["seller"].str.startswith("routers")]
        sums = resold.groupby("problems")[["paid", "queries"]].sum()
        return sums["paid"] / sums["queries"]

    assert selection[True].summary["arbitrage_margin"] > 0
    assert paid(True)["hard problems"] > paid(False)["hard problems"]
    assert paid(True)["teams"] < paid(False)["teams"]


def test_a_provider_charges_each_segment_what_its_problems_cost(selection):
    trades = selection[True].trades
    posted = trades[(trades["tick"] == 0) & (trades["seller"] == "OpenAI")]
    price = posted.pivot(index="quality", columns="problems", values="posted_price")
    both = price.dropna()
    assert (both["hard problems"] > both["teams"]).all()


def test_a_promise_is_kept_on_every_segment_s_problems(selection):
    for result in selection.values():
        log = result.queries.dropna(subset="quality")
        log = log.assign(noise=log["quality"] * (1 - log["quality"]))
        sums = log.groupby(["segment", "seller"])[["solved", "quality", "noise"]].sum()
        assert len(sums) > 5
        assert (sums["solved"] > sums["quality"] - 4 * np.sqrt(sums["noise"])).all()


def test_bankrupt_arbitrageurs_stop_selling():
    result = market.run(
        market.load(
            "adverse_selection",
            set={
                "ticks": 12,
                "consumers.teams.size": 2000,
                "consumers.hard problems.size": 2000,
                "arbitrageurs.routers.capital": 10.0,
                "perturb_every": "never",
            },
        )
    )
    gone = result.exits
    assert gone
    for name, tick in gone.items():
        own = result.arbitrageurs[result.arbitrageurs["arbitrageur"] == name].set_index("tick")
        assert own["balance"][tick - 1] < -10
        assert own["balance"][tick - 2] >= -10
        assert (own["queries"][tick:] == 0).all()
