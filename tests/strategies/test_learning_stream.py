"""A router that learns: it loses less and less, and comes to what one who knows would do."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from market.frontier import build_tables
from market.frontier.cascade_steps import best_paths, cascade_worths, true_steps
from market.frontier.cascade_tree import CascadeTree, cascade_tree
from market.frontier.frontier import solve_frontier
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal, signal_of
from market.frontier.signal_frontier import solve_signal
from market.frontier.tree_trials import LevelDraws, Trials
from market.population.item_response import synthetic
from market.population.packs import read_pack
from market.population.population import Population
from market.population.problem_types import problem_types
from market.strategies.learning_routers import Seen, ThompsonRouter
from market.strategies.learning_stream import LearningCurve, World, learn_stream
from market.strategies.step_beliefs import PublicCurves

MODELS = {"small": (-1.0, 0.002), "middle": (-0.3, 0.008), "large": (0.5, 0.03)}


def unlike(seed: int, problems: int = 60) -> Population:
    """Three models that find different problems easy."""
    rng = {name: np.random.default_rng([seed, k]) for k, name in enumerate(("problems", *MODELS))}
    ability = {name: ability for name, (ability, _) in MODELS.items()}
    cost = {name: cost for name, (_, cost) in MODELS.items()}
    return synthetic(ability, cost, problems=problems, heterogeneity=1.5, unsolvable=0.1, rng=rng)


@cache
def curves(name: str) -> CurveTables:
    """Populations that routers learn on."""
    if name == "pair":
        return build_tables(read_pack("swebench").population.select(("gpt5mini", "deepseek")))
    return build_tables(unlike(int(name)))


def signal(tables: CurveTables, accuracy: float, types: int = 4) -> QuerySignal:
    """A signal of the types of the problems."""
    return signal_of(tables.population, problem_types(tables.population, types), accuracy)


def thompson(
    tree: CascadeTree, tables: CurveTables, types: int, **options: float
) -> ThompsonRouter:
    """A router that knows menus alone."""
    return ThompsonRouter(tree, types, PublicCurves.of(tree, tables), **options)


def stream(
    name: str, value: float, batches: int, size: int, seed: int = 0, **options: float
) -> LearningCurve:
    """A router that sees one of four types most of the time."""
    tables = curves(name)
    tree = cascade_tree(tables, 2, 5)
    world = World(tables, signal(tables, 0.8), np.ones(len(tables.models)), value)
    rng = np.random.default_rng(seed)
    return learn_stream(
        tree, {0: world}, thompson(tree, tables, 4, **options), [size] * batches, rng, rng
    )


@pytest.mark.parametrize(
    ("name", "strength"), [("0", 4.0), ("0", 16.0), ("0", 64.0), ("1", 16.0), ("pair", 16.0)]
)
def test_regret_grows_slower_than_queries(name: str, strength: float) -> None:
    curve = stream(name, 0.2, 200, 500, strength=strength)
    assert curve.slope(0.9) < 0.95
    # a query loses less and less
    per_query = (curve.best - curve.net).reshape(4, -1).mean(axis=1)
    assert per_query[0] > 2 * per_query[-1]


def test_with_a_perfect_signal_it_comes_within_a_hundredth_of_the_frontier() -> None:
    tables = build_tables(unlike(2, problems=10).select(("small", "large")))
    every = QuerySignal(np.arange(10), tables.population.weight, 1.0)
    rates = np.linspace(0.3, 0.8, 101)
    frontier = solve_signal(tables, rates, every, blind=solve_frontier(tables, rates)).spend
    tree = cascade_tree(tables, 2, 24)
    value = 0.2
    world = World(tables, every, np.ones(2), value)
    router = thompson(tree, tables, 10)
    learn_stream(
        tree, {0: world}, router, [2_000] * 60, np.random.default_rng(0), np.random.default_rng(1)
    )
    once = Seen(np.arange(10), np.empty((10, 0)))
    end = router.greedy(once, world.price, value).end
    truth = true_steps(tree, tables, every.joint(tables.population.weight))
    rate, paid = (of[np.arange(10), end] for of in cascade_worths(tree, truth, world.price))
    net = float(tables.population.weight @ (value * rate - paid))
    assert net > 0.99 * np.max(value * rates - frontier)


def test_it_learns_what_a_model_does_behind_another_not_what_it_does_at_all() -> None:
    """One of two solves half of all queries, the other those alone that the first does.

    Of the queries that come to the second behind the first none is ever solved; by its mean alone
    it would be worth asking.
    """
    half = np.array([1.0, 1.0, 0.0, 0.0])
    population = Population(
        models=("first", "second"),
        weight=np.full(4, 0.25),
        solve_prob=np.column_stack((half, half)),
        list_cost=np.tile([0.01, 0.02], (4, 1)),
        failed_cost=np.tile([0.01, 0.02], (4, 1)),
        solved_cost=np.tile([0.01, 0.02], (4, 1)),
    )
    tables = build_tables(population)
    tree = cascade_tree(tables, 2, 1)
    nothing = signal_of(population, np.zeros(4, dtype=np.int64), 0.0)
    router = thompson(tree, tables, 1)
    world = World(tables, nothing, np.ones(2), 0.1)
    learn_stream(
        tree, {0: world}, router, [500] * 20, np.random.default_rng(0), np.random.default_rng(1)
    )
    seen, price = Seen(np.zeros(1, dtype=np.int64), np.empty((1, 0))), np.ones(2)
    chosen = [str(tree.cascade(int(end))) for end in router.greedy(seen, price, 0.1).end]
    assert chosen == ["first $0.0100"]
    expected = router.beliefs.mean().chance[0]
    behind = int(np.flatnonzero((tree.depth == 2) & (tree.model == 1))[0])
    alone = int(np.flatnonzero((tree.depth == 1) & (tree.model == 1))[0])
    assert expected[behind] < 0.05
    assert expected[alone] == pytest.approx(0.5, abs=0.1)


def test_before_it_buys_anything_it_believes_the_menus() -> None:
    tables = curves("0")
    tree = cascade_tree(tables, 2, 5)
    first = np.flatnonzero(tree.depth == 1)
    everyone = true_steps(tree, tables, tables.population.weight[None])
    believed = thompson(tree, tables, 3).beliefs.mean()
    assert believed.chance[:, first] == pytest.approx(np.tile(everyone.chance[:, first], (3, 1)))
    assert believed.spend[:, first] == pytest.approx(np.tile(everyone.spend[:, first], (3, 1)))


def test_what_everything_was_tried_on_tells_every_step() -> None:
    tables = curves("0")
    tree = cascade_tree(tables, 2, 4)
    sees = signal(tables, 0.8)
    router = thompson(tree, tables, 4)
    world = World(tables, sees, np.ones(3), 0.2)
    rng = np.random.default_rng(0)
    curve = learn_stream(tree, {0: world}, router, [10], rng, rng, fitting=10_000)
    truth = true_steps(tree, tables, sees.joint(tables.population.weight))
    reached = router.beliefs.reached
    found, often = router.beliefs.mean(), reached > 100
    error = 0.5 / np.sqrt(reached[often])
    off = np.abs(found.chance[often] - truth.chance[often]) / error
    assert off.max() < 4.5
    # paid for: every model to its last level at each of the queries
    last = tree.budget[:, -1]
    at = [int(np.searchsorted(tables.budget[m], last[m])) for m in range(3)]
    each = sum(
        float(tables.population.weight @ tables.spend[m][:, at[m]]) for m in range(len(last))
    )
    assert curve.sampled[0] == pytest.approx(10_000 * each, rel=0.05)


def test_a_small_share_of_small_batches_is_explored_too() -> None:
    tables = curves("0")
    tree = cascade_tree(tables, 2, 4)
    world, rng = World(tables, signal(tables, 0.8), np.ones(3), 0.2), np.random.default_rng(0)
    router = thompson(tree, tables, 4)
    curve = learn_stream(tree, {0: world}, router, [10] * 100, rng, rng, explore=0.04)
    assert np.count_nonzero(curve.sampled) == 40


def test_nothing_is_learned_from_what_was_not_bought() -> None:
    tables = curves("0")
    tree = cascade_tree(tables, 2, 4)
    rng = np.random.default_rng(0)
    problem = rng.integers(0, tables.population.size, 300)
    needed = np.floor(rng.exponential(5, (300, 3))) + 1
    kind = np.zeros(300, dtype=np.int64)
    last = int(np.flatnonzero((tree.model == 0) & (tree.depth == 1))[-1])
    beliefs = []
    for unseen in (1.0, np.inf):  # of the models that no query is tried on
        fare = np.column_stack((needed[:, 0], np.full((300, 2), unseen)))
        draws = LevelDraws.of(tree, tables.population, problem, fare, tables.remainder)
        router = thompson(tree, tables, 1)
        trials = Trials.serve(tree, tree.paths(np.array([last])), kind, kind, draws)
        router.observe(Seen(kind, np.empty((300, 0))), trials)
        beliefs.append(router.beliefs.mean().chance)
    assert (beliefs[0] == beliefs[1]).all()


def drifting(
    worlds: Mapping[int, World], sizes: list[int], memory: float | None = None
) -> LearningCurve:
    """A router in a world that changes."""
    tables = worlds[0].tables
    tree = cascade_tree(tables, 2, 5)
    router = ThompsonRouter(tree, 4, PublicCurves.of(tree, tables), memory=memory)
    return learn_stream(
        tree, worlds, router, sizes, np.random.default_rng(0), np.random.default_rng(1)
    )


def worlds(name: str) -> dict[int, World]:
    """A change after half of the batches, by what it is."""
    tables = curves("0")
    before = World(tables, signal(tables, 0.8), np.ones(3), 0.2)
    if name == "a new model":
        without = replace(before, price=np.array([1.0, np.inf, 1.0]))
        return {0: without, 150: before}
    if name == "a price":
        return {0: before, 150: replace(before, price=np.array([1.0, 0.2, 1.0]))}
    weight = tables.population.weight * np.exp(-3 * tables.population.solve_prob[:, 1])
    mix = tables.weighted(weight / weight.sum())
    return {0: before, 150: replace(before, tables=mix)}


@pytest.mark.parametrize("name", ["a new model", "a price", "the query mix"])
def test_regret_rises_with_a_change_and_falls_again(name: str) -> None:
    curve = drifting(worlds(name), [400] * 450)
    lost = (curve.best - curve.net) / curve.best
    settled, upset, again = lost[100:150].mean(), lost[150:180].mean(), lost[400:].mean()
    assert upset > 1.5 * settled
    assert again < 0.7 * upset


def test_a_router_that_forgets_never_stops_trying() -> None:
    change = {0: worlds("a price")[0]}
    lasting, fading = (drifting(change, [400] * 300, memory) for memory in (None, 4_000))
    assert fading.slope(0.25) > lasting.slope(0.25)
    assert fading.cumulative[-1] > lasting.cumulative[-1]


def test_it_is_profitable_once_what_it_lost_is_earned_back() -> None:
    curve = stream("pair", 0.5, 200, 250)
    assert 0 < curve.profitable_after < curve.served[-1]
    after = curve.served >= curve.profitable_after
    assert (curve.profit[after] >= 0).all()


def test_a_unit_of_money_changes_nothing() -> None:
    tables = curves("0")
    scaled = build_tables(
        replace(
            tables.population,
            list_cost=tables.population.list_cost * 4,
            failed_cost=tables.population.cost_of_failure * 4,
            solved_cost=tables.population.cost_of_success * 4,
        )
    )
    lost = []
    for of, value in ((tables, 0.2), (scaled, 0.8)):
        tree = cascade_tree(of, 2, 5)
        world = World(of, signal(tables, 0.8), np.ones(3), value)
        rng = np.random.default_rng(0)
        lost.append(
            learn_stream(tree, {0: world}, thompson(tree, of, 4), [100] * 5, rng, rng).regret
        )
    assert lost[1] == pytest.approx(4 * lost[0], rel=1e-9)


def test_what_a_router_draws_moves_no_query() -> None:
    tables = curves("0")
    tree = cascade_tree(tables, 2, 5)
    world = World(tables, signal(tables, 0.8), np.ones(3), 0.2)
    best = []
    for own in (np.random.default_rng(1), np.random.default_rng(2)):
        router, rng = thompson(tree, tables, 4), np.random.default_rng(0)
        best.append(learn_stream(tree, {0: world}, router, [50] * 20, rng, own).best)
    assert len(set(best[0].tolist())) > 1  # as the kinds of queries vary
    np.testing.assert_array_equal(*best)


def test_who_knows_everything_loses_nothing() -> None:
    tables = curves("pair")
    tree = cascade_tree(tables, 2, 5)
    sees = signal(tables, 0.8)
    steps = true_steps(tree, tables, sees.joint(tables.population.weight))
    router = thompson(tree, tables, 4)
    router.beliefs.reached[:] = 1e12
    router.beliefs.solved[:] = 1e12 * steps.chance
    router.beliefs.saved[:] = 1e12 * (1 - steps.spend / tree.width)
    world = World(tables, sees, np.ones(2), 0.5)
    curve = learn_stream(
        tree, {0: world}, router, [100] * 10, np.random.default_rng(0), np.random.default_rng(1)
    )
    assert curve.regret == pytest.approx(0.0, abs=1e-4 * float(curve.best.sum() * 100))
    best = best_paths(tree, steps, np.ones(2), 0.5).net
    assert curve.best.mean() == pytest.approx(float(best @ sees.share), rel=0.05)
