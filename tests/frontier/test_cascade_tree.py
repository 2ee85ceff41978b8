"""A tree holds every cascade over its budget levels, and tells the best of them exactly."""

from dataclasses import replace

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.frontier import build_tables, evaluate, solve_frontier
from market.frontier.cascade import Cascade, Stage
from market.frontier.cascade_steps import best_paths, cascade_worths, true_steps
from market.frontier.cascade_tree import CascadeTree, cascade_tree
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import signal_of
from market.frontier.signal_frontier import solve_signal
from market.frontier.tree_loops import plan_paths
from market.frontier.tree_trials import LevelDraws, Trials
from market.frontier.verifier import Verifier
from market.population.item_response import synthetic
from market.population.packs import read_pack
from market.population.problem_types import problem_types

VALUES = 0.05, 0.1, 0.2, 0.5, 1.0
MODELS = "small", "middle", "large"


@pytest.fixture(scope="module")
def tables() -> CurveTables:
    """Three models that differ in what they can."""
    rng = {name: np.random.default_rng(k) for k, name in enumerate(("problems", *MODELS))}
    ability, cost = (-1.0, -0.3, 0.5), (0.002, 0.008, 0.03)
    population = synthetic(
        dict(zip(MODELS, ability, strict=True)),
        dict(zip(MODELS, cost, strict=True)),
        problems=60,
        heterogeneity=1.5,
        unsolvable=0.1,
        rng=rng,
    )
    return build_tables(population)


@pytest.fixture(scope="module")
def pair() -> CurveTables:
    """The two models of the shipped pack that the paper begins with."""
    return build_tables(read_pack("swebench").population.select(("gpt5mini", "deepseek")))


@pytest.mark.parametrize(("stages", "nodes"), [(1, 1 + 3 * 4), (2, 13 + 6 * 16), (3, 109 + 6 * 64)])
def test_a_tree_has_a_node_for_every_order_of_models_and_levels(
    tables: CurveTables, stages: int, nodes: int
) -> None:
    tree = cascade_tree(tables, stages, 4)
    assert len(tree) == nodes
    assert len({str(tree.cascade(end).to_json()) for end in range(nodes)}) == nodes
    assert (tree.parent[1:] < np.arange(1, nodes)).all()
    assert [tree.end(tree.cascade(end)) for end in range(nodes)] == list(range(nodes))
    tried = [{stage.model for stage in tree.cascade(end).stages} for end in range(nodes)]
    told = np.array([[model in models for model in MODELS] for models in tried])
    assert (tree.uses == told).all()


def test_levels_rise_and_lie_on_the_budget_grid(tables: CurveTables) -> None:
    for levels in (1, 2, 5, 20, 10_000):
        budget = cascade_tree(tables, 1, levels).budget
        assert budget.shape[1] <= levels
        assert (np.diff(budget, axis=1, prepend=0.0) > 0).all()
        for own, grid in zip(budget, tables.budget, strict=True):
            assert np.isin(own, grid).all()


def test_steps_add_up_to_what_cascades_do(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 3, 3)
    weight = tables.population.weight
    price = np.array([1.0, 0.5, 2.0])
    rate, paid = cascade_worths(tree, true_steps(tree, tables, weight[None]), price)
    for end in range(0, len(tree), 7):
        value = evaluate(tree.cascade(end), tables)
        assert rate[0, end] == pytest.approx(value.solve_rate, abs=1e-12)
        assert paid[0, end] == pytest.approx(value.spend(price), abs=1e-12)


def test_the_best_path_is_the_best_of_all_cascades(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 3, 3)
    signal = signal_of(tables.population, problem_types(tables.population, 4), 0.7)
    steps = true_steps(tree, tables, signal.joint(tables.population.weight))
    price = np.array([1.0, 0.5, 2.0])
    for value in VALUES:
        found = best_paths(tree, steps, price, value)
        rate, paid = cascade_worths(tree, steps, price)
        net = value * rate - paid
        assert found.net == pytest.approx(net.max(axis=1), abs=1e-12)
        assert found.net == pytest.approx(net[np.arange(len(net)), found.end], abs=1e-12)


