"""What a buyer takes from one menu, and what its tastes are measured in."""

import numpy as np
import pytest
from buyer_groups import MENUS
from hypothesis import given
from hypothesis import strategies as st

from market.strategies.demand import FixedQuality, Needs, ValueDemand, best_point
from market.strategies.distributions import Constant
from market.strategies.menu import Menus

FIXED = FixedQuality(quality=Constant(value=0.5), budget=Constant(value=1.0))
VALUE = ValueDemand(value=Constant(value=1.0))
QUALITY = np.array([0.2, 0.4, 0.6, 0.8])
# per solution 2, 1.5, 4/3 and 2.5: the third is the cheapest
PRICE = np.array([0.4, 0.6, 0.8, 2.0])


def valuing(*worth: float) -> Needs:
    return Needs(np.zeros(len(worth)), np.array(worth))


@st.composite
def menus(draw):
    points = draw(st.integers(1, 12))
    step = st.floats(0.001, 1)
    quality = np.cumsum(draw(st.lists(step, min_size=points, max_size=points)))
    price = np.cumsum(draw(st.lists(step, min_size=points, max_size=points)))
    unsold = draw(st.integers(0, points - 1))
    price[points - unsold :] = np.inf
    return 0.9 * quality / quality[-1], price


@given(menus(), st.lists(st.floats(0, 20), min_size=1, max_size=20))
def test_a_buyer_by_value_takes_the_point_of_the_highest_surplus_from_the_cheapest_solution_on(
    menu, values
):
    quality, price = menu
    value = np.array(values)
    at = best_point(value, quality, price)
    first = int(np.argmin(price / quality))
    surplus = value[:, None] * quality[first:] - price[first:]
    taken = value * quality[at] - price[at]
    assert (at >= first).all()
    np.testing.assert_allclose(taken, surplus.max(axis=1), atol=1e-12 * (1 + price[first]))


@given(menus(), st.floats(0, 20))
def test_what_is_not_considered_below_the_cheapest_solution_holds_no_surplus_above_0(menu, value):
    quality, price = menu
    at = best_point(np.array([value]), quality, price)[0]
    best = (value * quality - price).max()
    if best > 0:
        assert value * quality[at] - price[at] == pytest.approx(best)


@given(menus(), st.lists(st.floats(0, 20), min_size=2, max_size=9))
def test_who_values_a_solution_more_buys_no_less(menu, values):
    assert (np.diff(best_point(np.sort(values), *menu)) >= 0).all()


def test_of_points_of_the_same_surplus_the_lower_is_bought():
    # a quarter more of a solution for 1.5 more
    quality, price = np.array([0.25, 0.5, 0.75]), np.array([1.0, 1.5, 3.0])
    assert best_point(np.array([6.0, 6.01]), quality, price).tolist() == [1, 2]


def test_where_nothing_is_sold_nothing_is_gained():
    for rule, needs in ((VALUE, valuing(1.0, 5.0)), (FIXED, Needs(np.full(2, 0.5), np.ones(2)))):
        found = rule.purchase(needs, QUALITY, np.full(4, np.inf))
        assert (found.gain == -np.inf).all()


def test_a_buyer_by_value_pays_in_full_for_a_taste():
    # without the lowest quality a buyer of value 0 would take the lowest point, at 0.4
    found = VALUE.purchase(valuing(0.0), QUALITY, PRICE)
    assert found.gain[0] == -0.8


def test_a_buyer_to_whom_a_solution_is_worth_nothing_gains_nothing():
    assert (VALUE.purchase(valuing(0.0), QUALITY, PRICE).gain < 0).all()


def test_a_fixed_need_is_bought_between_points_at_the_mean_of_their_prices():
    found = FIXED.purchase(Needs(np.array([0.5]), np.array([1.0])), QUALITY, PRICE)
    assert found.gain[0] == pytest.approx(1.0 - 0.7)
    assert (found.at[0], found.share[0]) == (2, pytest.approx(0.5))
    assert found.mean(PRICE)[0] == pytest.approx(0.7)


def test_a_fixed_need_beyond_the_menu_is_not_served():
    assert FIXED.purchase(Needs(np.array([0.81]), np.ones(1)), QUALITY, PRICE).gain[0] == -np.inf


def test_a_budget_is_a_value_and_no_cap():
    found = FIXED.purchase(Needs(np.array([0.8]), np.array([1.5])), QUALITY, PRICE)
    assert found.gain[0] == -0.5


OFFERED = Menus(
    np.stack([QUALITY, np.array([0.1, 0.3, 0.5, 0.7])]),
    np.stack([PRICE, np.array([0.2, 0.35, 0.6, 0.9])]),
)


def test_a_fixed_need_s_basket_is_it_at_the_least_price():
    basket = FIXED.basket(Needs(np.array([0.5, 0.8]), np.full(2, 3.0)), OFFERED)
    np.testing.assert_allclose(basket.quality, [0.5, 0.8])
    np.testing.assert_allclose(basket.price, [0.6, 2.0])


@pytest.mark.parametrize(("quality", "worth", "stake"), [(0.5, 3.0, 0.6), (0.5, 0.1, 0.1)])
def test_a_fixed_need_s_tastes_are_measured_in_the_lesser_of_price_and_worth(quality, worth, stake):
    basket = FIXED.basket(Needs(np.array([quality]), np.array([worth])), OFFERED)
    assert basket.stake[0] == pytest.approx(stake)


def test_a_need_that_nobody_reaches_has_tastes_measured_in_its_worth():
    basket = FIXED.basket(Needs(np.array([0.85]), np.array([3.0])), OFFERED)
    assert basket.price[0] == np.inf
    assert basket.stake[0] == 3.0


def test_a_basket_by_value_is_what_would_be_bought_without_tastes():
    value = np.linspace(0.0, 20.0, 401)
    basket = VALUE.basket(valuing(*value), OFFERED)
    surplus = value[:, None, None] * OFFERED.quality - OFFERED.price
    gains = surplus.max(axis=(1, 2)) > 0
    np.testing.assert_allclose(
        (value * basket.quality - basket.price)[gains], surplus.max(axis=(1, 2))[gains]
    )
    np.testing.assert_array_equal(basket.stake, basket.price)


def test_a_basket_of_who_gains_by_nothing_is_the_cheapest_solution():
    basket = VALUE.basket(valuing(0.0, 1.0), OFFERED)
    # 0.35 for 0.3, the least of all per solution
    np.testing.assert_array_equal(basket.quality, [0.3, 0.3])
    np.testing.assert_array_equal(basket.price, [0.35, 0.35])


def test_a_basket_by_value_does_not_hang_on_the_order_of_offers():
    value = np.linspace(0.0, 20.0, 401)
    one, other = (
        VALUE.basket(valuing(*value), Menus(OFFERED.quality[order], OFFERED.price[order]))
        for order in ([0, 1], [1, 0])
    )
    np.testing.assert_array_equal(one.price, other.price)


def test_nothing_sold_is_a_basket_without_a_price():
    nothing = Menus(MENUS.quality, np.full(MENUS.price.shape, np.inf))
    for rule in (FIXED, VALUE):
        assert rule.basket(Needs(np.full(1, 0.5), np.ones(1)), nothing).price[0] == np.inf
