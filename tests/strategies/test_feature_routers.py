"""Routers that go by features of a query: bandits with linear outcomes, and nearest queries."""

from collections.abc import Callable

import numpy as np
import pytest

from market.foundation.arrays import FloatArray
from market.frontier import build_tables
from market.frontier.cascade_steps import best_paths, path_worths, true_steps
from market.frontier.cascade_tree import CascadeTree, cascade_tree
from market.frontier.query_signal import signal_of
from market.frontier.tree_loops import count_neighbours
from market.frontier.tree_trials import LevelDraws
from market.population.item_response import synthetic
from market.population.problem_types import problem_types
from market.strategies.knn_router import NearestRouter
from market.strategies.learning_routers import LearningRouter, Seen, ThompsonRouter
from market.strategies.learning_stream import LearningCurve, World, learn_stream
from market.strategies.linucb_router import LinUCBRouter
from market.strategies.paced_router import PacedRouter
from market.strategies.step_beliefs import PublicCurves

MODELS = {"small": (-1.0, 0.002), "middle": (-0.3, 0.008), "large": (0.5, 0.03)}
Make = Callable[[CascadeTree, PublicCurves], LearningRouter]


def population():
    rng = {name: np.random.default_rng([0, k]) for k, name in enumerate(("problems", *MODELS))}
    ability = {name: ability for name, (ability, _) in MODELS.items()}
    cost = {name: cost for name, (_, cost) in MODELS.items()}
    return synthetic(ability, cost, problems=60, heterogeneity=1.5, unsolvable=0.1, rng=rng)


TABLES = build_tables(population())
LABEL = problem_types(TABLES.population, 4)
ONE_HOT: FloatArray = np.eye(4)[LABEL]
NOTHING = signal_of(TABLES.population, np.zeros(60, dtype=np.int64), 0.0)


def coordinates() -> FloatArray:
    """[n, 2] the two directions in which problems differ most."""
    chance = np.clip(TABLES.population.solve_prob, 0.02, 0.98)
    off = np.log(chance / (1 - chance))
    off -= off.mean(axis=0)
    left, size, _ = np.linalg.svd(off, full_matrices=False)
    found = left[:, :2] * size[:2]
    return np.asarray(found / found.std(axis=0))


def stream(make: Make, seen: FloatArray, noise: float, sizes: list[int]) -> LearningCurve:
    tree = cascade_tree(TABLES, 2, 3)
    world = World(TABLES, NOTHING, np.ones(3), 0.2, seen, noise)
    router = make(tree, PublicCurves.of(tree, TABLES))
    return learn_stream(
        tree, {0: world}, router, sizes, np.random.default_rng(0), np.random.default_rng(1)
    )


def lost(curve: LearningCurve) -> FloatArray:
    """[4] share of what the best is worth that is lost, by quarter."""
    gap = (curve.best - curve.net).reshape(4, -1).sum(axis=1)
    return np.asarray(gap / curve.best.reshape(4, -1).sum(axis=1))


def test_linear_outcomes_are_learned_where_they_are_linear() -> None:
    curve = stream(lambda tree, public: LinUCBRouter(tree, 4, public), ONE_HOT, 0.0, [20] * 800)
    assert curve.slope(0.9) < 0.8
    assert lost(curve)[-1] < 0.03
    assert lost(curve)[0] > 3 * lost(curve)[-1]


def test_a_query_at_which_all_was_tried_counts_once_for_each_cascade() -> None:
    tree = cascade_tree(TABLES, 2, 3)
    router = LinUCBRouter(tree, 1, PublicCurves.of(tree, TABLES), ridge=16.0)
    never = np.full((2, 3), np.inf)
    problem = np.array([3, 8])
    draws = LevelDraws.of(tree, TABLES.population, problem, never, TABLES.remainder)
    seen = Seen(np.zeros(2, dtype=np.int64), np.array([[0.5], [2.0]]))
    router.observe_sample(seen, draws, np.array([True, True, False]))
    x = np.array([[1.0, 0.5], [1.0, 2.0]])
    sold = ~tree.uses[:, 2]
    wanted = np.where(sold[:, None, None], 16 * np.eye(2) + x.T @ x, 16 * np.eye(2))
    wanted[0] = 16 * np.eye(2)
    np.testing.assert_allclose(router._moment, wanted)


