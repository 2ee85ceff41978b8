"""What rules of learning believe of cascades by the type seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learned_models import small_and_large

from market.frontier.cascade_tree import cascade_tree
from market.frontier.query_signal import signal_of
from market.frontier.tree_trials import LevelDraws, Trials
from market.population.problem_types import problem_types, type_places
from market.strategies.cascade_beliefs import CascadeBeliefs, ThompsonBeliefs
from market.strategies.learning_routers import BeliefRouter, Seen
from market.strategies.learning_rules import RULES
from market.strategies.learning_stream import World, learn_stream
from market.strategies.linear_beliefs import LinearBeliefs
from market.strategies.linucb_router import LinUCBRouter
from market.strategies.nearest_beliefs import NearestBeliefs, nearest_shares
from market.strategies.step_beliefs import PublicCurves

TABLES = small_and_large(60)
TREE = cascade_tree(TABLES, 2, 3)
PUBLIC = PublicCurves.of(TREE, TABLES)
LABEL = problem_types(TABLES.population, 4)
PLACE = type_places(TABLES.population, LABEL, 4)
PRICE = np.ones(2)


def trials(seed: int, count: int = 200) -> Trials:
    """Queries that went down cascades at random."""
    rng = np.random.default_rng(seed)
    problem = rng.integers(0, 60, count)
    needed = rng.geometric(np.maximum(TABLES.population.solve_prob[problem], 0.01)).astype(float)
    draws = LevelDraws.of(TREE, TABLES.population, problem, needed, TABLES.remainder)
    path, row = TREE.paths(np.arange(len(TREE))), rng.integers(0, len(TREE), count)
    return Trials.serve(TREE, path, row, LABEL[problem], draws)


def told(beliefs: CascadeBeliefs, *seeds: int) -> CascadeBeliefs:
    for seed in seeds:
        beliefs.count(trials(seed))
    return beliefs


@pytest.mark.parametrize("rule", RULES)
def test_before_anything_is_bought_all_types_are_what_menus_tell(rule: str) -> None:
    view = RULES[rule].make(TREE, PLACE, PUBLIC, 16.0).expected()
    wanted = ThompsonBeliefs(TREE, 4, PUBLIC, 16.0).expected()
    for end in range(len(TREE)):
        ends = np.full(4, end)
        rate, paid = view.worths(PRICE, ends)
        assert rate == pytest.approx(wanted.worths(PRICE, ends)[0])
        assert paid == pytest.approx(wanted.worths(PRICE, ends)[1])


@pytest.mark.parametrize("rule", RULES)
def test_what_is_forgotten_whole_was_never_learned(rule: str) -> None:
    before, after = (RULES[rule].make(TREE, PLACE, PUBLIC, 16.0) for _ in range(2))
    told(after, 0).forget(1.0)
    for end in range(1, len(TREE)):
        ends = np.full(4, end)
        for had, has in zip(
            before.expected().worths(PRICE, ends), after.expected().worths(PRICE, ends), strict=True
        ):
            assert has == pytest.approx(had)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_not_for_sale_is_not_chosen(rule: str) -> None:
    beliefs = told(RULES[rule].make(TREE, PLACE, PUBLIC, 16.0), 0, 1)
    view = beliefs.chosen_by(np.random.default_rng(0))
    ends = view.best(np.array([1.0, np.inf]), 1e6)
    assert (ends > 0).all()
    assert not TREE.uses[ends, 1].any()
    assert (view.best(np.array([np.inf, np.inf]), 1e6) == 0).all()


@given(st.integers(0, 1_000), st.floats(0.01, 2.0))
def test_a_linear_bandit_chooses_in_markets_as_it_does_by_query(seed: int, value: float) -> None:
    beliefs, router = LinearBeliefs(TREE, 4, PUBLIC, 16.0), LinUCBRouter(TREE, 4, PUBLIC)
    seen = trials(seed)
    told(beliefs, seed)
    router.observe(Seen(seen.kind, np.eye(4)[seen.kind]), seen)
    types = Seen(np.arange(4), np.eye(4))
    rng = np.random.default_rng(0)
    routed = router.route(types, PRICE, value, rng)
    assert beliefs.chosen_by(rng).best(PRICE, value).tolist() == routed.end[routed.row].tolist()


def test_the_nearest_are_asked_first_and_those_equally_far_alike() -> None:
    distance = np.array([[0.0, 1.0, 1.0, 3.0], [1.0, 0.0, 2.0, 1.0]])
    distance = np.vstack((distance, distance[::-1]))
    queries = np.array([4.0, 10.0, 30.0, 5.0])
    shares = nearest_shares(distance, queries, 24.0)
    assert shares[0].tolist() == [1.0, 0.5, 0.5, 0.0]
    assert shares[1] == pytest.approx([1.0, 1.0, 5 / 30, 1.0])
    assert nearest_shares(distance, queries, 2.0)[0].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_types_in_one_place_are_one_type() -> None:
    same = np.repeat(PLACE[:1], 4, axis=0)
    together = told(NearestBeliefs(TREE, same, PUBLIC, 16.0), 0, 1)
    for end in range(1, len(TREE)):
        rate, paid = together.expected().worths(PRICE, np.full(4, end))
        assert np.ptp(rate) == pytest.approx(0.0, abs=1e-12)
        assert np.ptp(paid) == pytest.approx(0.0, abs=1e-12)


def test_of_many_types_the_nearest_tell_more_than_each_by_itself() -> None:
    every = np.arange(60)
    sees = signal_of(TABLES.population, every, 0.8)
    world = World(TABLES, sees, PRICE, 0.2)
    lost = {}
    for rule in ("knn", "thompson"):
        place = type_places(TABLES.population, every, 60)
        router = BeliefRouter(RULES[rule].make(TREE, place, PUBLIC, 16.0))
        curve = learn_stream(
            TREE, {0: world}, router, [50] * 40, np.random.default_rng(0), np.random.default_rng(1)
        )
        lost[rule] = curve.cumulative[-1]
    assert lost["knn"] < 0.8 * lost["thompson"]
