"""Prices at rest against the closed forms of the logit market, and their first-order conditions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logit_market import MERGER, PUBLISHED, logit_sold
from scipy.special import lambertw

from market.foundation.errors import DataError
from market.measures.formulas import hhi
from market.measures.pricing_pressure import (
    diversion_ratios,
    elasticities,
    lerner_indices,
    upward_pricing_pressure,
)
from market.strategies.equilibrium_solver import (
    Slopes,
    checked_prices,
    pass_through,
    solve_prices,
)
from market.strategies.price_scan import best_alone

TO_SIX = {"rtol": 0, "atol": 1e-6}


def solved(firms, owner=None, start=1.5, **more):
    owner = np.arange(firms) if owner is None else np.array(owner)
    return solve_prices(logit_sold, owner, [np.full(firms, start)], np.ones(firms), **more)


@pytest.mark.parametrize("firms", PUBLISHED)
@pytest.mark.parametrize("start", [1.05, 1.5, 3.0])
def test_competitive_prices_are_the_published_ones_from_any_start(firms, start):
    found = solved(firms, start=start)
    np.testing.assert_allclose(found.price, PUBLISHED[firms]["competitive"], **TO_SIX)
    assert found.converged
    assert found.residual < 1e-9


@pytest.mark.parametrize("firms", PUBLISHED)
def test_joint_prices_are_the_published_ones(firms):
    found = solved(firms, owner=[0] * firms)
    np.testing.assert_allclose(found.price, PUBLISHED[firms]["joint"], **TO_SIX)
    assert found.converged


def test_profits_of_the_duopoly_are_the_published_ones():
    low, high = PUBLISHED[2]["profit"]
    np.testing.assert_allclose(solved(2).profit, low, **TO_SIX)
    np.testing.assert_allclose(solved(2, owner=[0, 0]).profit, high, **TO_SIX)


def test_two_of_three_merge():
    found = solved(3, owner=[0, 0, 2])
    np.testing.assert_allclose(found.price, MERGER["price"], **TO_SIX)
    np.testing.assert_allclose(found.quantity, MERGER["share"], **TO_SIX)
    np.testing.assert_allclose(1 - found.quantity.sum(), MERGER["outside"], **TO_SIX)
    joint = np.array([found.quantity[:2].sum(), found.quantity[2]])
    np.testing.assert_allclose(hhi(joint), 0.5077, atol=5e-5)


def test_pressure_before_the_merger():
    before = solved(3)
    slopes = Slopes.of(logit_sold, before.price)
    diversion = diversion_ratios(slopes.quantity_slope)
    np.testing.assert_allclose(diversion[0, 1], MERGER["diversion"], **TO_SIX)
    own = elasticities(before.quantity, slopes.quantity_slope)
    np.testing.assert_allclose(np.diag(own), MERGER["own"], **TO_SIX)
    np.testing.assert_allclose(own[0, 1], MERGER["cross"], **TO_SIX)
    upp = upward_pricing_pressure(diversion, before.price, np.ones(3))
    np.testing.assert_allclose(upp[0, 1], MERGER["upp"], **TO_SIX)
    np.testing.assert_allclose(upp[0, 1] / before.price[0], MERGER["guppi"], **TO_SIX)
    # Lerner's rule: the index is the inverse of the elasticity
    np.testing.assert_allclose(
        lerner_indices(before.price, np.ones(3)), -1 / np.diag(own), atol=1e-7
    )
    np.testing.assert_allclose(slopes.markup_gap(np.arange(3)), 0, atol=1e-9)


def test_the_cost_reduction_that_would_compensate_a_merger():
    before = solved(3)
    slopes = Slopes.of(logit_sold, before.price)
    alone, merged = (slopes.markup_gap(np.array(owner)) for owner in ([0, 1, 2], [0, 0, 2]))
    np.testing.assert_allclose((alone - merged)[:2], MERGER["compensating"], **TO_SIX)


def test_cost_is_passed_through_to_own_and_rival_prices():
    found = pass_through(logit_sold, np.arange(3), solved(3).price)
    np.testing.assert_allclose(np.diag(found), MERGER["pass_own"], **TO_SIX)
    np.testing.assert_allclose(found[0, 1], MERGER["pass_cross"], **TO_SIX)


def test_wide_offsets_find_nearly_the_same():
    found = solved(2, offsets=(-0.06, -0.03, 0.03, 0.06))
    np.testing.assert_allclose(found.price, PUBLISHED[2]["competitive"], rtol=0.01)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 1.0), st.floats(-1.0, 3.0), st.floats(0.2, 5.0))
def test_a_seller_alone_asks_what_lamberts_function_says(taste, gain, cost):
    """p = c + μ(1 + W(e^{(a − c)/μ − 1})) with a − c a gain over not buying."""
    gain *= taste

    def sold(price):
        share = 1 / (1 + np.exp(np.clip((price - cost - gain) / taste, -700, 700)))
        return share, cost * share

    found = solve_prices(sold, np.zeros(1, dtype=int), [np.array([cost * 1.5])], np.array([cost]))
    wanted = cost + taste * (1 + lambertw(np.exp(gain / taste - 1)).real)
    np.testing.assert_allclose(found.price, wanted, rtol=1e-6)
    assert found.converged


def test_a_stationary_point_that_is_no_maximum_is_no_equilibrium():
    """Two groups of buyers: beside the dear price there is a cheap one that pays better."""

    def sold(price):
        dear = 0.1 / (1 + np.exp((price - 3.0) / 0.1))
        cheap = 1.0 / (1 + np.exp((price - 1.5) / 0.05))
        return dear + cheap, np.zeros(1)

    asked = np.array([2.6])
    alone, free = np.zeros(1, dtype=int), np.array([0.0])
    near = solve_prices(sold, alone, [asked], free, restarts=0)
    assert near.residual < 1e-8
    assert not near.converged
    assert near.largest_gain > 1
    assert near.best[0] < 1.6
    again = solve_prices(sold, alone, [asked], free)  # from what would pay better
    assert again.converged
    assert again.found == 2


def test_gains_at_prices_that_are_no_equilibrium_are_those_of_the_best_reply():
    found = checked_prices(logit_sold, np.arange(2), np.array([2.0, 1.2]), np.ones(2))
    assert not found.converged
    earned = [
        (np.array(asked) * logit_sold(np.array(asked))[0] - logit_sold(np.array(asked))[1])[0]
        for asked in ([2.0, 1.2], [found.best[0], 1.2])
    ]
    np.testing.assert_allclose(found.gain[0], earned[1] / earned[0] - 1)


def test_a_start_at_which_next_to_nothing_is_sold_leads_there_too():
    found = solved(2, start=40.0)
    np.testing.assert_allclose(found.price, PUBLISHED[2]["competitive"], **TO_SIX)


def test_demand_that_never_falls_has_no_best_price():
    def sold(price):
        return np.ones(1), np.zeros(1)

    with pytest.raises(DataError, match="no price is best"):
        solve_prices(sold, np.zeros(1, dtype=int), [np.ones(1)], np.ones(1))


def test_where_a_price_moves_nothing_the_conditions_do_not_hold():
    def sold(price):
        amount = np.where(price <= 2.0, 1.0, 0.0)
        return amount, amount

    found = checked_prices(sold, np.zeros(1, dtype=int), np.array([1.5]), np.ones(1))
    assert found.residual == np.inf
    assert found.found == 0
    np.testing.assert_allclose(found.best, 2.0, rtol=1e-3)


@pytest.mark.parametrize("room", [0.05, 1e-4])
def test_who_sells_only_just_above_cost_has_a_best_price_there(room):
    """A rival that sells the same a little dearer takes every buyer above its price."""

    def profit(asked):
        return asked - 2.0 if asked <= 2.0 * (1 + room) else 0.0

    np.testing.assert_allclose(best_alone(profit, 2.0), 2.0 * (1 + room), rtol=room / 100)


def test_who_earns_nothing_above_cost_asks_its_cost():
    assert best_alone(lambda asked: 0.0, 2.0) == 2.0


def test_a_scale_of_money_scales_prices():
    many = 1e6

    def sold(price):
        amount, cost = logit_sold(price / many)
        return amount, cost * many

    found = solve_prices(sold, np.arange(2), [np.full(2, 1.5 * many)], np.full(2, many))
    np.testing.assert_allclose(found.price / many, PUBLISHED[2]["competitive"], **TO_SIX)
    assert found.converged


def test_who_cannot_sell_even_at_cost_stays_put_and_disturbs_nobody():
    def sold(price):
        amount, cost = logit_sold(price[:2])
        return np.append(amount, 0.0), np.append(cost, 0.0)

    found = solve_prices(sold, np.arange(3), [np.full(3, 1.5)], np.ones(3))
    np.testing.assert_allclose(found.price, [*[PUBLISHED[2]["competitive"]] * 2, 1.5], **TO_SIX)
    assert found.converged
    passed = pass_through(sold, np.arange(3), found.price)
    two = pass_through(logit_sold, np.arange(2), found.price[:2])
    np.testing.assert_allclose(passed[:2, :2], two)
    assert np.isnan(passed[2]).all()
