"""Expected surplus: its derivative by a price is the chance of a purchase, but for the sign."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.strategies.choice import OUTSIDE_OPTION, Buyers
from market.strategies.demand import FixedQuality, Needs
from market.strategies.distributions import Constant
from market.strategies.expected_demand import ExpectedBuyers
from market.strategies.expected_surplus import expected_surplus
from market.strategies.own_routing import OwnRouting

RULE = FixedQuality(quality=Constant(value=0.5), budget=Constant(value=1.0))


def groups(scale, nest=(-1, -1, -1), dissimilarity=1.0, taste=None, routing=None):
    scale = np.asarray(scale, dtype=float)
    size = len(scale)
    buyers = Buyers(
        rule=RULE,
        needs=Needs(np.full(size, 0.5), np.ones(size)),
        scale=scale,
        switching=np.zeros(size),
        incumbent=np.full(size, OUTSIDE_OPTION),
        consideration=(None,) * len(nest),
        seller_of=np.arange(len(nest)),
        own_routing=routing,
    )
    return ExpectedBuyers(
        buyers, np.ones(size), np.ones(size), 0, np.array(nest), dissimilarity, taste
    )


gain = st.floats(-2, 2)


@settings(max_examples=60, deadline=None)
@given(gain, gain, gain, st.floats(0.1, 2.0), st.sampled_from([0.1, 0.5, 1.0]))
def test_roys_identity(first, second, third, scale, dissimilarity):
    of = groups([scale], nest=(0, 0, -1), dissimilarity=dissimilarity)
    gains = {o: np.array([value]) for o, value in enumerate((first, second, third))}
    chances, step = of.chances(gains), 1e-5 * scale
    for o in gains:
        ends = [expected_surplus(of, gains | {o: gains[o] + by})[0] for by in (step, -step)]
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(slope, chances[o][0], atol=1e-6)


def test_without_tastes_it_is_what_the_best_is_worth():
    gains = {0: np.array([0.3, -0.2]), 1: np.array([0.1, -np.inf])}
    np.testing.assert_array_equal(expected_surplus(groups([0, 0]), gains), [0.3, 0.0])


def test_two_that_are_alike_are_worth_one():
    gains = {0: np.array([0.3]), 1: np.array([0.3])}
    one = expected_surplus(groups([0.5]), {0: gains[0]})
    alike = expected_surplus(groups([0.5], nest=(0, 0), dissimilarity=0.0), gains)
    np.testing.assert_allclose(alike, one)
    assert expected_surplus(groups([0.5]), gains) > one


def test_who_has_tastes_of_its_own_takes_the_best_with_them():
    taste = [np.array([1.0]), np.array([-1.0]), np.array([0.5])]
    of = groups([0.2], nest=(-1, -1), taste=taste)
    found = expected_surplus(of, {0: np.array([0.1]), 1: np.array([0.3])})
    np.testing.assert_allclose(found, 0.1 + 0.2 * (1.0 - 0.5))


@pytest.mark.parametrize("scale", [0.0, 0.5])
def test_where_nothing_is_offered_nothing_is_gained(scale):
    np.testing.assert_array_equal(expected_surplus(groups([scale]), {}), [0.0])
    away = {0: np.array([-np.inf])}
    np.testing.assert_array_equal(expected_surplus(groups([scale]), away), [0.0])


def test_a_router_of_ones_own_is_worth_what_it_saves_and_is_no_new_variety():
    """It shares the taste for the arbitrageur beside which it stands."""
    ones = np.ones(1)
    routing = OwnRouting.of(1, 0.1, ones, (0,), ones)
    of = groups([0.5], nest=(-1, -1), routing=routing)
    alone, with_it = {0: np.array([0.2])}, {0: np.array([0.2]), 1: np.array([0.4])}
    better = expected_surplus(groups([0.5], nest=(-1, -1)), {0: np.array([0.4])})
    np.testing.assert_allclose(expected_surplus(of, with_it), better)
    worse = alone | {1: np.array([0.1])}
    np.testing.assert_allclose(expected_surplus(of, worse), expected_surplus(of, alone))
