"""Several prices of one owner, searched in turn: the top of what it expects of all together."""

from dataclasses import dataclass

import numpy as np
import pytest
from rule_views import provider_view

from market.strategies.market_view import PriceMarks
from market.strategies.owner_prices import best_replies
from market.strategies.provider_pricing import BestResponse


@dataclass(frozen=True)
class Hill:
    """Profit that is highest at some prices, which are linked: one is best beside the others."""

    peak: np.ndarray
    link: float = 0.8

    def profit(self, alternatives):
        gap = np.log(alternatives / self.peak)
        together = gap.sum(axis=1) ** 2 - (gap**2).sum(axis=1)
        return 10 - (gap**2).sum(axis=1) - self.link * together / (len(self.peak) - 1) / 2

    def marks(self, price):
        nothing = (np.empty(0),)
        return PriceMarks(np.array([5.0]), nothing, nothing)


@pytest.mark.parametrize("link", [0.0, 0.8, -0.8])
def test_linked_prices_are_found_together(link):
    peak = np.array([0.8, 1.4, 2.0])
    views = [provider_view(cost_ratio=0.1)] * 3
    own = np.ones(3)
    for _ in range(3):  # ticks
        replies = best_replies(BestResponse(), views, Hill(peak, link), own)
        own = np.array([reply.multiplier for reply in replies])
    np.testing.assert_allclose(own, peak, rtol=1e-3)


def test_no_step_lowers_what_the_owner_expects():
    peak = np.array([0.8, 1.4])
    found, own = [], np.array([3.0, 0.3])
    hill = Hill(peak)
    for _ in range(4):
        found.append(float(hill.profit(own[None])[0]))
        replies = best_replies(BestResponse(), [provider_view(cost_ratio=0.1)] * 2, hill, own)
        own = np.array([reply.multiplier for reply in replies])
    assert (np.diff(found) >= 0).all()


def test_a_bound_holds_whatever_the_owner_asked_before():
    replies = best_replies(
        BestResponse(high=1.0),
        [provider_view(cost_ratio=0.1)] * 2,
        Hill(np.array([2.0, 2.0]), 0.0),
        np.array([1.8, 1.8]),
    )
    assert [reply.multiplier for reply in replies] == [1.0, 1.0]
    assert {reply.bound for reply in replies} == {"the bound high = 1"}
