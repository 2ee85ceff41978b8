"""Demand decides the sign: what arbitrage does to total provider revenue."""

import numpy as np
import pytest

import market
from market.strategies.demand import Needs, ValueDemand
from market.strategies.distributions import Constant


def twin(name: str, **more: object) -> tuple[dict[str, float], dict[str, float]]:
    """Summaries without and with arbitrageurs."""
    values = {"ticks": 24, "consumers.teams.size": 4000, "perturb_every": "never", **more}
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


def test_a_planner_does_no_worse_than_any_market_of_cascades():
    for name in ("swebench", "value_demand"):
        for summary in twin(name):
            assert 0.5 < summary["efficiency"] < 1.01


def test_arbitrage_brings_welfare_nearer_to_the_planner_s():
    without, with_arbitrage = twin("swebench")
    assert with_arbitrage["efficiency"] > without["efficiency"] + 0.02


@pytest.fixture(scope="module")
def selection() -> dict[bool, market.RunResult]:
    return {
        separate: market.run(
            market.load(
                "adverse_selection",
                set={
                    "ticks": 16,
                    "arbitrageurs.routers.segment_menus": separate,
                    "perturb_every": "never",
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
    assert selection[True].summary["arbitrage_margin"] > 0
    assert selection[True].summary["efficiency"] > selection[False].summary["efficiency"]


def test_a_provider_charges_each_segment_what_its_problems_cost(selection):
    trades = selection[True].trades
    posted = trades[(trades["tick"] == 0) & (trades["seller"] == "OpenAI")]
    price = posted.pivot(index="quality", columns="problems", values="posted_price")
    both = price.dropna()
    assert (both["hard problems"] > both["teams"]).all()


def test_a_promise_is_kept_on_every_segment_s_problems(selection):
    for result in selection.values():
        trades = result.trades.groupby(["problems", "quality"])[["queries", "solved"]].sum()
        many = trades[trades["queries"] > 1500]
        quality = many.index.get_level_values("quality").to_numpy()
        rate = (many["solved"] / many["queries"]).to_numpy()
        error = np.sqrt(quality * (1 - quality) / many["queries"].to_numpy())
        assert len(many) > 5
        assert (rate > quality - 4 * error).all()


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


def test_a_buyer_to_whom_a_solution_is_worth_nothing_buys_nothing_however_price_sensitive():
    rule = ValueDemand(value=Constant(value=0.0))
    needs = Needs(np.zeros(1, dtype=np.int64), np.zeros(1))
    utility, _ = rule.utility(needs, np.array([0.2]), np.array([0.5]), 1e12)
    assert utility[0] == -np.inf
    assert utility[0] < rule.outside(needs, 1e12)[0]
