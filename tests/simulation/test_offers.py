"""What is offered: a menu tells what its policies really solve."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import market
from market.frontier.cascade import Cascade, Mixture, Stage
from market.simulation.model import MarketModel
from market.simulation.offers import PostedMenu
from market.strategies.menu import price_at


@dataclass(frozen=True)
class Solves:
    """A query mix of which policies solve as much as they are said to."""

    rate: np.ndarray
    tables = SimpleNamespace(checked=None)  # a check that is free and does not err

    def delivered(self, policies):
        return np.where([policy is None for policy in policies], 0.0, self.rate)


def policies_of(fee):
    cascades = (Cascade((Stage("m0", 1.0 + g),)) for g in range(len(fee)))
    return tuple(
        Mixture(cascade, cascade, 1.0) if np.isfinite(asked) else None
        for cascade, asked in zip(cascades, fee, strict=True)
    )


def posted(fee, rate):
    policies = policies_of(fee)
    menu = PostedMenu.of(np.array(fee), policies, Solves(np.array(rate)))
    places = [policies.index(policy) if policy else None for policy in menu.policies]
    return menu.quality.tolist(), menu.price.tolist(), places


def test_policies_that_rise_in_price_and_quality_are_sold_as_they_are():
    assert posted([1.0, 2.0, 3.0], [0.3, 0.5, 0.7]) == ([0.3, 0.5, 0.7], [1.0, 2.0, 3.0], [0, 1, 2])


def test_a_policy_is_sold_for_what_it_solves_whatever_it_was_meant_to():
    found = posted([1.0, 2.0, 3.0], [0.5, 0.3, 0.7])
    assert found == ([0.3, 0.5, 0.7], [1.0, 1.0, 3.0], [0, 0, 2])


def test_better_work_that_is_cheaper_serves_lower_needs_too():
    found = posted([2.0, 1.5, 3.0], [0.3, 0.5, 0.7])
    assert found == ([0.3, 0.5, 0.7], [1.5, 1.5, 3.0], [1, 1, 2])


def test_what_has_no_fee_is_not_sold():
    found = posted([1.0, 2.0, np.inf], [0.3, 0.5, 0.7])
    assert found == ([0.0, 0.3, 0.5], [1.0, 1.0, 2.0], [0, 0, 1])


def test_a_seller_of_nothing_posts_no_price():
    for menu in (posted([np.inf] * 3, [0.3, 0.5, 0.7]), posted([np.inf] * 3, [0.0] * 3)):
        assert menu == ([0.0] * 3, [np.inf] * 3, [None] * 3)


amounts = st.lists(st.floats(0.01, 9), min_size=5, max_size=5)
rates = st.lists(st.floats(0.01, 1), min_size=5, max_size=5)


@given(amounts, rates, st.sets(st.integers(0, 4), max_size=4))
def test_prices_never_fall_with_quality_and_promises_are_kept(fee, rate, unsold):
    asked = np.array(fee)
    asked[list(unsold)] = np.inf
    quality, price, places = posted(asked, rate)
    assert (np.diff(quality) >= 0).all()
    assert (np.diff(price) >= 0).all()
    for promised, policy in zip(quality, places, strict=True):
        assert rate[policy] >= promised


@given(amounts, rates)
def test_nothing_as_good_is_sold_for_less(fee, rate):
    quality, price = map(np.array, posted(fee, rate)[:2])
    for wanted, asked in zip(rate, price_at(quality, price, np.array(rate)), strict=True):
        assert asked == min(f for f, r in zip(fee, rate, strict=True) if r >= wanted)


def test_a_provider_offers_each_of_its_models_and_a_router_one_cascade():
    providers = [
        {"name": "Both", "models": ["gpt5mini", "deepseek"]},
        {"name": "Router", "models": ["sonnet", "qwen3-coder-480b"], "router": True},
    ]
    model = MarketModel(
        market.load("swebench", set={"providers": providers, "consumers.teams.size": 10})
    )
    own = [(offer.name, offer.seller, offer.resold) for offer in model.offers]
    assert own[:3] == [
        ("Both/gpt5mini", 0, False),
        ("Both/deepseek", 0, False),
        ("Router", 1, False),
    ]
    assert {(seller, resold) for _, seller, resold in own[3:]} == {(2, True), (3, True)}
