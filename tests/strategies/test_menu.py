"""Menus: solve rates between two points are served by chance, at the mean of their prices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.compiled import can_compile
from market.strategies import menu
from market.strategies.menu import ROUNDING, Menus, between, cheapest_good_enough, find, price_at
from market.strategies.menu import steps as menu_steps

QUALITY = np.array([0.2, 0.4, 0.4, 0.8])
PRICE = np.array([1.0, 2.0, 3.0, 7.0])


def test_a_solve_rate_between_two_points_is_their_mean_by_chance():
    at, share = find(QUALITY, np.array([0.25, 0.5]))
    assert at.tolist() == [1, 3]
    np.testing.assert_allclose(share, [0.25, 0.25])
    np.testing.assert_allclose(between(QUALITY, at, share), [0.25, 0.5])


@pytest.mark.skipif(not can_compile(), reason="numba is missing or switched off")
def test_needs_of_very_many_are_found_as_those_of_few(monkeypatch):
    rng = np.random.default_rng(1)
    for quality in (QUALITY, np.full(3, 0.5), np.sort(rng.beta(8, 2, 64)) * (np.arange(64) > 9)):
        price = np.where(np.arange(len(quality)) < len(quality) - 1, 1 + quality**3, np.inf)
        steps = np.concatenate([quality, quality * (1 + ROUNDING), np.nextafter(quality, 1)])
        wanted = np.concatenate([rng.random(500), steps])
        found = []
        for many in (0, len(wanted) + 1):
            monkeypatch.setattr(menu, "_MANY", many)
            at, share = find(quality, wanted)
            at = np.minimum(at, len(quality) - 1)
            found.append((at, share, between(price, at, share)))
        for one, other in zip(*found, strict=True):
            np.testing.assert_array_equal(one, other)


def test_of_points_of_one_solve_rate_the_first_serves():
    at, share = find(QUALITY, np.array([0.4]))
    assert (at[0], share[0]) == (1, 1.0)


def test_below_the_first_point_the_first_point_serves():
    at, share = find(QUALITY, np.array([0.0, 0.1, 0.2]))
    assert at.tolist() == [0, 0, 0]
    assert share.tolist() == [1, 1, 1]


def test_beyond_the_last_point_nothing_is_sold():
    assert find(QUALITY, np.array([0.81]))[0][0] == len(QUALITY)
    assert price_at(QUALITY, PRICE, np.array([0.81]))[0] == np.inf


def test_a_solve_rate_that_rounding_puts_beyond_the_last_point_is_sold():
    wanted = np.array([QUALITY[-1] * (1 + ROUNDING / 2)])
    assert price_at(QUALITY, PRICE, wanted)[0] == PRICE[-1]


def test_a_point_is_sold_at_its_own_price_exactly():
    np.testing.assert_array_equal(price_at(QUALITY, PRICE, QUALITY), [1.0, 2.0, 2.0, 7.0])


def test_a_solve_rate_beside_a_point_that_is_not_sold_has_no_price():
    price = np.array([1.0, 2.0, np.inf, np.inf])
    np.testing.assert_array_equal(
        price_at(QUALITY, price, np.array([0.4, 0.5, 0.8])), [2.0, np.inf, np.inf]
    )


def test_several_lists_of_prices_are_read_at_once():
    lists = np.stack([PRICE, 2 * PRICE])
    wanted = np.array([0.1, 0.3, 0.9])
    np.testing.assert_array_equal(
        price_at(QUALITY, lists, wanted),
        [price_at(QUALITY, price, wanted) for price in lists],
    )


def test_each_list_may_be_read_at_points_of_its_own():
    at, share = np.array([[1, 2], [3, 0]]), np.array([[0.5, 1.0], [0.25, 1.0]])
    lists = np.stack([PRICE, 10 * PRICE])
    np.testing.assert_allclose(between(lists, at, share), [[1.5, 3.0], [40.0, 10.0]])
    np.testing.assert_allclose(between(PRICE, at, share), [[1.5, 3.0], [4.0, 1.0]])


@st.composite
def menus(draw):
    points = draw(st.integers(1, 12))
    rises = st.lists(st.floats(0, 1), min_size=points, max_size=points)
    quality = np.cumsum(draw(rises))
    return quality / max(quality[-1], 1e-3) * 0.9, np.cumsum(draw(rises))


@given(menus(), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_a_better_solve_rate_never_costs_less(menu, wanted):
    prices = price_at(*menu, np.sort(wanted))
    before, after = prices[:-1], prices[1:]
    assert (after >= before * (1 - 1e-12)).all()


@given(menus(), st.floats(0, 1))
def test_what_is_sold_delivers_what_is_wanted(menu, wanted):
    quality, _ = menu
    at, share = find(quality, np.array([wanted]))
    if at[0] < len(quality):
        assert between(quality, at, share)[0] >= wanted * (1 - 2 * ROUNDING)


def test_at_each_point_the_cheapest_that_is_as_good_serves():
    fee = np.array([3.0, 1.0, 2.0, np.inf, 5.0, np.inf])
    price, policy = cheapest_good_enough(fee)
    np.testing.assert_array_equal(price, [1.0, 1.0, 2.0, 5.0, 5.0, np.inf])
    np.testing.assert_array_equal(policy, [1, 1, 2, 4, 4, 5])


def test_of_policies_that_are_as_cheap_the_least_good_serves():
    price, policy = cheapest_good_enough(np.array([1.0, 1.0, 1.0]))
    np.testing.assert_array_equal(price, 1.0)
    np.testing.assert_array_equal(policy, [0, 1, 2])


def test_menus_at_several_fees_are_worked_out_at_once():
    fees = np.array([[3.0, 1.0, 2.0], [1.0, 2.0, np.inf]])
    for found, alone in zip(
        cheapest_good_enough(fees), zip(*map(cheapest_good_enough, fees), strict=True), strict=True
    ):
        np.testing.assert_array_equal(found, np.stack(alone))


def test_offers_that_sell_nothing_are_not_sold():
    price = np.array([[[1.0, 2.0], [np.inf, np.inf], [np.inf, np.inf]]] * 2)
    price[1, 2, 0] = 1.0  # to one query mix only
    assert Menus(np.zeros(price.shape), price).sold() == [0, 2]


@pytest.mark.parametrize("points", [1, 2, 64])
def test_steps_of_a_menu_rise_to_all_of_the_reach(points):
    parts = menu_steps(points)
    assert len(parts) == points
    assert parts[-1] == 1
    assert (np.diff(parts, prepend=0.0) > 0).all()


@pytest.mark.parametrize("points", [8, 64])
def test_a_menu_is_denser_near_the_highest_solve_rate(points):
    assert (np.diff(np.diff(menu_steps(points))) < 0).all()


def test_a_menu_of_twice_as_many_points_has_all_of_those_of_the_first():
    one, other = menu_steps(32), menu_steps(64)
    np.testing.assert_array_equal(one, other[1::2])