def test_what_is_not_for_sale_is_in_no_path(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 2, 3)
    steps = true_steps(tree, tables, tables.population.weight[None])
    found = best_paths(tree, steps, np.array([1.0, np.inf, 1.0]), 1.0)
    stages = tree.cascade(int(found.end[0])).stages
    assert [stage.model for stage in stages] == ["small", "large"]


def test_nothing_is_tried_where_a_solution_is_worth_nothing(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 2, 3)
    steps = true_steps(tree, tables, tables.population.weight[None])
    found = best_paths(tree, steps, np.ones(3), 0.0)
    assert (found.end[0], found.net[0]) == (0, 0.0)


def test_the_compiled_loop_is_the_plain_one(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 2, 3)
    steps = true_steps(tree, tables, tables.population.weight[None])
    found = best_paths(tree, steps, np.ones(3), 0.3)
    end, net = np.zeros(1, dtype=np.int64), np.zeros(1)
    plain = getattr(plan_paths, "py_func", plan_paths)
    plain(tree.parent, tree.model, steps.chance, steps.spend, np.ones(3), 0.3, end, net)
    assert (end == found.end).all()
    assert (net == found.net).all()


@pytest.mark.parametrize("accuracy", [0.0, 0.5, 1.0])
def test_twelve_levels_lose_less_than_a_hundredth_of_the_frontier(
    pair: CurveTables, accuracy: float
) -> None:
    population = pair.population
    rates = np.linspace(0.4, 0.7, 31)
    signal = signal_of(population, problem_types(population, 8), accuracy)
    blind = solve_frontier(pair, rates)
    spend = solve_signal(pair, rates, signal, blind=blind, quick=True).spend
    tree = cascade_tree(pair, 2, 12)
    steps = true_steps(tree, pair, signal.joint(population.weight))
    for value in (0.2, 0.5):
        best = float(best_paths(tree, steps, np.ones(2), value).net @ signal.share)
        assert best > 0.99 * float(np.max(value * rates - spend))


def test_queries_go_down_as_their_curves_say(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 2, 3)
    population, rng = tables.population, np.random.default_rng(0)
    end = len(tree) - 1
    count = 40_000
    problem = rng.choice(population.size, count, p=population.weight)
    effort = rng.standard_exponential((count, 3))
    with np.errstate(divide="ignore"):
        chance = population.solve_prob[problem]
        needed = np.where(chance > 0, np.maximum(np.ceil(effort / -np.log1p(-chance)), 1), np.inf)
    draws = LevelDraws.of(tree, population, problem, needed, tables.remainder)
    nobody = np.zeros(count, dtype=np.int64)
    trials = Trials.serve(tree, tree.paths(np.array([end])), nobody, nobody, draws)
    value = evaluate(tree.cascade(end), tables)
    paid = trials.paid.sum(axis=1)
    assert trials.solved.mean() == pytest.approx(value.solve_rate, abs=4 * 0.5 / count**0.5)
    error = paid.std() / count**0.5
    assert paid.mean() == pytest.approx(value.list_spend.sum(), abs=4 * error)


def test_a_cascade_that_is_none_of_a_trees_has_no_end(tables: CurveTables) -> None:
    tree = cascade_tree(tables, 1, 3)
    low, high = (float(budget) for budget in tree.budget[0, [0, 2]])
    other = Stage("middle", float(tree.budget[1, 0]))
    for stages in (
        (Stage("small", (low + high) / 2),),
        (Stage("none", low),),
        (Stage("small", low), other),
    ):
        with pytest.raises(DataError, match="is not among those of this tree"):
            tree.end(Cascade(stages))


def test_a_tree_that_is_too_large_is_refused(tables: CurveTables) -> None:
    with pytest.raises(DataError, match="take fewer stages"):
        cascade_tree(tables, 3, 80)


def test_a_verifier_that_errs_is_refused(tables: CurveTables) -> None:
    checked = Verifier(false_accept=0.1).bind(tables.population)
    tree: CascadeTree = cascade_tree(tables, 1, 2)
    with pytest.raises(DataError, match="leave out the verifier"):
        true_steps(tree, replace(tables, checked=checked), tables.population.weight[None])
