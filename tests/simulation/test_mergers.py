"""One owner of several models, or of several providers: closed forms, and what a merger leaves."""

import numpy as np
import pytest
from logit_markets import BEST, SCALE, WORTH, apart, logit_market, only_segment, stepped
from scipy.optimize import fsolve

import market
from market.foundation.errors import ScenarioError
from market.scenario.files import to_toml
from market.scenario.sources import read_source
from market.simulation.expected_market import ExpectedMarket
from market.simulation.model import MarketModel

EACH = {**BEST, "per": "model"}
THREE = apart(3)


def asked(model: MarketModel) -> np.ndarray:
    return np.concatenate([provider.prices for provider in model.providers])


def nash(owners: list[list[int]], cost: np.ndarray) -> np.ndarray:
    """Prices of logit goods by owner: p − c = μ/(1 − Σs), s of all that the owner has."""

    def gap(price: np.ndarray) -> np.ndarray:
        weight = np.exp((WORTH - price) / SCALE)
        share = weight / (1 + weight.sum())
        markup = np.zeros(len(price))
        for own in owners:
            markup[own] = SCALE / (1 - share[own].sum())
        return price - cost - markup

    found: np.ndarray = fsolve(gap, cost + 0.5, xtol=1e-12)
    return found


def test_two_of_three_that_merge_raise_prices_as_the_closed_form_says(tmp_path):
    merged = stepped(logit_market(tmp_path, THREE, merge=["m0", "m1"], ticks=20))
    np.testing.assert_allclose(asked(merged), [1.541150, 1.541150, 1.430336], rtol=1e-4)


@pytest.mark.parametrize("owners", [{"all": ["m0", "m1", "m2"]}, THREE], ids=["one", "merged"])
def test_an_owner_of_all_settles_at_the_joint_price_model_by_model(tmp_path, owners):
    merge = [] if len(owners) == 1 else list(owners)
    spec = logit_market(tmp_path, owners, pricing=EACH, merge=merge)
    np.testing.assert_allclose(asked(stepped(spec)), 2.0, rtol=1e-4)


def test_models_of_one_provider_have_the_price_that_is_best_for_each(tmp_path):
    # the second model costs its provider less, so one price for both would suit neither
    owners = {"both": ["m0"], "cheap": ["m1"], "rival": ["m2"]}
    spec = logit_market(
        tmp_path, owners, merge=["both", "cheap"], ticks=20, **{"providers.cheap.cost_ratio": 0.8}
    )
    expected = nash([[0, 1], [2]], np.array([1.0, 0.8, 1.0]))
    np.testing.assert_allclose(asked(stepped(spec)), expected, rtol=1e-4)
    assert expected[0] - expected[1] == pytest.approx(0.2)  # one markup for all that it owns


def test_two_pairs_merge_each_with_prices_of_its_own(tmp_path):
    pairs = [["m0", "m1"], ["m2", "m3"]]
    spec = logit_market(tmp_path, apart(4), merge=pairs, ticks=20)
    np.testing.assert_allclose(asked(stepped(spec)), nash([[0, 1], [2, 3]], np.ones(4)), rtol=1e-4)


def test_a_merger_changes_no_taste_and_at_the_same_prices_no_expected_demand(tmp_path):
    apart_, merged = (
        stepped(logit_market(tmp_path, THREE, {"kind": "list"}, ticks=1, merge=merge))
        for merge in ([], ["m0", "m1"])
    )
    for one, other in zip(only_segment(apart_).taste, only_segment(merged).taste, strict=True):
        np.testing.assert_array_equal(one, other)
    sold = [
        [trade.queries.sum() for trade in ExpectedMarket.of(model).trades({})]
        for model in (apart_, merged)
    ]
    np.testing.assert_array_equal(*sold)


def test_before_an_intervention_merges_them_all_is_as_without(tmp_path):
    change = [{"name": "merger", "at": 6, "set": {"merge": ["m0", "m1"]}}]
    spec = logit_market(tmp_path, THREE, ticks=24, interventions=change)
    table = market.run(spec).models.pivot(index="tick", columns="model", values="price_multiplier")
    np.testing.assert_allclose(table.loc[5], 1.370163, rtol=1e-3)
    np.testing.assert_allclose(table.loc[23], [1.541150, 1.541150, 1.430336], rtol=1e-4)


