"""Buyers who may route for themselves, in a market that runs."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from expected_measures import Expected

import market
from market.foundation.errors import ScenarioError
from market.scenario.schema import OUTSIDE, TREASURY
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales
from market.simulation.model import MarketModel

pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")
TICKS = 3
DEAR = {"kind": "undercut", "step": 0.05, "min_margin": 0.02, "monopoly_markup": 0.5}
REPLY = {"kind": "best_response", "count": 6, "anchors": 4}
COST = 0.0005  # US dollars per tick: about a tenth of what a query costs
UNLIKE = {"kind": "lognormal", "sigma": 1.5}


def spec(cost: float | None, **more: Any) -> market.Scenario:
    """Two dear arbitrageurs, and buyers of unlike volume."""
    values: dict[str, Any] = {
        "ticks": TICKS,
        "population.problems": 100,
        "menu_points": 32,
        "perturb_every": "never",
        "arbitrageurs.routers.pricing": DEAR,
        "consumers.teams.size": 600,
        "consumers.teams.volume": UNLIKE,
    }
    if cost is not None:
        values["consumers.teams.self_routing"] = {"cost": cost}
    return market.load("synthetic", set=values | {k.replace("__", "."): v for k, v in more.items()})


@cache
def made(cost: float | None, ticks: int = TICKS) -> MarketModel:
    model = MarketModel(spec(cost))
    for _ in range(ticks):
        model.step()
    return model


def at_own(model: MarketModel) -> tuple[Any, int]:
    (segment,), (router,) = model.segments, model.own_routers
    return segment, router.first


def test_a_buyer_stays_only_where_the_fee_over_cost_is_not_above_its_fixed_cost_per_query():
    model = made(COST)
    segment, own = at_own(model)
    menus = model.menus().of_mix(segment.mix)
    needs = segment.needs.quality
    fixed = COST / (segment.rate * segment.relative)
    some = 0
    for arbitrageur in model.arbitrageurs:
        stays = segment.choice.offer == arbitrageur.first
        over = menus.price_at(arbitrageur.first, needs) - menus.price_at(own, needs)
        assert (over[stays] <= fixed[stays]).all()
        some += stays.sum()
    assert some > 20 < segment.routes_itself.sum()


def test_without_tastes_exactly_those_build_for_whom_it_is_cheapest():
    model = MarketModel(spec(COST, consumers__teams__tastes=False))
    for _ in range(TICKS):
        model.step()
    segment, own = at_own(model)
    menus, needs = model.menus().of_mix(segment.mix), segment.needs
    fixed = COST / (segment.rate * segment.relative)
    others = np.full(segment.size, np.inf)
    for o in menus.sold():
        if o != own:
            known = segment.consideration[o]
            price = menus.price_at(o, needs.quality)
            others = np.minimum(others, price if known is None else np.where(known, price, np.inf))
    cost = menus.price_at(own, needs.quality) + fixed
    builds = (needs.worth - cost > 0) & (needs.worth - cost > needs.worth - others)
    assert 0 < builds.sum() < segment.size
    np.testing.assert_array_equal(segment.routes_itself, builds)


@pytest.mark.parametrize("pricing", [DEAR, REPLY])
def test_where_routers_are_free_no_arbitrageur_earns_anything(pricing):
    run = market.run(spec(0.0, arbitrageurs__routers__pricing=pricing))
    assert (run.market["arbitrage_profit"] == 0).all()
    assert (run.market["own_routing_share"] > 0.3).all()


@pytest.mark.parametrize(
    "more", [{}, {"arbitrageurs__routers__pricing": REPLY, "perturb_every": "end"}]
)
def test_where_routers_are_very_dear_the_market_is_the_one_without(more):
    dear, without = (market.run(spec(cost, **more)) for cost in (1e6, None))
    for name, table in without.tables.items():
        if name != "queries":
            found = dear.tables[name][list(table.columns)]
            if name == "trades":
                found = found[found["seller"] != "teams/own router"].reset_index(drop=True)
            pd.testing.assert_frame_equal(found, table, check_exact=True)


def test_the_dearer_the_router_the_fewer_build():
    shares = [
        made(cost).recorder.result().summary["own_router_share"] for cost in (0, COST, 8 * COST)
    ]
    assert shares[0] > shares[1] > shares[2] > 0


def test_those_who_build_send_more_than_others():
    segment, _ = at_own(made(COST))
    builds = segment.routes_itself
    assert segment.relative[builds].mean() > 2 * segment.relative[~builds].mean()


def test_fixed_costs_are_paid_outside_by_those_who_use_their_routers():
    model, paid = MarketModel(spec(COST)), 0.0
    for _ in range(TICKS):
        model.step()
        paid += COST * float(next(iter(model.segments)).routes_itself.sum())
    result = model.recorder.result()
    outside = model.ledger.balance(OUTSIDE) - result.providers["cost"].sum()
    assert outside == pytest.approx(paid, rel=1e-9)
    assert result.market["own_router_cost"].sum() == pytest.approx(paid, rel=1e-12)
    spent = result.market["consumer_payments"].sum() + paid
    assert -model.ledger.balance("consumers/teams") == pytest.approx(spent, rel=1e-9)


def test_consumer_surplus_is_what_queries_are_worth_less_payments_and_fixed_costs():
    model = MarketModel(spec(COST, consumers__teams__tastes=False, record_queries=True))
    model.step()
    result, (segment,) = model.recorder.result(), model.segments
    served = result.queries[result.queries["seller"].notna()]
    worth = segment.needs.worth[served["buyer"]].sum()
    tick = result.market.iloc[0]
    net = worth - tick["consumer_payments"] - tick["own_router_cost"]
    assert tick["consumer_surplus"] == pytest.approx(net, rel=1e-9)
    who = model.recorder.last.flow.surplus_by_who.sum()
    assert who == pytest.approx(tick["consumer_surplus"], rel=1e-9)


def test_a_router_buys_at_consumers_prices_whatever_arbitrageurs_pay_and_where_they_may_not():
    levers = {"policy__resale_markup": 0.5, "policy__routing_tax": 0.2, "policy__gated": ["South"]}
    free, levied = (MarketModel(spec(0.0, **more)) for more in ({}, levers))
    for model in (free, levied):
        for _ in range(TICKS):
            model.step()
    menus = [model.menus().price[0, at_own(model)[1]] for model in (free, levied)]
    np.testing.assert_array_equal(*menus)
    last = levied.recorder.last.payments
    assert last.own_attempts.sum() > 0 == last.tax.sum()
    assert levied.ledger.balance(TREASURY) == 0


def test_providers_count_what_routers_buy_as_sold_directly():
    result = made(0.0).recorder.result()
    parts = result.providers[["direct_revenue", "resale_revenue"]].sum(axis=1)
    np.testing.assert_allclose(parts, result.providers["revenue"], rtol=1e-12)
    assert (result.providers["resale_revenue"] == 0).all()


@pytest.mark.parametrize("cost", [0.0, COST])
def test_expected_sales_are_about_what_is_sold(cost):
    many = {"consumers__teams__size": 8000, "consumers__teams__volume__sigma": 0.7}
    model = MarketModel(spec(cost, ticks=1, **many))
    model.step()
    market_now, (segment,) = ExpectedMarket.of(model), model.segments
    expected = dict.fromkeys(model.roster.sellers, 0.0)
    for trade in market_now.trades({}):
        name = model.roster.sellers[int(market_now.seller_of[trade.offer])]
        expected[name] += trade.queries.sum()
    sold = np.bincount(segment.bought.seller + 1, segment.relative, len(model.roster.sellers) + 1)[
        1:
    ]
    found = np.array(list(expected.values()))
    np.testing.assert_allclose(found, sold, atol=0.015 * segment.size)


def test_best_replies_answer_to_routers_that_buyers_might_have():
    """Fees fall although hardly anybody builds: what counts is that buyers could."""
    replies = {"arbitrageurs__routers__pricing": REPLY, "arbitrageurs__routers__count": 1}
    replies["consumers__teams__size"] = 6000
    with_, without = (market.run(spec(cost, **replies)).market for cost in (COST, None))
    fees = [
        run["consumer_payments"].iloc[-1] / run["queries_served"].iloc[-1]
        for run in (with_, without)
    ]
    assert fees[0] < fees[1]
    margin = [run["arbitrage_margin"].iloc[-1] for run in (with_, without)]
    assert margin[0] < 0.5 * margin[1]


def test_efficiency_is_never_over_one_and_the_planner_may_let_buyers_route():
    free, none = (made(cost).recorder.result().market["efficiency"] for cost in (0.0, None))
    assert (free <= 1 + 1e-12).all()
    assert (none <= 1 + 1e-12).all()


def test_a_fitting_budget_is_paid_once_by_the_buyers_together():
    fit = {"cost": 0.0, "knowledge": {"kind": "fit", "budget": 2.0}}
    model = MarketModel(spec(None, consumers__teams__self_routing=fit))
    for _ in range(TICKS):
        model.step()
    result = model.recorder.result()
    paid = result.market["own_router_cost"]
    assert 2.0 <= paid[0] < 4.0  # the last problem is finished
    assert (paid[1:] == 0).all()
    assert result.providers["fitting_revenue"].sum() == pytest.approx(paid[0], rel=1e-12)
    assert result.market["imbalance"].max() < 1e-9
    full, fitted = (m.menus().price[0, at_own(m)[1]] for m in (made(0.0), model))
    assert np.nanmin(fitted) >= 0
    assert not np.array_equal(full, fitted)


def test_a_signal_of_their_own_lets_buyers_route_for_less():
    seen = {"cost": 0.0, "routing": {"kind": "signal", "accuracy": 0.9, "types": 3}}
    model = MarketModel(spec(None, consumers__teams__self_routing=seen, ticks=1))
    model.step()
    blind, sees = (
        m.menus().of_mix(0).price_at(at_own(m)[1], np.array([0.5]))[0] for m in (made(0.0), model)
    )
    assert sees < blind


def test_an_intervention_may_change_the_cost_or_bring_routers_in():
    change = [
        {"name": "tools", "at": 1, "set": {"consumers.teams.self_routing": {"cost": 0.0}}},
        {"name": "dear", "at": 2, "set": {"consumers.teams.self_routing.cost": 1e6}},
    ]
    run = market.run(spec(None, interventions=change)).market
    assert run["own_routing_share"].tolist()[0] == 0 == run["own_routing_share"].tolist()[2]
    assert run["own_routing_share"][1] > 0.3


def test_queries_are_dealt_by_volume_and_their_mean_stays():
    many = {"record_queries": True, "consumers__teams__queries_per_tick": 20.0}
    unlike, alike = (spec(None, consumers__teams__volume=v, **many) for v in (UNLIKE, None))
    model = MarketModel(unlike)
    assert next(iter(model.segments)).relative.mean() == pytest.approx(1.0, rel=1e-12)
    sent = [market.run(of).queries for of in (unlike, alike)]
    expected = 20.0 * TICKS * 600
    assert [len(queries) for queries in sent] == pytest.approx(
        [expected] * 2, abs=5 * expected**0.5
    )
    counts = np.bincount(sent[0]["buyer"], minlength=600)
    of_buyer = 20.0 * TICKS * next(iter(model.segments)).relative
    assert (np.abs(counts - of_buyer) < 6 * np.sqrt(of_buyer + 1)).all()


def test_an_oracle_of_their_own_must_know_everything():
    asks = {"cost": 0.0, "routing": {"kind": "oracle"}, "knowledge": {"kind": "fit", "budget": 1}}
    with pytest.raises(ScenarioError, match="knows every problem"):
        spec(None, consumers__teams__self_routing=asks)


def test_a_fitting_sample_needs_a_verifier_that_does_not_err():
    fit = {"cost": 0.0, "knowledge": {"kind": "fit", "budget": 2.0}}
    with pytest.raises(ScenarioError, match=r"self_routing\.knowledge.*verifier"):
        spec(None, consumers__teams__self_routing=fit, consumers__teams__verifier="none")


@pytest.mark.parametrize(
    "none", [{"kind": "constant", "value": 0}, {"kind": "uniform", "low": 0, "high": 0}]
)
def test_volumes_that_are_all_zero_are_refused(none):
    with pytest.raises(ScenarioError, match=r"consumers\.teams.*volumes are all 0"):
        spec(None, consumers__teams__volume=none)


@pytest.mark.parametrize("cost", [0.0, COST])
def test_providers_count_on_what_routers_buy_and_on_losing_it_as_they_get_dearer(cost):
    model = made(cost)
    now, expected = Expected.of(model), ExpectedMarket.of(model)
    prices = np.array([1.0, 1.3])
    for provider in model.providers:
        sales = provider_sales(expected, provider.index, prices)
        revenue = prices * sales.quantity
        assert revenue[0] == pytest.approx(now.revenue[provider.name], rel=1e-9, abs=1e-12)
        assert sales.quantity[1] <= sales.quantity[0]


def test_routers_bear_the_checks_of_what_they_buy():
    checked = {"verifier__false_accept": 0.1, "verifier__price": 0.001}
    model = MarketModel(spec(0.0, **checked))
    for _ in range(TICKS):
        model.step()
    result = model.recorder.result()
    last = model.recorder.last.payments
    own = last.checks[:, model.roster.own].sum()
    assert 0 < own <= last.buyers_checks.sum()
    assert (result.market["arbitrage_profit"] == 0).all()
    assert (result.market["efficiency"] <= 1 + 1e-12).all()
    spent = result.market["consumer_payments"] + result.consumers["verification_cost"]
    assert -model.ledger.balance("consumers/teams") == pytest.approx(spent.sum(), rel=1e-9)
