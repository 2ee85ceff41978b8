import numpy as np
import pytest
from paper_markets import GRID

from market.paper.cascades import cascade_curves, ordered_thresholds, pair_thresholds, stage_spend
from market.paper.paper_curves import expected_spend, locate


@pytest.mark.parametrize("stage", [0, 1])
def test_cascade_with_nothing_for_the_other_stage_is_the_single_model(lively, stage):
    thresholds = np.eye(2)[[stage]]
    curve = cascade_curves(lively.solve, thresholds, GRID)[0]
    assert curve == pytest.approx(lively.mean[stage], abs=1e-12)


def test_cascade_with_no_budget_at_all_solves_nothing(lively):
    assert cascade_curves(lively.solve, np.zeros((1, 2)), GRID).max() == 0


def test_second_stage_begins_where_the_first_threshold_ends(lively):
    tau = 0.05
    curve = cascade_curves(lively.solve, np.array([[tau, 0.4]]), GRID)[0]
    assert curve[tau >= GRID] == pytest.approx(lively.mean[0][tau >= GRID], abs=1e-12)
    budgets = np.flatnonzero((GRID > 0.12) & (GRID < 0.4))
    held = locate(GRID, tau).read(lively.solve[:, 0])
    later = locate(GRID, GRID[budgets] - tau).read(lively.solve[:, 1])
    assert curve[budgets] == pytest.approx((held + (1 - held) * later).mean(axis=0), abs=2e-3)


def test_cascade_holds_its_solve_rate_past_its_last_threshold(lively):
    curve = cascade_curves(lively.solve, np.array([[0.02, 0.03]]), GRID)[0]
    both = locate(GRID, 0.02).read(lively.solve[:, 0]), locate(GRID, 0.03).read(lively.solve[:, 1])
    wanted = (1 - (1 - both[0]) * (1 - both[1])).mean()
    assert curve[GRID > 0.0501] == pytest.approx(np.full((GRID > 0.0501).sum(), wanted))


def test_rows_of_cascades_do_not_depend_on_their_company(lively):
    thresholds = pair_thresholds(0.01, 0.5, 1.0)
    together = cascade_curves(lively.solve, np.tile(thresholds, (12, 1)), GRID)
    alone = cascade_curves(lively.solve, thresholds[37:38], GRID)
    assert together[37 + 102 * 11] == pytest.approx(alone[0], abs=1e-12)


def test_spend_on_the_stages_adds_up_to_the_spend_of_the_cascade(lively):
    thresholds = np.array([0.08, 0.92])
    curve = cascade_curves(lively.solve, thresholds[None], GRID)[0]
    parts = stage_spend(lively.solve, thresholds, GRID).sum(axis=0)
    assert parts == pytest.approx(expected_spend(curve, GRID), rel=2e-3)


def test_a_stage_spends_nothing_before_its_turn(lively):
    spend = stage_spend(lively.solve, np.array([0.08, 0.92]), GRID)
    assert spend[1, GRID < 0.08].max() == 0
    assert spend[1, -1] > 0


def test_pair_thresholds_sum_to_the_total():
    thresholds = pair_thresholds(0.01, 0.3, 0.5)
    assert thresholds.shape == (102, 2)
    assert thresholds.sum(axis=1) == pytest.approx(np.full(102, 0.5))


def test_ordered_thresholds_do_not_fall_and_keep_within_the_total():
    rows = ordered_thresholds(2, np.array([0.0, 0.3, 0.8]), 1.0)
    wanted = [[0, 0], [0, 0.3], [0, 0.8], [0.3, 0], [0.3, 0.3], [0.3, 0.7], [0.8, 0]]
    assert rows == pytest.approx(np.array(wanted))
