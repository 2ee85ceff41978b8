import numpy as np

from market.results.free_money import with_free_as_zero


def test_amounts_that_come_of_free_attempts_are_zero_and_others_stay():
    block = {
        "tick": np.array([1, 1]),
        "paid": np.array([1e-12, 0.5]),
        "to:seller": np.array([1e-12, 0.25]),
        "solve_rate": np.array([1e-12, 0.5]),
        "price_per_query": np.array([np.nan, -1e-12]),
    }
    found = with_free_as_zero(block, 1e-9)
    np.testing.assert_array_equal(found["paid"], [0, 0.5])
    np.testing.assert_array_equal(found["to:seller"], [0, 0.25])
    np.testing.assert_array_equal(found["price_per_query"], [np.nan, 0])
    np.testing.assert_array_equal(found["solve_rate"], [1e-12, 0.5])


def test_where_nothing_is_free_the_block_is_the_same():
    block = {"paid": np.array([1e-300])}
    assert with_free_as_zero(block, 0.0) is block
