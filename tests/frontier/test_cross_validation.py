import numpy as np
import pytest
from conftest import item_response

from market.foundation.errors import DataError
from market.frontier.budget_grid import build_tables
from market.frontier.cross_validation import deal_folds, out_of_sample
from market.frontier.frontier import solve_frontier
from market.population.population import Population

QUALITY = np.linspace(0.3, 0.7, 9)


def test_folds_are_even_and_hold_every_problem_once():
    fold = deal_folds(23, 5, np.random.default_rng(1))
    assert sorted(np.bincount(fold).tolist()) == [4, 4, 5, 5, 5]


@pytest.mark.parametrize("folds", [1, 24])
def test_a_number_of_folds_that_cannot_be_is_refused(folds):
    with pytest.raises(DataError, match=f"folds: {folds} is not from 2"):
        deal_folds(23, folds, np.random.default_rng(1))


def test_where_all_problems_are_alike_nothing_is_lost_out_of_sample():
    alike = Population(
        ("a", "b"),
        np.full(12, 1 / 12),
        np.tile([0.3, 0.6], (12, 1)),
        np.tile([0.01, 0.05], (12, 1)),
    )
    tables = build_tables(alike)
    judged = out_of_sample(tables, QUALITY, np.arange(12) % 3)
    np.testing.assert_allclose(judged.achieved, QUALITY, atol=0.02)
    np.testing.assert_allclose(judged.spend, solve_frontier(tables, QUALITY).spend)


def test_policies_chosen_on_other_problems_cost_more_on_average():
    # models that differ much leave much to fit; where they hardly do, chance decides the sign
    population = item_response(heterogeneity=3.0)
    tables = build_tables(population)

    def dearer(deal: int) -> float:
        fold = deal_folds(population.size, 5, np.random.default_rng(deal))
        judged = out_of_sample(tables, QUALITY, fold)
        return float((judged.spend / solve_frontier(tables, judged.achieved).spend).mean())

    assert np.mean([dearer(deal) for deal in range(4)]) > 1.02
