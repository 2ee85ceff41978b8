from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from conftest import costs_apart, item_response, one_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from market.foundation.random_streams import Streams
from market.frontier.attempt_costs import Remainder
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate_mixture
from market.frontier.frontier import solve_frontier
from market.population.population import Population
from market.simulation.policy_table import PolicyTable, bind
from market.simulation.queries import ProblemSampler, Queries, draw_queries
from market.simulation.query_service import Dispatch, Served, serve


def whole(batches: Iterable[Queries]) -> Queries:
    """All batches as one."""
    columns = zip(
        *((b.buyer, b.problem, b.effort, b.mixture_draw, b.signal_draw) for b in batches),
        strict=True,
    )
    return Queries(*(np.concatenate(column, axis=-1) for column in columns))


def plain(*stages: tuple[str, float]) -> Mixture:
    cascade = Cascade(tuple(Stage(*stage) for stage in stages))
    return Mixture(cascade, cascade, 1.0)


def queries(effort: list[list[float]], draw: float = 0.0) -> Queries:
    """One problem, given efforts [M][Q]."""
    count = len(effort[0])
    none = np.zeros(count, dtype=np.int64)
    return Queries(none, none, np.array(effort), np.full(count, draw), np.zeros(count))


def serve_all(
    population: Population, policy: Mixture, drawn: Queries, remainder: Remainder = "spent"
):
    table = bind([policy], population, remainder)
    return served_by(table, [0] * len(drawn.problem), drawn)


def served_by(
    table: PolicyTable,
    policy: list[int],
    drawn: Queries,
    price: np.ndarray | float = 1.0,
    metered: list[bool] | bool = True,
) -> Served:
    """Queries served by these policies of a table, and counted by policy."""
    chosen = np.array(policy, dtype=np.int64)
    dispatch = Dispatch(
        policy=chosen,
        draw=drawn.mixture_draw,
        place=np.maximum(chosen, 0),
        places=len(table.share),
        metered=np.broadcast_to(metered, chosen.shape),
    )
    return serve(table, dispatch, drawn, np.broadcast_to(price, len(drawn.effort)).astype(float))


def test_attempts_needed_are_effort_over_the_rate_of_failing_rounded_up():
    population = one_problem([0.5], [1.0])
    rate = np.log(2)
    drawn = queries([[0.0, 0.5 * rate, rate, 1.5 * rate, 2.5 * rate, 9 * rate]])
    served = serve_all(population, plain(("m0", 3.0)), drawn)
    np.testing.assert_array_equal(served.solved, [True, True, True, True, True, False])
    np.testing.assert_allclose(served.bill, [1, 1, 1, 2, 3, 3])
    assert served.attempts.sum() == 11


@pytest.mark.parametrize(("remainder", "gone"), [("spent", 2.9), ("kept", 2.0)])
def test_a_model_that_never_solves_spends_its_budget_and_one_that_always_does_one_attempt(
    remainder, gone
):
    drawn = queries([[0.0, 0.7], [0.0, 5.0]])
    policy = plain(("m0", 2.9), ("m1", 9.0))
    served = serve_all(one_problem([0.0, 1.0], [1.0, 0.5]), policy, drawn, remainder)
    assert served.solved.all()
    np.testing.assert_allclose(served.bill, gone + 0.5)
    np.testing.assert_allclose(served.list_spend, [[2 * gone, 1.0]])


@pytest.mark.parametrize(("remainder", "gone"), [("spent", 0.99), ("kept", 0.0)])
def test_an_attempt_that_does_not_fit_is_cut_off_or_not_made(remainder, gone):
    policy = plain(("m0", 0.99))
    served = serve_all(one_problem([1.0], [1.0]), policy, queries([[0.1]]), remainder)
    assert not served.solved[0]
    assert served.bill[0] == gone
    assert served.attempts.sum() == 0


def test_attempts_at_the_same_weights_served_worse_are_independent_of_those_that_failed():
    """Both have one draw; what the first has not used up of it is left for the second."""
    count, prob = 400_000, (0.5, 0.3)
    effort = np.random.default_rng(1).exponential(size=count)
    drawn = replace(queries([effort, effort]), draw_of=np.zeros(2, dtype=np.int64))
    served = serve_all(one_problem(prob, [1.0, 1.0]), plain(("m0", 1.0), ("m1", 2.0)), drawn)
    expected = 1 - 0.5 * 0.7**2
    assert served.solved.mean() == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(count))
    np.testing.assert_array_equal(drawn.effort, [effort, effort])


def test_the_draw_decides_between_the_cascades_of_a_mixture():
    population = one_problem([1.0], [1.0])
    mixture = Mixture(Cascade((Stage("m0", 0.5),)), Cascade((Stage("m0", 1.0),)), 0.3)
    assert serve_all(population, mixture, queries([[0.1]], draw=0.29)).solved[0]
    assert not serve_all(population, mixture, queries([[0.1]], draw=0.31)).solved[0]


def test_prices_scale_the_bill_and_not_what_is_solved():
    population = one_problem([0.5, 0.4], [1.0, 2.0])
    drawn = queries([[0.1, 3.0], [0.2, 0.3]])
    table = bind([plain(("m0", 2.0), ("m1", 4.0))], population)
    one = served_by(table, [0, 0], drawn, np.array([1.0, 1.0]))
    other = served_by(table, [0, 0], drawn, np.array([3.0, 0.5]))
    np.testing.assert_array_equal(one.solved, other.solved)
    np.testing.assert_allclose(other.bill.sum(), one.list_spend[0] @ [3.0, 0.5])


