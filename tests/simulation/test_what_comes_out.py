"""What the measures of a market say: of prices, of models that are the same, of who gains."""

import numpy as np
import pytest

import market
from market.simulation.model import MarketModel, run

NAMES = ("swebench", "value_demand", "synthetic", "duopoly")
SMALL = {"ticks": 3, "consumers.teams.size": 600, "perturb_every": "never"}


def small(name: str, **more: object) -> market.Scenario:
    return market.load(name, set={**SMALL, **more})


def without(name: str) -> market.Scenario:
    groups = market.load(name).arbitrageurs
    return small(name, **{f"arbitrageurs.{group.name}.count": 0 for group in groups})


@pytest.mark.parametrize("measure", ["price_index", "price_index_coverage", "price_index_paid"])
@pytest.mark.parametrize("name", NAMES)
def test_without_arbitrageurs_at_list_prices_the_price_index_is_one(name, measure):
    found = market.run(without(name)).market[measure]
    np.testing.assert_allclose(found, 1, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_all_who_gain_add_up_to_welfare(name):
    table = market.run(small(name, **{"policy.routing_tax": 0.1})).market
    parts = ["consumer_surplus", "producer_surplus", "arbitrageur_surplus", "tax_revenue"]
    np.testing.assert_allclose(table[parts].sum(axis=1), table["welfare"], rtol=1e-9)


@pytest.mark.parametrize("cost", [0.0, 0.5])
@pytest.mark.parametrize("name", NAMES)
def test_no_market_does_better_than_the_planner(name, cost):
    table = market.run(small(name, **{"consumers.teams.switching_cost": cost})).market
    assert (table["efficiency"] <= 1 + 1e-12).all()
    assert (table["efficiency"] > 0.9).all()


@pytest.mark.parametrize("name", ["swebench", "value_demand"])
def test_the_bins_of_reports_move_no_measure_of_the_market(name):
    bins = {"min": 0.2, "max": 0.6, "count": 5}
    one, other = (market.run(small(name, **more)).summary for more in ({}, {"quality_tiers": bins}))
    of_tiers = {"price_dispersion", "imbalance"}
    for measure, value in one.items():
        if measure not in of_tiers:
            assert other[measure] == pytest.approx(value, rel=1e-9, nan_ok=True), measure


def twins(second: str) -> market.Scenario:
    """A cheap model, and a dear one whose twin another provider sells; or is not there."""
    models = [
        {"name": "small", "ability": -1.0, "cost": 0.003},
        {"name": "large", "ability": 0.8, "cost": 0.007},
        {"name": "twin", "ability": 0.8, "cost": 0.007},
    ]
    providers = [{"name": n.title(), "models": [n]} for n in ("small", "large", "twin")]
    kept = [n for n in ("small", "large", "twin") if n != second]
    return small(
        "synthetic",
        **{
            "arbitrageurs": [],
            "consumers.teams.queries_per_tick": 50.0,
            "population.heterogeneity": 0.0,
            "population.models": [m for m in models if m["name"] in kept],
            "providers": [p for p in providers if p["models"][0] in kept],
        },
    )


def test_a_model_under_two_names_counts_as_one():
    alone, both = (market.run(twins(second)).summary for second in ("twin", ""))
    assert both["hhi"] < 0.9 * alone["hhi"]
    assert both["hhi_by_model"] == pytest.approx(alone["hhi_by_model"], rel=0.1)
    assert both["segmentation"] == pytest.approx(alone["segmentation"], rel=0.1)
    assert both["segmentation_by_owner"] < 0.8 * both["segmentation"]


def test_tastes_are_measured_in_the_prices_of_the_base_market():
    base = small("duopoly")
    cheaper = small(
        "duopoly", **{"providers.OpenAI.active_from": 1, "providers.DeepSeek.cost_ratio": 0.1}
    )
    models = MarketModel(cheaper), MarketModel(cheaper, base), MarketModel(base)
    own, given, before = (next(iter(model.segments)).scale for model in models)
    np.testing.assert_array_equal(given, before)
    assert not np.array_equal(own, given)


def test_the_price_index_compares_with_the_base_market_that_is_given():
    base = without("duopoly")
    dear = without("duopoly").model_dump()
    dear["providers"][1]["active_from"] = 1
    spec = market.load("duopoly").__class__.model_validate(dear)
    first = run(spec, base=base).market["price_index"]
    assert first[0] > 1.001  # only GPT-5 mini is for sale, for those whom it reaches
    assert first[1] == pytest.approx(1, rel=1e-12)


def test_one_off_outlays_count_from_the_start():
    knowledge = {"kind": "fit", "budget": 500.0}
    result = market.run(small("routing_knowledge", **{"arbitrageurs.router.knowledge": knowledge}))
    assert result.arbitrageurs["profit"].iloc[-1] > 0
    total = result.arbitrageurs["profit"].sum()
    assert total < 0
    assert result.summary["arbitrage_net_profit"] == pytest.approx(total)
    assert result.agents["router-1"]["net_profit"] == pytest.approx(total)


def test_the_old_name_of_revenue_per_query_is_read_with_a_note():
    summary = market.run(small("duopoly")).summary
    with pytest.warns(DeprecationWarning, match="called revenue_per_query now"):
        assert summary["marginal_revenue_per_query"] == summary["revenue_per_query"]
