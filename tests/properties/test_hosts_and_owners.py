"""Markets of several hosts and owners: what must move no price, share or surplus."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
    fixed_prices,
    levers,
    providers_pricing,
    quick_routings,
    recorded,
    resale_pricing,
    resellers,
    segments,
    written,
)

import market
from market.simulation.model import MarketModel

pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")
choices = st.sampled_from(["cheapest", "price_power"])
EXPECTATIONS = fixed_prices | st.just({"kind": "best_response", "count": 5})
Providers = Sequence[Mapping[str, Any]]


def hosted(prices: st.SearchStrategy[Any] = fixed_prices) -> st.SearchStrategy[Providers]:
    """One or two hosts of each model."""
    host = st.fixed_dictionaries({"cost_ratio": st.sampled_from([0.3, 0.5]), "pricing": prices})
    each = st.fixed_dictionaries(
        {model: st.lists(host, min_size=1, max_size=2) for model in RECORDED}
    )
    return each.map(
        lambda of: [
            {"name": f"{model} at {i}", "models": [model], **how}
            for model, hosts in of.items()
            for i, how in enumerate(hosts)
        ]
    )


def routers(least: int = 1, **more: Any) -> st.SearchStrategy[Any]:
    settings = {"routing": quick_routings, "host_choice": choices}
    return resellers(least, **{**settings, **more})


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("records"), {name: name for name in RECORDED})


def spec_of(folder: Path, providers: Providers, buyers: Any, groups: Any, **more: Any):
    parts = {"providers": list(providers), "consumers": buyers, "arbitrageurs": groups, **more}
    return recorded(folder, {}, parts)


def like(one: Expected, other: Expected, names: Mapping[str, str] | None = None) -> None:
    """The same is expected of two markets, sellers of the second under other names."""

    def name(of: str) -> str:
        return (names or {}).get(of, of).split("-")[0]

    for values in ("queries", "paid", "revenue"):
        first = as_called(getattr(one, values), lambda of: of.split("-")[0])
        second = as_called(getattr(other, values), name)
        assert second == pytest.approx(first, rel=1e-9, abs=1e-12 * sum(first.values()))
    totals = [(of.index, sum(of.surplus.values()), of.cost) for of in (one, other)]
    assert totals[1] == pytest.approx(totals[0], rel=1e-9, nan_ok=True)


@fewer
@given(hosted(), segments(alike, switching_cost=st.just(0.0)), routers(), st.randoms())
def test_the_order_of_hosts_decides_nothing(folder, providers, buyers, groups, random):
    other = random.sample(list(providers), len(providers))
    runs = [at_the_end(spec_of(folder, of, buyers, groups)) for of in (providers, other)]
    like(*(Expected.of(run) for run in runs))


@fewer
@given(hosted(), segments(alike, switching_cost=st.just(0.0)), routers())
def test_the_names_of_hosts_decide_nothing(folder, providers, buyers, groups):
    names = {f"z{9 - i}": provider["name"] for i, provider in enumerate(providers)}
    other = [{**p, "name": name} for p, name in zip(providers, names, strict=True)]
    runs = [at_the_end(spec_of(folder, of, buyers, groups)) for of in (providers, other)]
    like(*(Expected.of(run) for run in runs), names=names)


@fewer
@given(
    hosted(),
    segments(taste_correlation=st.just(1.0), switching_cost=st.just(0.0)),
    routers(),
    st.integers(0, 2),
)
def test_where_hosts_are_one_in_buyers_eyes_a_host_may_be_split(
    folder, providers, buyers, groups, at
):
    split = providers[at]
    twin = {**split, "name": "twin"}
    one, other = (
        at_the_end(spec_of(folder, of, buyers, [g | {"host_choice": "cheapest"} for g in groups]))
        for of in (providers, [*providers, twin])
    )
    alone = sum(p["models"] == split["models"] for p in providers) == 1
    if alone:  # else half of what both had becomes a third each
        like(Expected.of(one), Expected.of(other), {"twin": split["name"]})
    measures = [model.recorder.result().market for model in (one, other)]
    np.testing.assert_allclose(measures[1]["price_index"], measures[0]["price_index"], rtol=1e-9)
    totals = [Expected.of(model) for model in (one, other)]
    assert sum(totals[1].queries.values()) == pytest.approx(sum(totals[0].queries.values()))
    assert totals[1].list_spend == pytest.approx(totals[0].list_spend, rel=1e-9)


@fewer
@given(hosted(), segments(), routers(host_choice=st.just("cheapest")), st.floats(0.01, 3))
def test_a_dearer_host_that_is_only_resold_moves_nothing_for_who_buys_the_cheapest(
    folder, providers, buyers, groups, dearer
):
    known = [*(provider["name"] for provider in providers), *(group["name"] for group in groups)]
    buyers = [part | {"knows": known} for part in buyers]
    highest = 1 + dearer
    dear = {
        "name": "dear",
        "models": ["large"],
        "cost_ratio": 0.5,
        "pricing": {"kind": "cost_plus", "markup": 2 * highest - 1},
    }
    # a second host would be a nest in buyers' tastes: without tastes for hosts there is none
    buyers = [part | {"tastes": False} for part in buyers]
    one, other = (
        at_the_end(spec_of(folder, of, buyers, groups)) for of in (providers, [*providers, dear])
    )
    like(Expected.of(one), Expected.of(other), {"dear": "large at 0"})  # it sells nothing


@fewer
@given(hosted(EXPECTATIONS), segments(alike), st.just([]))
def test_hosts_price_alike_however_buyers_are_split(folder, providers, buyers, groups):
    whole = [part | {"size": 30, "switching_cost": 0.0} for part in buyers]
    thirds = [p | {"name": f"{p['name']}{t}", "size": 10} for p in whole for t in "abc"]
    runs = [at_the_end(spec_of(folder, providers, of, groups)) for of in (whole, thirds)]
    like(*(Expected.of(run) for run in runs))


@fewer
@given(hosted(), segments(), routers(0, pricing=resale_pricing))
def test_who_owns_providers_that_keep_their_prices_moves_nothing(folder, providers, buyers, groups):
    merge = [provider["name"] for provider in providers[:2]]
    same = [provider | {"pricing": providers[0]["pricing"]} for provider in providers]
    apart, merged = (
        market.run(spec_of(folder, same, buyers, groups, merge=of)) for of in ([], merge)
    )
    owned = merged.providers.drop(columns="owner")
    pd.testing.assert_frame_equal(owned, apart.providers)
    for name in ("arbitrageurs", "consumers", "models", "trades"):
        pd.testing.assert_frame_equal(merged.tables[name], apart.tables[name])


@fewer
@given(
    hosted(providers_pricing),
    segments(),
    routers(0, awareness=st.floats(0, 1), pricing=resale_pricing),
    levers,
    st.booleans(),
)
def test_money_is_conserved_among_hosts_and_owners(
    folder, providers, buyers, groups, policy, merged
):
    gate = {"policy.gated": [providers[-1]["name"]] if policy["policy.gated"] else []}
    merge = [provider["name"] for provider in providers[:2]] if merged else []
    model = MarketModel(spec_of(folder, providers, buyers, groups, merge=merge, **policy | gate))
    for _ in range(TICKS):
        model.step()
    result, moved = model.recorder.result(), max(model.ledger.turnover, 1.0)
    for table, column in ((result.providers, "provider"), (result.arbitrageurs, "arbitrageur")):
        for name, profit in table.groupby(column)["profit"].sum().items():
            np.testing.assert_allclose(model.ledger.balance(name), profit, atol=1e-9 * moved)
    by_host = result.models.groupby(["tick", "provider"])["revenue"].sum()
    by_provider = result.providers.groupby(["tick", "provider"])["revenue"].sum()
    np.testing.assert_allclose(by_host, by_provider, atol=1e-9 * moved)
    done = result.market["efficiency"].dropna()
    assert (done <= 1 + 1e-9).all()
