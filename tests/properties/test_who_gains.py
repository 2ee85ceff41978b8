"""Who gains: prices against the base market, welfare against a planner, and what sellers add."""

from pathlib import Path

import numpy as np
import pytest
from expected_measures import Expected, at_the_end
from hypothesis import given
from hypothesis import strategies as st
from small_markets import (
    RECORDED,
    TICKS,
    alike,
    few,
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
from market.simulation.model import MarketModel

PARTS = ["consumer_surplus", "producer_surplus", "arbitrageur_surplus", "tax_revenue"]
levers = st.fixed_dictionaries(
    {
        "policy.routing_tax": st.sampled_from([0.0, 0.1]),
        "policy.resale_markup": st.sampled_from([0.0, 0.2]),
        "policy.price_floor": st.sampled_from([0.0, 0.9]),
        "policy.transparency": st.booleans(),
        "policy.gated": st.sampled_from([[], ["maker of middle"]]),
    }
)
pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("records"), {name: name for name in RECORDED})


@fewer
@given(makers(st.just({"kind": "list"})), segments())
def test_at_list_prices_without_arbitrageurs_the_index_is_exactly_one(folder, sold, buyers):
    spec = recorded(folder, sold, {"consumers": buyers, "arbitrageurs": []})
    for measure in ("price_index", "price_index_coverage", "price_index_paid"):
        assert (market.run(spec).market[measure] == 1).all(), measure


@few
@given(
    makers(providers_pricing, cost_ratio=st.sampled_from([0.0, 0.5, 1.5])),
    segments(),
    resellers(
        pricing=resale_pricing,
        routing=quick_routings,
        awareness=st.sampled_from([0.0, 0.5, 1.0]),
    ),
    levers,
)
def test_no_market_does_better_than_the_planner_and_its_parts_add_up(
    folder, sold, buyers, routers, policy
):
    parts = {"consumers": buyers, "arbitrageurs": routers}
    table = market.run(recorded(folder, sold, parts, policy)).market
    assert not (table["efficiency"] > 1 + 1e-12).any()
    off = (table[PARTS].sum(axis=1) - table["welfare"]).abs()
    assert (off <= 1e-12 * table[PARTS].abs().sum(axis=1)).all()


def surplus(model: MarketModel) -> np.ndarray:
    """[J] US dollars per query by which each buyer is better off than by not buying."""
    return np.concatenate([segment.bought.surplus for segment in model.segments])


def never_lower(before: market.Scenario, after: market.Scenario) -> None:
    """At each tick every buyer is as well off after as before, tastes measured as before."""
    one, other = (MarketModel(spec, before) for spec in (before, after))
    for _ in range(TICKS):
        one.step()
        other.step()
        assert (surplus(other) >= surplus(one) - 1e-12 * surplus(one).max()).all()


@fewer
@given(makers(), segments(), st.sampled_from(list(RECORDED)))
def test_another_provider_lowers_no_buyers_surplus(folder, sold, buyers, another):
    others = {name: how for name, how in sold.items() if name != another}
    parts = {"consumers": buyers, "arbitrageurs": []}
    never_lower(*(recorded(folder, of, parts) for of in (others, sold)))


@fewer
@given(makers(), segments(), resellers(1))
def test_arbitrageurs_lower_no_buyers_surplus(folder, sold, buyers, routers):
    never_lower(
        *(recorded(folder, sold, {"consumers": buyers, "arbitrageurs": a}) for a in ([], routers))
    )


@fewer
@given(makers(), segments(alike, switching_cost=st.just(0.0)), resellers(1, 1))
def test_at_correlation_one_another_reseller_is_no_variety(folder, sold, buyers, routers):
    like = {"pricing": {"kind": "undercut", "step": 0.9, "min_margin": 0.1}}
    alike_tastes = [part | {"taste_correlation": 1.0} for part in buyers]
    two, four = (
        Expected.of(
            at_the_end(
                recorded(
                    folder,
                    sold,
                    {
                        "consumers": alike_tastes,
                        "arbitrageurs": [group | like | {"count": count} for group in routers],
                    },
                )
            )
        )
        for count in (2, 4)
    )
    assert four.revenue == pytest.approx(two.revenue, rel=1e-9)
    assert four.surplus == pytest.approx(two.surplus, rel=1e-9)
    assert four.index == pytest.approx(two.index, rel=1e-9, nan_ok=True)