def test_who_merges_is_told_as_one_owner_with_one_profit(tmp_path):
    spec = logit_market(tmp_path, THREE, merge=["m1", "m0"], ticks=4)
    result = market.run(spec)
    last = result.providers.groupby("provider").last()
    assert last["owner"].to_dict() == {"m0": "m0 + m1", "m1": "m0 + m1", "m2": "m2"}
    agents = result.agents
    assert agents["m0 + m1"]["role"] == "owner"
    for earned in ("revenue", "profit", "net_profit"):
        both = agents["m0"][earned] + agents["m1"][earned]
        assert agents["m0 + m1"][earned] == pytest.approx(both)
    share = last["revenue_share"]
    joint = (share["m0"] + share["m1"]) ** 2 + share["m2"] ** 2
    assert result.market["hhi"].iloc[-1] == pytest.approx(joint)


def test_without_a_merger_there_is_no_column_of_owners(tmp_path):
    assert "owner" not in market.run(logit_market(tmp_path, THREE, ticks=1)).providers


def test_a_comparison_tells_merged_providers_together_on_both_sides(tmp_path):
    spec = logit_market(tmp_path, THREE, ticks=8)
    merged = spec.model_copy(update={"merge": ("m0", "m1")})
    found = market.compare(spec, merged, replicates=2, jobs=1, resample=False).agents
    profit = found[found["measure"] == "profit"].set_index("name")
    assert profit.loc["m0 + m1", "role"] == "owner"
    for side in ("a", "b"):
        both = profit.loc["m0", side] + profit.loc["m1", side]
        assert profit.loc["m0 + m1", side] == pytest.approx(both)


def test_who_is_removed_sells_nothing_and_the_others_settle_without(tmp_path):
    spec = logit_market(tmp_path, THREE, remove=["m2"])
    result = market.run(spec)
    gone = result.providers[result.providers["provider"] == "m2"]
    assert not gone["active"].any()
    assert (gone["revenue"] == 0).all()
    last = result.models.groupby("model")["price_multiplier"].last()
    np.testing.assert_allclose(last[["m0", "m1"]], 1.472927, rtol=1e-4)


def test_an_intervention_removes_a_provider_and_another_brings_it_back(tmp_path):
    change = [
        {"name": "out", "at": 1, "set": {"remove": ["m2"]}},
        {"name": "back", "at": 3, "set": {"remove": []}},
    ]
    spec = logit_market(tmp_path, THREE, {"kind": "list"}, ticks=4, interventions=change)
    table = market.run(spec).providers
    assert table[table["provider"] == "m2"]["active"].tolist() == [True, False, False, True]


def test_the_next_of_a_merger_decides_where_the_first_has_left(tmp_path):
    spec = logit_market(
        tmp_path,
        THREE,
        {"kind": "cost_plus", "markup": 0.5},
        merge=["m0", "m1"],
        remove=["m0"],
        ticks=2,
        **{"providers.m1.pricing": {"kind": "cost_plus", "markup": 0.2}},
    )
    prices = market.run(spec).models.groupby("model")["price_multiplier"].last()
    assert prices["m1"] == pytest.approx(1.2)
    assert prices["m2"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"merge": ["m0"]}, "merge: needs two providers or more, and names 'm0' alone"),
        ({"merge": ["m0", "m9"]}, "merge: no provider 'm9'; choose from"),
        ({"merge": [["m0", "m1"], ["m1", "m2"]]}, "merge: 'm1' stands there 2 times"),
        ({"merge": [["m0"], ["m1", "m2"]]}, r'merge: must be names of providers, \["A", "B"\]'),
        ({"merge": "m0"}, r'merge: must be names of providers, \["A", "B"\]'),
        ({"remove": ["m7"]}, "remove: no provider 'm7'"),
        ({"remove": ["m0", "m1", "m2"]}, "remove: nobody would be left to sell"),
    ],
)
def test_wrong_mergers_are_refused_with_the_way_out(tmp_path, values, says):
    with pytest.raises(ScenarioError, match=says):
        logit_market(tmp_path, THREE, **values)


def test_a_router_has_no_price_for_each_of_its_models(tmp_path):
    with pytest.raises(ScenarioError, match="a router sells cascades over all its models"):
        logit_market(tmp_path, {"all": ["m0", "m1"]}, EACH, **{"providers.all.router": True})


@pytest.mark.parametrize("merge", [["m0", "m1"], [["m0", "m1"], ["m2", "m3"]]])
def test_a_merger_is_written_and_read_back(tmp_path, merge):
    spec = logit_market(tmp_path, apart(4), merge=merge)
    (tmp_path / "merged.toml").write_text(to_toml(spec))
    assert market.load(tmp_path / "merged.toml") == spec


def test_a_frontier_is_of_the_models_that_are_on_sale():
    removed = read_source("swebench", overrides=['remove=["Anthropic"]']).population
    assert "sonnet" not in removed.models
    assert len(removed.models) == 5