def test_a_narrow_width_may_stay_with_what_is_not_best() -> None:
    """What is not tried is never found to be better: the width buys exploration."""
    found = [
        stream(
            lambda tree, public, width=width: LinUCBRouter(tree, 4, public, width=width),
            ONE_HOT,
            0.0,
            [20] * 400,
        )
        for width in (0.1, 1.0)
    ]
    narrow, wide = (lost(curve) for curve in found)
    assert narrow[0] < wide[0]
    assert narrow[-1] > wide[-1]


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_the_nearest_queries_tell_more_than_all_of_them(noise: float) -> None:
    nearest, blind = (
        stream(make, coordinates(), noise, [200] * 40)
        for make in (
            lambda tree, public: NearestRouter(tree, public),
            lambda tree, public: ThompsonRouter(tree, 1, public),
        )
    )
    assert lost(nearest)[-1] < 0.6 * lost(blind)[-1]
    assert lost(nearest)[-1] < 0.7 * lost(nearest)[0]
    assert nearest.slope(0.9) < 0.9


def test_neighbours_count_for_the_steps_that_they_came_to() -> None:
    nodes = np.array([[1, 2, -1], [1, -1, -1], [3, -1, -1]])
    solved, left = np.array([True, False, True]), np.full((3, 3), 0.25)
    reached, solving, saved = np.zeros((3, 2, 4))
    near = np.array([[0, 1], [2, 2]])
    count_neighbours(near, nodes, solved, left, reached, solving, saved)
    assert reached.tolist() == [[0, 2, 1, 0], [0, 0, 0, 2]]
    assert solving.tolist() == [[0, 0, 1, 0], [0, 0, 0, 2]]
    assert saved.tolist() == [[0, 0.5, 0.25, 0], [0, 0, 0, 0.5]]


def test_samples_tell_linear_bandits_every_cascade() -> None:
    tree = cascade_tree(TABLES, 2, 2)
    router = LinUCBRouter(tree, 4, PublicCurves.of(tree, TABLES), width=0.0)
    rng = np.random.default_rng(0)
    problem = rng.integers(0, 60, 4_000)
    chance = TABLES.population.solve_prob[problem]
    with np.errstate(divide="ignore"):
        needed = np.ceil(rng.standard_exponential((4_000, 3)) / -np.log1p(-chance))
    needed = np.where(chance > 0, np.maximum(needed, 1), np.inf)
    draws = LevelDraws.of(tree, TABLES.population, problem, needed, TABLES.remainder)
    seen = Seen(np.zeros(4_000, dtype=np.int64), ONE_HOT[problem])
    router.observe_sample(seen, draws, np.ones(3, dtype=bool))
    types = Seen(np.zeros(4, dtype=np.int64), np.eye(4))
    routed = router.route(types, np.ones(3), 0.2, rng)
    joint = np.equal.outer(np.arange(4), LABEL) * TABLES.population.weight
    truth = true_steps(tree, TABLES, joint)
    rate, paid = path_worths(tree, truth, np.ones(3), routed.end[routed.row])
    best = best_paths(tree, truth, np.ones(3), 0.2).net
    assert 0.2 * rate - paid == pytest.approx(best, abs=0.03 * float(best.max()))


@pytest.mark.parametrize("budget", [0.005, 0.02])
@pytest.mark.parametrize("step", [0.05, 0.2])
def test_a_paced_router_spends_its_budget_and_solves_what_that_can(
    budget: float, step: float
) -> None:
    tree = cascade_tree(TABLES, 2, 4)
    sees = signal_of(TABLES.population, LABEL, 1.0)
    world = World(TABLES, sees, np.ones(3), 0.2)
    router = ThompsonRouter(tree, 4, PublicCurves.of(tree, TABLES))
    paced = PacedRouter(router, tree, budget, step=step)
    curve = learn_stream(
        tree, {0: world}, paced, [300] * 300, np.random.default_rng(0), np.random.default_rng(1)
    )
    spend, rate = curve.spend[100:].mean(), curve.solve_rate[100:].mean()
    assert spend == pytest.approx(budget, rel=0.05)
    truth = true_steps(tree, TABLES, sees.joint(TABLES.population.weight))
    reached = []
    for value in np.geomspace(0.002, 20, 200):
        end = best_paths(tree, truth, np.ones(3), value).end
        reached.append([sees.share @ of for of in path_worths(tree, truth, np.ones(3), end)])
    rates, costs = np.array(reached).T
    assert rate > 0.93 * np.interp(budget, costs, rates)