def test_a_query_that_nobody_serves_is_neither_solved_nor_paid_for():
    population = one_problem([1.0], [1.0])
    table = bind([plain(("m0", 1.0))], population)
    served = served_by(table, [0, -1, 0], queries([[0.1, 0.1, 0.1]]))
    np.testing.assert_array_equal(served.solved, [True, False, True])
    np.testing.assert_array_equal(served.bill, [1.0, 0.0, 1.0])
    assert served.list_spend.sum() == 2


def test_nothing_is_spent_where_no_seller_has_a_policy():
    table = bind([None], one_problem([0.5], [1.0]))
    served = served_by(table, [-1], queries([[0.1]]))
    assert served.list_spend.sum() == 0
    assert not served.solved.any()


def test_attempts_of_a_policy_that_is_not_metered_are_made_but_not_billed():
    population = one_problem([0.0, 1.0], [1.0, 0.5])
    table = bind([plain(("m0", 2.0), ("m1", 0.5))] * 2, population)
    drawn = queries([[0.1, 0.1], [0.1, 0.1]])
    served = served_by(table, [0, 1], drawn, metered=[True, False])
    np.testing.assert_array_equal(served.bill, [2.5, 0.0])
    np.testing.assert_array_equal(served.list_spend, [[2.0, 0.5], [2.0, 0.5]])


def test_what_is_spent_is_counted_where_a_query_belongs():
    population = one_problem([1.0], [1.0])
    table, drawn = bind([plain(("m0", 1.0))], population), queries([[0.1] * 4])
    place = np.array([2, 0, 2, 2])
    dispatch = Dispatch(np.zeros(4, dtype=np.int64), np.zeros(4), place, 3, np.ones(4, dtype=bool))
    served = serve(table, dispatch, drawn, np.ones(1))
    np.testing.assert_array_equal(served.list_spend, [[1.0], [0.0], [3.0]])


def test_cascades_of_a_mixture_may_differ_in_length():
    population = one_problem([0.0, 1.0], [1.0, 0.5])
    short, long = Cascade((Stage("m0", 1.0),)), Cascade((Stage("m0", 1.0), Stage("m1", 0.5)))
    for draw, solved in ((0.1, True), (0.9, False)):
        served = serve_all(population, Mixture(short, long, 0.5), queries([[0.1], [0.1]], draw))
        assert served.solved[0] == solved


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=1, max_size=40).filter(lambda w: sum(w) > 0.1))
def test_problems_are_drawn_by_their_weights(weights):
    weight = np.array(weights) / sum(weights)
    sampler = ProblemSampler(weight)
    chance = (
        np.bincount(sampler.alias, weights=1 - sampler.keep, minlength=len(weight)) + sampler.keep
    ) / len(weight)
    np.testing.assert_allclose(chance, weight, atol=1e-9)


def test_a_drawn_problem_follows_keep_and_alias():
    drawn = ProblemSampler(np.array([0.7, 0.2, 0.1])).draw(np.random.default_rng(1), 200_000)
    share = np.bincount(drawn, minlength=3) / 200_000
    np.testing.assert_allclose(share, [0.7, 0.2, 0.1], atol=0.005)


def test_another_model_on_sale_moves_no_other_draw():
    sampler = ProblemSampler(np.full(10, 0.1))
    few, many = (
        whole(draw_queries(Streams(1), "teams", 4, 500, 2.0, models, sampler))
        for models in (["a", "b"], ["a", "x", "b"])
    )
    np.testing.assert_array_equal(few.problem, many.problem)
    np.testing.assert_array_equal(few.mixture_draw, many.mixture_draw)
    np.testing.assert_array_equal(few.effort, many.effort[[0, 2]])
    assert len(few.buyer) == pytest.approx(1000, abs=150)


def test_how_many_queries_are_drawn_at_once_moves_no_draw():
    sampler = ProblemSampler(np.full(10, 0.1))
    one, other = (
        whole(draw_queries(Streams(1), "teams", 4, 500, 2.0, ["a", "b"], sampler, batch=batch))
        for batch in (7, 10_000)
    )
    for name in ("buyer", "problem", "effort", "mixture_draw"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_no_arrivals_are_one_empty_batch():
    (empty,) = draw_queries(Streams(1), "teams", 0, 1, 1e-9, ["a"], ProblemSampler(np.ones(1)))
    assert len(empty.buyer) == 0
    assert serve_all(one_problem([0.5], [1.0]), plain(("m0", 1.0)), empty).attempts.sum() == 0


@pytest.mark.parametrize("remainder", ["kept", "spent"])
@pytest.mark.parametrize(("failed", "solved"), [(1.0, 1.0), (1.6, 0.7), (0.8, 1.9)])
def test_simulated_spend_and_solve_rate_agree_with_the_curves(remainder, failed, solved):
    population = costs_apart(item_response(problems=50), failed, solved)
    tables = build_tables(population, estimator="geometric", remainder=remainder)
    policies = [plain((model, 0.3)) for model in population.models]
    policies.append(plain(("small", 0.02), ("middle", 0.1), ("large", 0.4)))
    policies += solve_frontier(tables, np.array([0.35, 0.6])).policies
    table = bind(policies, population, remainder)
    drawn = whole(
        draw_queries(
            Streams(5),
            "all",
            0,
            500_000,
            1.0,
            population.models,
            ProblemSampler(population.weight),
        )
    )
    price = np.array([1.0, 2.0, 0.5])
    count = len(drawn.problem)
    for p, policy in enumerate(policies):
        served = served_by(table, [p] * count, drawn, price)
        value = evaluate_mixture(policy, tables)
        error = served.solved.std() / np.sqrt(count)
        assert abs(served.solved.mean() - value.solve_rate) < 4 * error
        error = served.bill.std() / np.sqrt(count)
        assert abs(served.bill.mean() - value.spend(price)) < 4 * error
