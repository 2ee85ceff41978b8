import numpy as np

from market.foundation.json_values import finite


def test_numbers_that_are_not_finite_are_null():
    values = {"a": [np.inf, 1.0], "b": np.array([np.nan, 2.0]), "c": float("-inf")}
    assert finite(values) == {"a": [None, 1.0], "b": [None, 2.0], "c": None}


def test_floats_are_rounded_to_significant_digits_if_asked():
    assert finite([1 / 3, 7], digits=3) == [0.333, 7]
