import numpy as np
import pytest
from conftest import halves, item_response, one_problem
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate_mixture
from market.frontier.query_signal import (
    QuerySignal,
    SignalMixture,
    evaluate_policy,
    signal_of,
)
from market.population.population import Population
from market.population.problem_types import problem_types
from market.simulation.plain_query_service import Dispatch, serve
from market.simulation.policy_table import bind
from market.simulation.queries import ProblemSampler, Queries, SentQueries


def to(model: str, budget: float = 0.1) -> Cascade:
    return Cascade((Stage(model, budget),))


def test_a_sure_look_sees_the_type_and_none_sees_one_by_weight():
    query_signal = QuerySignal(np.array([0, 1, 1]), np.array([0.25, 0.75]), 1.0)
    problem = np.array([0, 1, 2, 0])
    uniforms = np.array([0.0, 0.3, 0.6, 0.999])
    assert query_signal.seen(problem, uniforms).tolist() == [0, 1, 1, 0]
    blind = QuerySignal(query_signal.label, query_signal.share, 0.0)
    assert blind.seen(np.zeros(4, dtype=np.int64), uniforms).tolist() == [0, 1, 1, 1]


def test_types_are_seen_as_often_as_the_joint_weights_say():
    label, weight = np.array([0, 1, 2, 2]), np.array([0.1, 0.2, 0.3, 0.4])
    population = Population(("m",), weight, np.full((4, 1), 0.5), np.ones((4, 1)))
    query_signal = signal_of(population, label, 0.6)
    rng = np.random.default_rng(1)
    problem = rng.choice(4, 400_000, p=weight)
    seen = query_signal.seen(problem, rng.random(400_000))
    share = np.zeros((3, 4))
    np.add.at(share, (seen, problem), 1 / 400_000)
    np.testing.assert_allclose(share, query_signal.joint(weight), atol=0.003)


def test_who_sees_more_sees_right_whatever_another_does():
    label, share = np.arange(5), np.full(5, 0.2)
    rng = np.random.default_rng(2)
    problem, uniforms = rng.integers(5, size=1000), rng.random(1000)
    little, much = (
        QuerySignal(label, share, a).seen(problem, uniforms) == problem for a in (0.3, 0.8)
    )
    assert (much >= (uniforms < 0.3)).all()
    assert much.mean() > little.mean()


@pytest.mark.parametrize("accuracy", [-0.1, 1.1, float("nan")])
def test_an_accuracy_out_of_range_is_refused(accuracy):
    with pytest.raises(DataError, match="accuracy"):
        signal_of(halves(), np.array([0, 1]), accuracy)


def test_a_policy_that_looks_is_worth_what_its_cascades_are_on_what_they_see():
    tables = build_tables(halves())
    query_signal = signal_of(halves(), np.array([0, 1]), 1.0)
    policy = SignalMixture(query_signal, (to("a"), to("b")), (to("a"), to("b")), 1.0)
    value = evaluate_policy(policy, tables)
    assert value.solve_rate == pytest.approx(1.0)
    np.testing.assert_allclose(value.list_spend, [0.05, 0.05])
    wrong = SignalMixture(query_signal, (to("b"), to("a")), (to("b"), to("a")), 1.0)
    assert evaluate_policy(wrong, tables).solve_rate == pytest.approx(0.0)


def test_a_plain_mixture_is_evaluated_as_ever():
    tables = build_tables(item_response(), estimator="geometric")
    mixture = Mixture(to("small", 0.01), to("large", 0.2), 0.3)
    one, other = evaluate_policy(mixture, tables), evaluate_mixture(mixture, tables)
    assert one.solve_rate == other.solve_rate


def served_by(policy, queries):
    """Each query by one policy, counted where that is."""
    paid = np.zeros(len(policy), dtype=bool)
    return Dispatch(policy, queries.mixture_draw, policy, int(policy.max()) + 1, paid)


def test_queries_go_down_the_cascade_of_what_is_seen():
    population = halves()
    query_signal = signal_of(population, np.array([0, 1]), 0.5)
    policy = SignalMixture(query_signal, (to("a"), to("b")), (to("a"), to("b")), 1.0)
    book = bind([None, policy, Mixture(to("a"), to("a"), 1.0)], population)
    problem = np.array([0, 1, 0, 1, 0, 1])
    uniforms = np.array([0.1, 0.1, 0.6, 0.6, 0.9, 0.9])  # right, right; then a, a; then b, b
    queries = Queries(
        np.zeros(6, dtype=np.int64), problem, np.full((2, 6), 0.1), uniforms * 0, uniforms
    )
    served = serve(book, served_by(np.full(6, 1), queries), queries, np.ones(2))
    assert served.solved.tolist() == [True, True, True, False, False, True]
    np.testing.assert_allclose(served.list_spend, [[0, 0], [0.3, 0.3]])
    plain = serve(book, served_by(np.full(6, 2), queries), queries, np.ones(2))
    assert plain.solved.tolist() == [True, False, True, False, True, False]


def test_simulated_spend_agrees_with_what_a_seeing_policy_is_worth():
    population = item_response(problems=50)
    tables = build_tables(population, estimator="geometric")
    label = problem_types(population, 4)
    query_signal = signal_of(population, label, 0.7)
    low = tuple(to(m, 0.05) for m in ("small", "middle", "large", "small"))
    high = tuple(Cascade((Stage("small", 0.02), Stage(m, 0.3))) for m in ("middle", "large") * 2)
    policy = SignalMixture(query_signal, low, high, 0.4)
    book = bind([policy], population)
    value = evaluate_policy(policy, tables)
    count, solved, spent = 0, 0, np.zeros(3)
    sampler = ProblemSampler(population.weight)
    sent = SentQueries.draw(Streams(3), "all", 0, 1.0, np.ones(400_000), population.models, sampler)
    for batch in sent.batches(with_signals=True):
        policy = np.zeros(len(batch.buyer), dtype=np.int64)
        served = serve(book, served_by(policy, batch), batch, np.ones(3))
        count += len(batch.buyer)
        solved += int(served.solved.sum())
        spent += served.list_spend[0]
    rate = solved / count
    assert abs(rate - value.solve_rate) < 4 * np.sqrt(rate * (1 - rate) / count)
    np.testing.assert_allclose(spent / count, value.list_spend, rtol=0.01)


def test_one_problem_has_nothing_to_see():
    population = one_problem([0.5, 0.6], [0.01, 0.02])
    query_signal = signal_of(population, np.zeros(1, dtype=np.int64), 0.3)
    assert (
        query_signal.seen(np.zeros(5, dtype=np.int64), np.linspace(0, 0.99, 5)).tolist() == [0] * 5
    )


@given(st.floats(0, 1), st.integers(1, 5))
def test_what_is_seen_has_the_weight_of_what_is(accuracy, types):
    weight = np.arange(1.0, 11.0) / 55
    population = Population(("m",), weight, np.full((10, 1), 0.5), np.ones((10, 1)))
    label = np.arange(10) % types
    joint = signal_of(population, label, accuracy).joint(weight)
    np.testing.assert_allclose(joint.sum(axis=0), weight)
    np.testing.assert_allclose(joint.sum(axis=1), np.bincount(label, weights=weight))
