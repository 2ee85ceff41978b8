"""Policies one solve rate at a time: the cheapest of them are the cheapest of all, to the bit."""

import numpy as np
import pytest
from conftest import item_response

from market.foundation.compiled import can_compile
from market.frontier import policy_rows
from market.frontier.budget_grid import build_tables
from market.frontier.policy_cloud import PolicyCloud

pytestmark = pytest.mark.skipif(not can_compile(), reason="numba is missing or switched off")

FACTORS = np.array([0.8, 1.0, 1.2, 0.125, 8.0])
MENUS = [np.linspace(0.05, 0.99, 20), np.linspace(0.05, 0.97, 20), np.array([0.0, 0.5, 0.5, 1.0])]
LISTED = np.ones(3)


@pytest.fixture(scope="module")
def cloud() -> PolicyCloud:
    return PolicyCloud(build_tables(item_response(problems=40)))


@pytest.mark.parametrize("own", [[True, False, False], [True, True, True], [False, False, False]])
def test_the_cheapest_along_a_price_are_those_of_all_policies(cloud, own):
    rng, own = np.random.default_rng(7), np.array(own)
    rows = cloud.rows(LISTED)
    for menu in (*MENUS, MENUS[0]):
        families = cloud.families(LISTED, menu, coarse=True)
        for price in (LISTED, *np.exp(rng.normal(0, 1.5, (5, 3)))):
            best, spend = rows.along(price, own, menu, FACTORS)
            np.testing.assert_array_equal(best, families.along(price, own, FACTORS))
            np.testing.assert_array_equal(spend.swapaxes(0, 1), families.list_spend(best, 3))
            assert rows.placed(best) == families.placed(best)


def test_most_policies_are_dearer_than_another_model_by_model(cloud):
    rows = cloud.rows(LISTED)
    rows.along(LISTED, np.array([True, False, False]), MENUS[0], FACTORS)
    every = len(cloud.families(LISTED, MENUS[0], coarse=True)._bill(LISTED)[0])
    assert 0 < rows._block.count.mean() < every / 3


def test_solve_rates_that_were_forgotten_are_worked_out_again(cloud, monkeypatch):
    own = np.array([True, False, False])
    before = cloud.rows(LISTED).along(LISTED, own, MENUS[1], FACTORS)
    monkeypatch.setattr(policy_rows, "MOST_BYTES", 1)
    anew = policy_rows.PolicyRows(cloud.found(LISTED).seen, 3)
    for one, other in zip(before, anew.along(LISTED, own, MENUS[1], FACTORS), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(anew._rows) == 1


def test_free_models_are_left_to_all_policies(cloud):
    assert cloud.rows(np.array([1.0, 0.0, 1.0])) is None
