import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from market.simulation.menus import cheapest_good_enough

QUALITY = np.array([0.3, 0.5, 0.7])


def test_policies_that_deliver_as_promised_are_sold_as_they_are():
    fee = np.array([1.0, 2.0, 3.0])
    price, policy = cheapest_good_enough(fee, QUALITY, QUALITY)
    np.testing.assert_array_equal(price, fee)
    assert policy.tolist() == [0, 1, 2]


def test_a_policy_that_falls_short_is_sold_for_what_it_delivers():
    price, policy = cheapest_good_enough(
        np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.49, 0.65]), QUALITY
    )
    assert price.tolist() == [1.0, 3.0, np.inf]
    assert policy[:2].tolist() == [0, 2]


def test_a_higher_tier_at_a_lower_price_serves_the_lower_one_too():
    price, policy = cheapest_good_enough(np.array([2.0, 1.5, 3.0]), QUALITY, QUALITY)
    assert price.tolist() == [1.5, 1.5, 3.0]
    assert policy.tolist() == [1, 1, 2]


@given(
    st.lists(st.floats(0.01, 9), min_size=3, max_size=3),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_price_never_falls_with_quality_and_the_promise_is_kept(fee, delivered):
    price, policy = cheapest_good_enough(np.array(fee), np.array(delivered), QUALITY)
    assert (price[1:] >= price[:-1]).all()
    sold = np.isfinite(price)
    assert (np.array(delivered)[policy[sold]] >= QUALITY[sold] - 1e-6).all()


def test_several_menus_are_read_at_once():
    fees = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    price, _ = cheapest_good_enough(fees, QUALITY, QUALITY)
    assert price.tolist() == [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]
