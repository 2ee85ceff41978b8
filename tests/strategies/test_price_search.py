"""The search of the best price, on profits whose best price is known."""

from dataclasses import replace

import numpy as np
import pytest

from market.strategies.price_search import PriceRange, best_price

COST, BETA = 0.1, 3.0
ISOELASTIC = COST * BETA / (BETA - 1)  # where (p − c)·p^−β is highest
WIDE = PriceRange(
    low=COST, high=5.0, low_given=False, high_given=False, count=15, undercut=0.01, own=(1.0,)
)


def isoelastic(price):
    return (price - COST) * price**-BETA


def to_the_cheapest(rival):
    """All buyers take the cheapest seller; those of a tie are shared."""
    return lambda price: (price - COST) * np.where(price < rival, 1.0, 0.5 * (price == rival))


@pytest.mark.parametrize("count", [2, 3, 15, 21, 31, 61])
def test_the_best_price_is_found_whatever_the_number_of_coarse_points(count):
    found = best_price(isoelastic, replace(WIDE, count=count))
    assert found.price == pytest.approx(ISOELASTIC, rel=1e-4)
    assert found.bound is None


@pytest.mark.parametrize("count", [15, 21, 31])
def test_a_narrow_peak_is_found_beside_a_broad_one(count):
    def profit(price):
        broad = np.exp(-(np.log(price / 2.3) ** 2))
        return broad + 1.2 * np.exp(-((np.log(price / 0.42) / 0.15) ** 2))

    found = best_price(profit, replace(WIDE, count=count))
    assert found.price == pytest.approx(0.42, rel=0.02)


@pytest.mark.parametrize(("low", "high"), [(0.101, 0.11), (1.0, 8.0)])
def test_the_search_goes_on_beyond_an_end_that_is_no_bound(low, high):
    found = best_price(isoelastic, replace(WIDE, low=low, high=high))
    assert found.price == pytest.approx(ISOELASTIC, rel=1e-4)
    assert found.bound is None


@pytest.mark.parametrize(
    ("low", "high", "bound"), [(0.1, 0.12, "high"), (0.3, 3.0, "low"), (0.1, 3.0, None)]
)
def test_a_bound_is_kept_and_said_to_bind(low, high, bound):
    kept = replace(WIDE, low=low, high=high, low_given=True, high_given=True)
    found = best_price(isoelastic, kept)
    assert found.bound == bound
    assert found.price == {"low": low, "high": high}.get(bound, found.price)


def test_profit_that_rises_for_ever_is_followed_to_an_end_that_binds():
    found = best_price(lambda price: price, WIDE)
    assert found.bound == "high"
    assert found.price > 10 * WIDE.high
    again = best_price(lambda price: price, replace(WIDE, own=(found.price,)))
    assert again.price == found.price  # it does not go on from there, tick by tick


def test_a_tie_goes_to_the_price_nearest_to_the_seller_s_own():
    assert best_price(np.zeros_like, replace(WIDE, own=(0.777,))).price == 0.777


def test_its_own_price_is_kept_where_it_is_as_good():
    own = best_price(isoelastic, WIDE).price
    assert best_price(isoelastic, replace(WIDE, own=(own,), count=23)).price == own


@pytest.mark.parametrize("undercut", [0.01, 0.07])
@pytest.mark.parametrize("count", [15, 31, 61])
def test_a_rival_is_undercut_by_the_share_that_is_set(count, undercut):
    rival = np.array([0.2, 0.9])
    within = replace(WIDE, count=count, undercut=undercut, rivals=rival)
    assert best_price(to_the_cheapest(0.9), within).price == 0.9 * (1 - undercut)


def test_a_rival_is_matched_where_undercutting_it_would_not_pay():
    rival = COST * 1.005
    within = replace(WIDE, rivals=np.array([rival]))
    assert best_price(to_the_cheapest(rival), within).price == rival


def test_a_rival_is_undercut_by_less_at_a_bound_alone():
    within = replace(WIDE, low=0.199, low_given=True, rivals=np.array([0.2]))
    assert best_price(to_the_cheapest(0.2), within).price == 0.199


def test_a_price_is_found_where_every_price_is_just_below_a_rival():
    within = replace(WIDE, low=0.995, high=0.999, low_given=True, high_given=True)
    assert best_price(isoelastic, replace(within, rivals=np.array([1.0]))).price == 0.995


def test_buyers_are_asked_just_less_than_what_they_would_pay_at_most():
    limits = np.array([0.33, 0.4, 0.5])

    def profit(price):
        return (price - COST) * (price[:, None] < limits).sum(axis=1)

    found = best_price(profit, replace(WIDE, limits=limits))
    assert found.price == pytest.approx(0.33, rel=1e-6)
    assert found.profit > 0


@pytest.mark.parametrize("scale", [2.0**-40, 2.0**40])
def test_the_unit_of_money_changes_nothing(scale):
    found = best_price(lambda price: scale * isoelastic(price), WIDE)
    assert found.price == best_price(isoelastic, WIDE).price
