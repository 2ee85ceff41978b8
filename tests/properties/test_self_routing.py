"""What holds in every market whose buyers may route for themselves: small ones, generated."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from expected_measures import Expected, as_called, at_the_end
from hypothesis import given
from hypothesis import strategies as st
from money_scales import run_at
from other_money import in_other_money
from small_markets import (
    RECORDED,
    TICKS,
    alike,
    fewer,
    levers,
    load,
    makers,
    markets,
    quick_routings,
    recorded,
    resale_pricing,
    resellers,
    segments,
    written,
)

import market
from market.scenario.schema import OUTSIDE, TREASURY
from market.simulation.model import MarketModel

pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")
COSTS = st.sampled_from([0.0, 0.001, 0.01, 1.0])
own = st.fixed_dictionaries({"cost": COSTS, "routing": quick_routings})
volumes = st.none() | st.sampled_from(
    [{"kind": "lognormal", "sigma": 1.5}, {"kind": "uniform", "low": 0.0, "high": 1.0}]
)
building = st.fixed_dictionaries(
    {"consumers.teams.self_routing": own, "consumers.teams.volume": volumes}
)
groups = resellers(0, pricing=resale_pricing, routing=quick_routings)


def buyers(**more):
    return segments(alike, switching_cost=st.just(0.0), self_routing=own, **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("records"), {name: name for name in RECORDED})


def like(one: Expected, other: Expected, name=lambda name: name) -> None:
    """The same is expected of two markets, where sellers of the second go by `name`."""
    for values in ("queries", "paid", "revenue", "list_spend"):
        first, second = (as_called(getattr(of, values), name) for of in (one, other))
        assert second == pytest.approx(first, rel=1e-9, abs=1e-12 * sum(first.values()))
    assert [other.index, other.cost] == pytest.approx([one.index, one.cost], rel=1e-9, nan_ok=True)


@fewer
@given(markets, levers, building)
def test_money_is_conserved_and_efficiency_is_at_most_one(values, policy, routers):
    model = MarketModel(load(values, policy, routers))
    for _ in range(TICKS):
        model.step()
    result = model.recorder.result()
    total = {account: model.ledger.balance(account) for account in model.ledger.accounts}
    moved = max(model.ledger.turnover, 1.0)
    assert abs(sum(total.values())) <= 1e-9 * moved
    sums = result.market.sum()
    expected = {
        "consumers/teams": -sums["consumer_payments"] - sums["own_router_cost"],
        TREASURY: sums["tax_revenue"],
        OUTSIDE: result.providers["cost"].sum() + sums["own_router_cost"],
    }
    for account, amount in expected.items():
        np.testing.assert_allclose(total[account], amount, atol=1e-9 * moved)
    for table, column in ((result.providers, "provider"), (result.arbitrageurs, "arbitrageur")):
        for name, profit in table.groupby(column)["profit"].sum().items():
            np.testing.assert_allclose(total[name], profit, atol=1e-9 * moved)
    efficiency = result.market["efficiency"].dropna()
    assert (efficiency <= 1 + 1e-9).all()


@fewer
@given(markets, building, st.sampled_from([2.0**-7, 2.0**9]))
def test_units_of_money_move_nothing(tmp_path_factory, values, routers, factor):
    spec = load(values, routers)
    other = in_other_money(spec, factor, tmp_path_factory.mktemp("money"))
    one, two = (market.run(of) for of in (spec, other))
    for name in ("market", "consumers"):
        scaled = run_at(one, factor).tables[name].drop(columns="imbalance", errors="ignore")
        found = two.tables[name].drop(columns="imbalance", errors="ignore")
        pd.testing.assert_frame_equal(found, scaled, check_exact=True)


@fewer
@given(makers(), buyers(), groups, st.randoms())
def test_the_order_of_segments_and_sellers_decides_nothing(folder, sold, wanted, routers, random):
    shuffled = [random.sample(list(of), len(of)) for of in (wanted, routers, sold.items())]
    one, other = (
        at_the_end(recorded(folder, dict(models), {"consumers": c, "arbitrageurs": a}))
        for c, a, models in ((wanted, routers, sold.items()), shuffled)
    )
    like(Expected.of(one), Expected.of(other))


@fewer
@given(makers(), buyers(), resellers(1, routing=quick_routings))
def test_names_of_segments_and_routers_decide_nothing(folder, sold, wanted, routers):
    others = [
        [part | {"name": f"{kind} {9 - i}"} for i, part in enumerate(parts)]
        for kind, parts in (("x", wanted), ("y", routers))
    ]
    one, other = (
        at_the_end(recorded(folder, sold, {"consumers": c, "arbitrageurs": a}))
        for c, a in ((wanted, routers), others)
    )
    first = dict(zip(other.roster.sellers, one.roster.sellers, strict=True))
    like(Expected.of(one), Expected.of(other), lambda name: first.get(name, name).split("-")[0])


@fewer
@given(makers(), buyers(), resellers(1, routing=quick_routings))
def test_a_segment_of_buyers_who_may_route_may_be_split(folder, sold, wanted, routers):
    halves = [
        part | {"name": f"{part['name']}-{half}", "size": part["size"] // 2}
        for part in wanted
        for half in "ab"
    ]
    whole, split = (
        at_the_end(recorded(folder, sold, {"consumers": of, "arbitrageurs": routers}))
        for of in (wanted, halves)
    )

    def called(name: str) -> str:
        return name.split("/")[0].split("-")[0]

    like(Expected.of(whole), Expected.of(split), called)


@fewer
@given(makers(), buyers(), resellers(1, routing=quick_routings))
def test_half_the_queries_and_the_fixed_cost_in_shorter_ticks_come_to_the_same(
    folder, sold, wanted, routers
):
    shorter = [
        part
        | {
            "queries_per_tick": part["queries_per_tick"] / 2,
            "self_routing": part["self_routing"] | {"cost": part["self_routing"]["cost"] / 2},
        }
        for part in wanted
    ]
    once, twice = (
        at_the_end(recorded(folder, sold, {"consumers": c, "arbitrageurs": routers, "ticks": t}))
        for c, t in ((wanted, TICKS), (shorter, 2 * TICKS))
    )
    like(Expected.of(once), Expected.of(twice).times(2))


@fewer
@given(markets, building)
def test_what_buyers_may_build_moves_no_query_that_is_sent(values, routers):
    without = {k: v for k, v in routers.items() if not k.endswith("self_routing")}
    with_, plain = (load(values, of, {"record_queries": True}) for of in (routers, without))
    sent = [market.run(of).queries for of in (with_, plain)]
    for column in ("tick", "segment", "buyer", "problem"):
        assert sent[0][column].equals(sent[1][column])


@fewer
@given(markets, building)
def test_very_dear_routers_move_nothing(values, routers):
    plain = {k: v for k, v in routers.items() if not k.endswith("self_routing")}
    dear = plain | {"consumers.teams.self_routing": {"cost": 1e9}}
    one, other = (market.run(load(values, of)) for of in (plain, dear))
    found = replace(other, trades=other.trades[other.trades["seller"] != "teams/own router"])
    for name in ("market", "providers", "arbitrageurs", "consumers", "models", "trades"):
        table = one.tables[name]
        same = found.tables[name][list(table.columns)].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, table, check_exact=True)
