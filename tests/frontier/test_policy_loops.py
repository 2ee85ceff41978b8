"""The compiled loops over policies say what numpy says, to the last bit."""

import numpy as np
import pytest
from conftest import item_response

from market.foundation.compiled import can_compile
from market.frontier import policy_families
from market.frontier.budget_grid import build_tables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.policy_families import Families, cheapest_along_plainly

pytestmark = pytest.mark.skipif(not can_compile(), reason="numba is missing or switched off")

FACTORS = 0.125, 0.8, 1.0, 1.2, 8.0
PRICES = [np.array([0.7, 1.6, 1.1]), np.array([1.0, np.inf, 2.0]), np.full(3, np.inf)]


@pytest.fixture(scope="module")
def families() -> Families:
    cloud = PolicyCloud(build_tables(item_response(problems=40)))
    return cloud.families(np.ones(3), np.linspace(0.05, 0.99, 20), coarse=True)


@pytest.mark.parametrize("price", PRICES)
def test_bills_are_those_of_numpy(families, price):
    np.testing.assert_array_equal(families._bill(price, quick=True), families._bill(price))


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("own", [[True, False, False], [True, True, True], [False, False, False]])
def test_the_cheapest_policies_along_a_price_are_those_of_numpy(families, price, own, monkeypatch):
    compiled = families.along(price, np.array(own), FACTORS)
    monkeypatch.setattr(policy_families, "can_compile", lambda: False)
    np.testing.assert_array_equal(compiled, families.along(price, np.array(own), FACTORS))


def test_in_a_draw_the_first_policy_is_the_cheapest():
    from market.frontier.policy_loops import cheapest_along

    held, moved = np.array([[3.0, 1.0, 1.0, np.inf]]), np.array([[0.0, 1.0, 1.0, np.inf]])
    for cheapest in (cheapest_along, cheapest_along_plainly):
        assert cheapest(held, moved, np.array([0.5, 1.0, 4.0])).ravel().tolist() == [1, 1, 0]
