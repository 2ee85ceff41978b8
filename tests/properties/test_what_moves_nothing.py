"""What must move no price, share or surplus: sellers of no use, names, bins, how buyers are split.

Names are the keys of random streams. So where a name changes, buyers are alike and know every
seller, and what is compared is what is expected of the market (`expected_measures`).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from expected_measures import Expected, as_called, at_the_end
from hypothesis import given
from hypothesis import strategies as st
from small_markets import (
    RECORDED,
    TICKS,
    alike,
    fewer,
    makers,
    providers_pricing,
    quick_routings,
    recorded,
    resale_pricing,
    resellers,
    segments,
    written,
)

import market
from market.strategies.price_search import FINE

LIST = {"cost_ratio": 0.5, "pricing": {"kind": "list"}}
CALLED = {"small": "zeta", "middle": "alpha", "large": "mid"}
"""Other names of models, in another order."""
EXPECTATIONS = st.sampled_from(
    [{"kind": "list"}, {"kind": "cost_plus", "markup": 0.6}, {"kind": "best_response", "count": 5}]
)
"""Pricing that no draw of a query moves."""
RIVALRY = 10
"""How far the error of a price goes into what is sold at it: about the price sensitivity."""
moving = resellers(1, pricing=resale_pricing, routing=quick_routings)
pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    models = {name: name for name in (*RECORDED, "useless", "dear")} | {"twin": "large"}
    return written(tmp_path_factory.mktemp("records"), models)


@pytest.fixture(scope="module")
def other_names(tmp_path_factory) -> Path:
    models = {name: name for name in ("useless", "dear")} | {"twin": "large"}
    called = {CALLED[name]: name for name in RECORDED}
    return written(tmp_path_factory.mktemp("renamed"), models | called)


def like(one: Expected, other: Expected, name: Callable[[str], str] = lambda name: name) -> None:
    """What is expected of two markets is the same, where sellers of the second go by `name`."""
    for values in ("queries", "paid", "revenue"):
        first, second = (as_called(getattr(of, values), name) for of in (one, other))
        assert second == pytest.approx(first, rel=1e-9, abs=1e-12 * sum(first.values()))
    totals = [(of.index, sum(of.surplus.values()), of.cost, of.welfare) for of in (one, other)]
    assert totals[1] == pytest.approx(totals[0], rel=1e-9, nan_ok=True)


def as_large(name: str) -> str:
    """The name without the difference between a model and its clone."""
    return name.replace("twin", "large")


def same_table(one: pd.DataFrame, other: pd.DataFrame, rtol: float = 1e-9) -> None:
    """Two tables are the same but for rounding."""
    drop = [c for c in ("imbalance",) if c in one]
    one, other = (t.drop(columns=drop).reset_index(drop=True) for t in (one, other))
    pd.testing.assert_frame_equal(one, other, rtol=rtol, atol=1e-12)


def searched(sold: dict[str, dict], routers: list[dict]) -> bool:
    """Whether a seller searches for its best price, which profit's rounding moves by a little."""
    return any(s["pricing"]["kind"] == "best_response" for s in (*sold.values(), *routers))


@pytest.mark.parametrize("name", ["useless", "dear"])
@fewer
@given(
    makers(providers_pricing),
    segments(),
    moving,
)
def test_a_seller_of_no_use_moves_nothing(folder, name, sold, buyers, routers):
    parts = {"consumers": buyers, "arbitrageurs": routers}
    if name == "dear":  # else cascades reach a little further, and menus list other solve rates
        parts["policy.gated"] = [f"maker of {name}"]
    without = market.run(recorded(folder, sold, parts | {"policy.gated": []}))
    there = market.run(recorded(folder, sold | {name: LIST}, parts))
    # the error of a searched price grows with every answer to it: then only the first is compared
    ticks, rtol = (2, RIVALRY * FINE) if searched(sold, routers) else (TICKS, 1e-9)
    for table in ("market", "consumers", "arbitrageurs", "providers"):
        one, other = (run.tables[table] for run in (without, there))
        if table == "providers":
            other = other[other["provider"] != f"maker of {name}"]
        same_table(*(of[of["tick"] < ticks] for of in (one, other)), rtol)


