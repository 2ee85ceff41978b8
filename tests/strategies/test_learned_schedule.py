"""The menu of a router that has beliefs: the convex hull of its cascades, found whole."""

import numpy as np
import pytest
from learned_models import small_and_large

from market.frontier.cascade_steps import Steps, best_paths, path_worths, true_steps
from market.frontier.cascade_tree import CascadeTree, cascade_tree
from market.frontier.query_signal import evaluate_policy, signal_of
from market.population.problem_types import problem_types
from market.strategies.cascade_beliefs import ViewBySteps
from market.strategies.learned_schedule import (
    SupportedPolicies,
    as_believed,
    learned_schedule,
    supported_policies,
)

TABLES = small_and_large(40)
SIGNAL = signal_of(TABLES.population, problem_types(TABLES.population, 3), 0.7)
TREE = cascade_tree(TABLES, 2, 4)
TRUTH = true_steps(TREE, TABLES, SIGNAL.joint(TABLES.population.weight))
PRICE = np.array([1.0, 0.5])


def supported(steps: Steps = TRUTH, most: int = 1_000) -> SupportedPolicies:
    return supported_policies(TREE, ViewBySteps(TREE, steps), SIGNAL.share, PRICE, most)


def mean(tree: CascadeTree, end: np.ndarray) -> tuple[float, float]:
    """Solve rate and cost of cascades by type seen."""
    rate, paid = path_worths(tree, TRUTH, PRICE, end)
    return float(SIGNAL.share @ rate), float(SIGNAL.share @ paid)


def test_no_policy_at_any_value_is_off_the_hull() -> None:
    hull = supported()
    assert (hull.rate[0], hull.paid[0]) == (0.0, 0.0)
    slopes = np.diff(hull.paid) / np.diff(hull.rate)
    assert (np.diff(slopes) > -1e-12).all()
    for value in np.geomspace(1e-3, 10, 60):
        rate, paid = mean(TREE, best_paths(TREE, TRUTH, PRICE, value).end)
        best = (value * hull.rate - hull.paid).max()
        assert value * rate - paid == pytest.approx(best, rel=1e-6, abs=1e-9)


def test_fewer_policies_cost_more_and_reach_as_far() -> None:
    few, all_of_them = supported(most=5), supported()
    assert len(few.rate) == 5
    assert few.rate[-1] == pytest.approx(all_of_them.rate[-1])
    assert (few.cost(all_of_them.rate) >= all_of_them.paid - 1e-12).all()


def test_policies_are_priced_as_other_beliefs_have_them() -> None:
    doubled = Steps(TRUTH.chance, 2 * TRUTH.spend)
    hull = supported()
    dearer = as_believed(hull, ViewBySteps(TREE, doubled), SIGNAL.share, PRICE)
    assert dearer.rate == pytest.approx(hull.rate)
    assert dearer.paid == pytest.approx(2 * hull.paid)


def test_what_is_believed_dearer_and_worse_is_left_out() -> None:
    rng = np.random.default_rng(0)
    chance = np.clip(TRUTH.chance * rng.uniform(0.3, 1.7, TRUTH.chance.shape), 0, 1)
    drawn = Steps(chance, TRUTH.spend)
    believed = as_believed(supported(drawn), ViewBySteps(TREE, TRUTH), SIGNAL.share, PRICE)
    slopes = np.diff(believed.paid) / np.diff(believed.rate)
    assert (np.diff(believed.rate) > 0).all()
    assert (np.diff(slopes) > 0).all()
    # and none is cheaper than the best of those who know
    assert (believed.paid >= supported().cost(believed.rate) - 1e-12).all()


def test_a_schedule_keeps_what_it_promises_where_beliefs_are_true() -> None:
    schedule = learned_schedule(TREE, supported(), SIGNAL, 24)
    assert schedule is not None
    assert len(schedule.policies) == 24
    for quality, spend, policy in zip(
        schedule.quality, schedule.spend, schedule.policies, strict=True
    ):
        assert policy is not None
        value = evaluate_policy(policy, TABLES)
        assert value.solve_rate == pytest.approx(quality, rel=1e-6)
        assert value.spend(PRICE) == pytest.approx(spend, rel=1e-6)


def test_nothing_for_sale_is_no_schedule() -> None:
    nothing = np.array([np.inf, np.inf])
    hull = supported_policies(TREE, ViewBySteps(TREE, TRUTH), SIGNAL.share, nothing, 20)
    assert learned_schedule(TREE, hull, SIGNAL, 8) is None
