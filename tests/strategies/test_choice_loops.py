"""Compiled loops over groups of buyers: closed forms, and what numpy says of the same."""

import numpy as np
import pytest
from buyer_groups import buyers_of, grouped, needs_of

from market.foundation.compiled import can_compile
from market.strategies.demand import FixedQuality
from market.strategies.distributions import Constant, Uniform
from market.strategies.expected_demand import ExpectedBuyers

pytestmark = pytest.mark.skipif(not can_compile(), reason="numba is missing or switched off")

RULE = FixedQuality(quality=Uniform(low=0.3, high=0.7), budget=Constant(value=0.02))


def groups(nested: tuple[bool, ...], dissimilarity: float) -> ExpectedBuyers:
    needs = needs_of(RULE, 500)
    buyers = buyers_of(RULE, needs, scale=np.linspace(0.001, 0.01, 500))
    return grouped(buyers, nested=nested, dissimilarity=dissimilarity)


@pytest.mark.parametrize("moved", [(0, 1, 2), (1,), (0, 2)])
@pytest.mark.parametrize("dissimilarity", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("nested", [(False, True, True), (True, True, True), (False,) * 3])
def test_chances_are_those_of_numpy(nested, dissimilarity, moved):
    of = groups(nested, dissimilarity)
    size = len(of.queries)
    rng, gains = np.random.default_rng(3), {}
    for o in range(3):
        gains[o] = rng.normal(0, 0.02, (4, size) if o in moved else size)
        gains[o][..., ::7] = -np.inf  # not considered
    gains[2][..., 1::5] = gains[1][..., 1::5] if gains[2].ndim == gains[1].ndim else 0.3  # ties
    plain = of.logit_plainly(gains, of.buyers.scale)
    found = of.chances(gains, moved)
    for o in moved:
        np.testing.assert_allclose(found[o], plain[o], rtol=1e-12, atol=1e-15)
        assert found[o].shape == (4, size)


def test_two_offers_as_good_as_not_buying_are_taken_by_a_third_each():
    of = groups((False, False, False), 1.0)
    nothing = np.zeros(len(of.queries))
    found = of.chances({0: nothing, 1: nothing})
    np.testing.assert_allclose(found[0], 1 / 3, rtol=1e-15)


def test_what_nobody_would_gain_by_is_taken_by_nobody():
    of = groups((False, True, True), 0.5)
    never = np.full(len(of.queries), -np.inf)
    found = of.chances({0: never, 1: never, 2: never})
    assert not any(chance.any() for chance in found.values())
