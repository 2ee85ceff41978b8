"""Pricing pressure from slopes given by hand."""

import numpy as np
import pytest

from market.equilibrium.pressure import compensating_reductions
from market.strategies.price_slopes import NEAR_BY, Slopes

ALIKE = np.ones(2)
APART = np.array([0, 1])


def slopes(cross: float) -> Slopes:
    """Two prices of 1, each of which sells 1 at a cost of ½; own slope −2 by the log price."""
    quantity_slope = np.array([[-2.0, cross], [cross, -2.0]])
    return Slopes(ALIKE, ALIKE, ALIKE / 2, quantity_slope, quantity_slope / 2)


def test_the_cost_reduction_that_compensates_a_merger_is_werden_s():
    found = compensating_reductions(slopes(0.4), APART, ALIKE / 2)
    diversion, margin = 0.2, 0.5  # Werden 1996, both alike: m d/(1 − d) of the price
    np.testing.assert_allclose(found[0, 1], margin * diversion / (1 - diversion))
    np.testing.assert_allclose(found[1, 0], found[0, 1])
    assert np.isnan(np.diag(found)).all()


@pytest.mark.parametrize("cross", [1.9, 2.5])
def test_where_no_fall_of_cost_would_do_there_is_none(cross):
    assert np.isnan(compensating_reductions(slopes(cross), APART, ALIKE / 2)).all()


def test_where_a_quantity_jumps_at_a_price_it_has_no_slope():
    def sold(price):  # all of the first's buyers leave above 1; the second's demand is smooth
        quantity = np.array([float(price[0] <= 1.0), price[1] ** -2])
        return quantity, quantity / 2

    found = Slopes.of(sold, ALIKE).missing_at_jumps(sold, NEAR_BY)
    assert np.isnan(found.quantity_slope[0]).all()
    np.testing.assert_allclose(found.quantity_slope[1], [0, -2], rtol=1e-6)
