import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from market.measures.formulas import (
    hhi,
    price_dispersion,
    ratio,
    segmentation,
    small_provider_share,
)

revenues = arrays(np.float64, (4, 3), elements=st.floats(0, 100))


def test_segmentation_is_one_when_each_tier_is_one_providers():
    assert segmentation(np.diag([3.0, 1.0, 5.0])) == pytest.approx(1)


def test_segmentation_is_one_when_a_provider_has_several_tiers_to_itself():
    assert segmentation(np.array([[1.0, 0], [4.0, 0], [0, 2.0]])) == pytest.approx(1)


def test_segmentation_is_zero_when_all_tiers_share_alike():
    assert segmentation(np.outer([1.0, 2.0, 3.0], [0.7, 0.3])) == pytest.approx(0, abs=1e-12)


def test_segmentation_of_half_a_bit():
    # one tier is the first provider's alone, the other is shared evenly
    revenue = np.array([[2.0, 0.0], [1.0, 1.0]])
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    remaining = 0.5 * math.log(2)
    assert segmentation(revenue) == pytest.approx((entropy - remaining) / entropy)


def test_segmentation_of_a_single_provider_is_missing():
    assert math.isnan(segmentation(np.array([[1.0], [2.0]])))
    assert math.isnan(segmentation(np.zeros((2, 2))))


@given(revenues)
def test_segmentation_is_a_share(revenue):
    value = segmentation(revenue)
    assert math.isnan(value) or 0 <= value <= 1 + 1e-9


def test_hhi_of_equal_providers_is_one_over_their_number():
    assert hhi(np.full(5, 7.0)) == pytest.approx(0.2)
    assert hhi(np.array([3.0, 0.0])) == 1
    assert math.isnan(hhi(np.zeros(2)))


def test_small_providers_are_all_but_the_two_largest():
    assert small_provider_share(np.array([1.0, 5.0, 2.0, 2.0])) == pytest.approx(0.3)
    assert small_provider_share(np.array([1.0, 5.0])) == 0
    assert math.isnan(small_provider_share(np.zeros(3)))


def test_prices_do_not_disperse_when_all_pay_the_same():
    assert price_dispersion(np.full((3, 2), 0.4), np.ones((3, 2))) == pytest.approx(0, abs=1e-12)


def test_dispersion_is_the_coefficient_of_variation_within_a_tier():
    price = np.array([[1.0, 5.0], [3.0, np.inf]])
    queries = np.array([[1.0, 2.0], [1.0, 0.0]])
    # tier 0: mean 2, deviation 1; tier 1: one price; spend 4 and 10
    assert price_dispersion(price, queries) == pytest.approx(4 * 0.5 / 14)
    assert math.isnan(price_dispersion(price, np.zeros((2, 2))))


def test_a_quotient_by_nothing_is_missing():
    assert math.isnan(ratio(1.0, 0.0))
    assert ratio(1.0, 4.0) == 0.25
