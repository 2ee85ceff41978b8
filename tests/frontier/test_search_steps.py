"""Which solve rates a search goes near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.frontier.search_steps import LATTICE, denser_where_steep, even_rates

EVEN = even_rates(0.8)
RATE = np.linspace(0.001, 0.8, 5000)


def test_no_more_solve_rates_are_searched_near_where_every_solve_costs_the_same():
    np.testing.assert_array_equal(denser_where_steep(EVEN, RATE, 0.3 * RATE), EVEN)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_solve_costs_little_more_from_one_solve_rate_to_the_next(power):
    bill = RATE / (0.8 - RATE + 1e-3) ** power  # steep near the highest
    lattice = denser_where_steep(EVEN, RATE, bill)
    assert len(lattice) > len(EVEN)
    per_solve = np.interp(lattice, RATE, bill) / lattice
    assert np.diff(np.log(per_solve)).max() <= 0.11


@given(st.floats(0.1, 60), st.integers(-60, 60))
def test_however_steep_there_are_at_most_twice_as_many_in_any_money(power, unit):
    bill = RATE**power
    lattice = denser_where_steep(EVEN, RATE, bill)
    assert np.isin(EVEN, lattice).all()
    assert (np.diff(lattice) > 0).all()
    assert len(lattice) <= 2 * LATTICE
    np.testing.assert_array_equal(denser_where_steep(EVEN, RATE, 2.0**unit * bill), lattice)


def test_policies_that_cost_nothing_or_solve_nothing_do_not_count():
    bill, none = np.append(0.3 * RATE, [0.0, 0.5]), np.append(RATE, [0.5, 0.0])
    np.testing.assert_array_equal(denser_where_steep(EVEN, none, bill), EVEN)
    np.testing.assert_array_equal(denser_where_steep(EVEN, np.zeros(3), np.ones(3)), EVEN)
