"""Providers that post the price at which they are at rest."""

from typing import ClassVar, Literal

import numpy as np
import pytest
from logit_market import MERGER
from logit_markets import NASH, apart, logit_market, prices, stepped

from market.foundation.config import Part
from market.simulation.model import MarketModel
from market.simulation.resting_prices import RestingPrices
from market.strategies import provider_pricing
from market.strategies.provider_pricing import plays_equilibrium

REST = {"kind": "equilibrium"}


@pytest.mark.parametrize("sellers", [2, 3])
def test_they_post_the_published_prices_from_the_first_tick_on(tmp_path, sellers):
    spec = logit_market(tmp_path, apart(sellers), REST, ticks=2)
    model = stepped(spec)
    np.testing.assert_allclose(prices(model), NASH[sellers], atol=1e-6)


def test_others_prices_are_held(tmp_path):
    spec = logit_market(
        tmp_path,
        apart(2),
        REST,
        ticks=1,
        **{"providers.m1.pricing": {"kind": "list", "factor": 1.8}},
    )
    asked = prices(stepped(spec))
    assert asked[1] == 1.8
    # p − c = μ/(1 − s) against a rival at 1.8
    weight = np.exp((2 - asked) * 4)
    share = weight[0] / (1 + weight.sum())
    np.testing.assert_allclose(asked[0], 1 + 0.25 / (1 - share), atol=1e-6)


@pytest.mark.parametrize("hold", [False, True])
def test_a_rise_of_costs_is_answered_only_where_the_equilibrium_is_held(tmp_path, hold):
    dearer = {
        "name": "dearer",
        "at": 1,
        "set": {"providers.m0.cost_ratio": 1.2, "providers.m1.cost_ratio": 1.2},
    }
    spec = logit_market(tmp_path, apart(2), REST | {"hold": hold}, ticks=3, interventions=[dearer])
    model = stepped(spec)
    if hold:
        assert (prices(model) > NASH[2] + 0.1).all()
    else:
        np.testing.assert_allclose(prices(model), NASH[2], atol=1e-6)


def test_a_merged_owner_asks_for_all_its_prices_whatever_its_second_provider_would_do(tmp_path):
    second = {"providers.m1.pricing": {"kind": "list"}}
    spec = logit_market(tmp_path, apart(3), REST, ticks=1, merge=["m0", "m1"], **second)
    np.testing.assert_allclose(prices(stepped(spec)), MERGER["price"], atol=1e-6)


def test_what_is_solved_is_remembered(tmp_path, monkeypatch):
    model = MarketModel(logit_market(tmp_path, apart(2), REST | {"hold": True}))
    held, (one, other) = RestingPrices(), model.providers
    first = held.of(model, one)
    monkeypatch.setattr(
        "market.simulation.resting_prices._solve", lambda *_: pytest.fail("solved again")
    )
    assert held.of(model, other) == pytest.approx(first, abs=1e-9)


class Elsewhere(Part):
    """A rule of another package that asks for the same."""

    at_rest: ClassVar[bool] = True
    kind: Literal["elsewhere"] = "elsewhere"


def test_a_rule_from_elsewhere_may_ask_for_it_too():
    assert plays_equilibrium(Elsewhere())
    assert plays_equilibrium(provider_pricing.AtEquilibrium())
    assert not plays_equilibrium(provider_pricing.ListPrice())
