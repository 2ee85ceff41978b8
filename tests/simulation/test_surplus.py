"""Surplus in whole markets: more to choose from harms no buyer, dearer sellers help none."""

import numpy as np
import pandas as pd
import pytest
from logit_markets import apart, logit_market, only_segment

import market
from market.simulation.model import MarketModel

SMALL = {"ticks": 4, "consumers.teams.size": 2000, "perturb_every": "never"}
LIST = {"kind": "list"}
SHIPPED = ["swebench", "value_demand"]


def stepped(spec: market.Scenario) -> MarketModel:
    model = MarketModel(spec)
    model.step()
    return model


def surplus(model: MarketModel) -> np.ndarray:
    """[J] US dollars per query of each buyer."""
    return only_segment(model).bought.surplus


def shipped(name: str, **more: object) -> MarketModel:
    return stepped(market.load(name, set={**SMALL, **more}))


def test_an_equal_seller_that_is_dearer_moves_no_index_and_lowers_no_surplus(tmp_path):
    two = logit_market(tmp_path, apart(2), pricing=LIST, ticks=1)
    three = logit_market(
        tmp_path,
        apart(3),
        pricing=LIST,
        ticks=1,
        **{"providers.m2.pricing": {"kind": "cost_plus", "markup": 0.5}},
    )
    before, after = stepped(two), stepped(three)
    assert after.recorder.last.measures()["price_index"] == 1
    assert (surplus(after) >= surplus(before)).all()
    assert surplus(after).mean() > surplus(before).mean()


@pytest.mark.parametrize("name", SHIPPED)
def test_arbitrageurs_beside_list_prices_harm_no_buyer(name):
    without, beside = (shipped(name, **{"arbitrageurs.routers.count": n}) for n in (0, 2))
    assert (surplus(beside) >= surplus(without)).all()
    assert surplus(beside).mean() > surplus(without).mean()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_provider_that_is_dearer_helps_no_buyer(name):
    dear = {"providers.OpenAI.pricing": {"kind": "cost_plus", "markup": 1.5}}
    alone = {"arbitrageurs.routers.count": 0}
    now, then = shipped(name, **alone), shipped(name, **alone, **dear)
    assert (surplus(then) <= surplus(now)).all()
    assert surplus(then).mean() < surplus(now).mean()


@pytest.mark.parametrize("name", SHIPPED)
def test_tastes_are_measured_alike_whoever_enters_or_leaves(name):
    comes = shipped(
        name, **{"providers.Alibaba.active_from": 1, "providers.OpenAI.active_until": 2}
    )
    before = only_segment(comes).scale.copy()
    for _ in range(3):
        comes.step()
    np.testing.assert_array_equal(only_segment(comes).scale, before)


def test_what_is_counted_is_what_buyers_chose_by():
    model = shipped("swebench")
    expected = only_segment(model).rate * surplus(model).sum()
    assert model.recorder.last.measures()["consumer_surplus"] == pytest.approx(expected, rel=0.1)


def test_surplus_by_awareness_adds_up_to_all_of_it():
    model = shipped("swebench")
    flow = model.recorder.last.flow
    assert flow.surplus_by_who.sum() == pytest.approx(flow.surplus)
    assert flow.sent_by_who.sum() == flow.sent


def test_buyers_who_know_no_arbitrageur_are_left_as_they_were():
    model = shipped("swebench")
    aware = np.logical_or.reduce(
        [only_segment(model).consideration[a.first] for a in model.arbitrageurs]
    )
    alone = shipped("swebench", **{"arbitrageurs.routers.count": 0})
    np.testing.assert_array_equal(surplus(model)[~aware], surplus(alone)[~aware])
    assert 0.01 < np.mean(~aware) < 0.5


def test_welfare_and_who_has_it_add_up_with_a_tax():
    table = market.run(market.load("swebench", set={**SMALL, "policy.routing_tax": 0.1})).market
    parts = ["consumer_surplus", "producer_surplus", "arbitrageur_surplus", "tax_revenue"]
    pd.testing.assert_series_equal(table["welfare"], table[parts].sum(axis=1), check_names=False)
    assert (table["tax_revenue"] > 0).all()
