import numpy as np
import pytest
from logit_market import PUBLISHED, logit_profits

from market.equilibrium.price_benchmarks import PriceBenchmarks, price_benchmarks
from market.foundation.errors import DataError


@pytest.mark.parametrize("firms", PUBLISHED)
def test_competitive_and_joint_prices_are_the_published_ones(firms):
    found = price_benchmarks(logit_profits, np.ones(firms))
    np.testing.assert_allclose(found.competitive, PUBLISHED[firms]["competitive"], atol=1e-6)
    np.testing.assert_allclose(found.joint, PUBLISHED[firms]["joint"], atol=1e-6)
    assert found.largest_gain < 1e-9


def test_a_scale_of_money_changes_no_price():
    one, other = (
        price_benchmarks(lambda p, k=k: k * logit_profits(p), np.ones(2)) for k in (1.0, 1e-6)
    )
    np.testing.assert_allclose(one.competitive, other.competitive, rtol=1e-5)
    np.testing.assert_allclose(one.joint, other.joint, rtol=1e-5)


def test_free_attempts_have_best_prices_too():
    found = price_benchmarks(lambda p: p * np.exp(-p), np.zeros(2))
    np.testing.assert_allclose(found.competitive, 1.0, rtol=1e-5)


def test_prices_that_go_round_are_those_after_all_turns_and_no_further_turn_is_made():
    asked = []

    def profits(price):
        asked.append(price)
        wanted = np.array([4 if price[1] > 3 else 2, 2 if price[0] > 3 else 4])
        return np.exp(-(np.log(price / wanted) ** 2))

    found = price_benchmarks(profits, np.ones(2))
    np.testing.assert_allclose(found.competitive, [4, 2], rtol=1e-5)  # as after each even turn
    assert found.largest_gain > 0
    assert len(asked) < 2000


def test_profit_that_never_falls_has_no_best_price():
    with pytest.raises(DataError, match="no price is best"):
        price_benchmarks(lambda p: p, np.ones(2))


def test_the_grid_goes_on_by_a_tenth_beyond_both_prices():
    prices = np.array([1.0, 2.0]), np.array([2.0, 3.0])
    grid = PriceBenchmarks(*prices, *prices, 0.0).grid(13, 0.1)
    np.testing.assert_allclose(grid[:, [0, -1]], [[0.9, 2.1], [1.9, 3.1]])
    with pytest.raises(DataError, match="nothing to gain"):
        PriceBenchmarks(prices[0], prices[0], *prices, 0.0).grid(13, 0.1)
