import math

import pytest

from market.measures.percent import NEAR_ZERO, tells_in_percent


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_percent_are_told_of_a_base_that_is_no_tenth_of_the_larger_level(scale):
    small, large = 0.99 * NEAR_ZERO * scale, 1.01 * NEAR_ZERO * scale
    for base, told in ((small, False), (large, True), (-large, True)):
        difference = scale - base
        assert tells_in_percent(base, difference, difference, difference) == told


def test_percent_are_not_told_of_a_base_within_the_interval_s_half():
    assert tells_in_percent(1.0, 0.1, -0.85, 1.05)
    assert not tells_in_percent(1.0, 0.1, -0.95, 1.15)


def test_percent_are_told_where_nothing_says_how_sure_the_change_is():
    assert tells_in_percent(1.0, 0.1, math.nan, math.nan)


@pytest.mark.parametrize(("base", "difference"), [(0.0, 1.0), (0.0, 0.0), (math.nan, 1.0)])
def test_percent_are_never_told_of_no_base(base, difference):
    assert not tells_in_percent(base, difference, difference, difference)