@fewer
@given(
    makers(providers_pricing),
    segments(),
    moving,
    st.floats(0.01, 0.5),
    st.integers(1, 12),
)
def test_the_bins_of_reports_move_no_measure_but_those_of_bins(
    folder, sold, buyers, routers, least, count
):
    parts = {"consumers": buyers, "arbitrageurs": routers}
    bins = {"quality_tiers.min": least, "quality_tiers.count": count}
    one, other = (market.run(recorded(folder, sold, parts, more)) for more in ({}, bins))
    same_table(*(run.market.drop(columns="price_dispersion") for run in (one, other)))
    for name in ("providers", "arbitrageurs", "models"):
        same_table(*(run.tables[name] for run in (one, other)))


@fewer
@given(makers(), segments(alike, switching_cost=st.just(0.0)), resellers(1))
def test_a_segment_and_a_group_of_arbitrageurs_may_be_split(folder, sold, buyers, routers):
    halves = [
        part | {"name": f"{part['name']}{half}", "size": part["size"] // 2}
        for part in buyers
        for half in "ab"
    ]
    apart = [
        group | {"name": f"{group['name']}-{i + 1}", "count": 1}
        for group in routers
        for i in range(group["count"])
    ]
    whole = at_the_end(recorded(folder, sold, {"consumers": buyers, "arbitrageurs": routers}))
    split = at_the_end(recorded(folder, sold, {"consumers": halves, "arbitrageurs": apart}))
    like(Expected.of(whole), Expected.of(split), lambda name: name.split("-")[0])


@fewer
@given(makers(), segments(alike, switching_cost=st.just(0.0)), resellers(1))
def test_names_of_models_sellers_and_segments_decide_nothing(
    folder, other_names, sold, buyers, routers
):
    """Nor does the planner where there are no tastes, which are drawn by name."""
    renamed = {CALLED[model]: how for model, how in sold.items()}
    others = [
        [part | {"name": f"{kind} {9 - i}"} for i, part in enumerate(parts)]
        for kind, parts in (("x", buyers), ("y", routers))
    ]
    one, other = (
        at_the_end(recorded(of, models, {"consumers": c, "arbitrageurs": a}))
        for of, models, c, a in (
            (folder, sold, buyers, routers),
            (other_names, renamed, *others),
        )
    )
    first = dict(zip(other.roster.sellers, one.roster.sellers, strict=True))
    # members of a group move in an order that is drawn by their names
    like(Expected.of(one), Expected.of(other), lambda name: first.get(name, name).split("-")[0])
    if not any(part["tastes"] for part in buyers):
        efficiency = [model.recorder.result().summary["efficiency"] for model in (one, other)]
        assert efficiency[1] == pytest.approx(efficiency[0], rel=1e-9, nan_ok=True)


@fewer
@given(makers(EXPECTATIONS), segments(alike, switching_cost=st.just(0.0)))
def test_providers_price_alike_however_buyers_are_split(folder, sold, buyers):
    parts = {"consumers": [part | {"size": 30} for part in buyers], "arbitrageurs": []}
    thirds = [p | {"name": f"{p['name']}{t}", "size": 10} for p in buyers for t in "abc"]
    runs = [recorded(folder, sold, parts, more) for more in ({}, {"consumers": thirds})]
    like(*(Expected.of(at_the_end(run)) for run in runs))


@fewer
@given(
    st.sampled_from([None, 2.0]),
    makers(),
    segments(alike, switching_cost=st.just(0.0), tastes=st.just(False)),
    resellers(1, routing=quick_routings),
)
def test_without_tastes_a_clone_moves_nothing(folder, markup, sold, buyers, routers):
    parts = {"consumers": buyers, "arbitrageurs": routers}
    clone = sold["large"]
    if markup is not None:
        clone = clone | {"pricing": {"kind": "cost_plus", "markup": markup}}
    alone = at_the_end(recorded(folder, sold, parts))
    both = at_the_end(recorded(folder, sold | {"twin": clone}, parts))
    one, other = Expected.of(alone), Expected.of(both)
    like(one, other, as_large)
    bought = as_called(other.list_spend, as_large)
    assert bought == pytest.approx(one.list_spend, rel=1e-9)


@fewer
@given(makers(), segments(), resellers(1), st.sampled_from([0.0, 0.5]))
def test_a_clone_that_is_only_resold_moves_nothing(folder, sold, buyers, routers, dearer):
    """Its own buyers would have tastes of their own for it; resellers have none."""
    known = [*(f"maker of {name}" for name in sold), *(group["name"] for group in routers)]
    parts = {"consumers": [part | {"knows": known} for part in buyers], "arbitrageurs": routers}
    clone = {"cost_ratio": 0.5, "pricing": {"kind": "cost_plus", "markup": 1 + dearer}}
    sold = sold | {"large": LIST}
    alone, both = (at_the_end(recorded(folder, of, parts)) for of in (sold, sold | {"twin": clone}))
    like(Expected.of(alone), Expected.of(both), as_large)
    for measure in ("segmentation", "hhi_by_model", "efficiency"):
        first, second = (model.recorder.result().market[measure] for model in (alone, both))
        np.testing.assert_allclose(second, first, rtol=1e-9)


@fewer
@given(makers(), st.sampled_from([0.2, 0.5]))
def test_a_clone_moves_neither_market_price_nor_frontier(folder, sold, dearer):
    alone, both = (
        at_the_end(recorded(folder, of, {"ticks": 1, "arbitrageurs": []}))
        for of in (sold, sold | {"twin": LIST})
    )
    price = np.array([1.0, 1.1, 0.9, 0.9 + dearer])
    for found in ("frontier", "market"):
        one, other = (
            getattr(model.costs, found)(model.costs.mixes[0], price[: len(model.roster.models)])
            for model in (alone, both)
        )
        np.testing.assert_array_equal(one.quality, other.quality)
        paid = "spend" if found == "frontier" else "price"
        np.testing.assert_array_equal(getattr(one, paid), getattr(other, paid))


@fewer
@given(makers(EXPECTATIONS), segments(), moving)
def test_shorter_ticks_move_nothing_per_query(folder, sold, buyers, routers):
    shorter = [part | {"queries_per_tick": part["queries_per_tick"] / 2} for part in buyers]
    parts = {"consumers": buyers, "arbitrageurs": routers, "ticks": TICKS // 2}
    once = market.run(recorded(folder, sold, parts))
    twice = market.run(recorded(folder, sold, parts | {"consumers": shorter, "ticks": TICKS}))
    for measure in ("price_index", "price_index_paid", "revenue_per_query", "efficiency"):
        np.testing.assert_allclose(
            twice.market[measure][: TICKS // 2], once.market[measure], rtol=1e-9, err_msg=measure
        )


@fewer
@given(makers(), segments(switching_cost=st.just(0.0)), resellers(1))
def test_half_the_queries_in_twice_the_ticks_come_to_the_same(folder, sold, buyers, routers):
    shorter = [part | {"queries_per_tick": part["queries_per_tick"] / 2} for part in buyers]
    parts = {"consumers": buyers, "arbitrageurs": routers}
    once = at_the_end(recorded(folder, sold, parts))
    twice = at_the_end(recorded(folder, sold, parts | {"consumers": shorter, "ticks": 2 * TICKS}))
    like(Expected.of(once), Expected.of(twice).times(2))
