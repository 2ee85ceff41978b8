from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from conftest import costs_apart, item_response, one_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest, poisson

from market.foundation.random_streams import Streams
from market.frontier.attempt_costs import Remainder
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate_mixture
from market.frontier.frontier import solve_frontier
from market.population.population import Population
from market.simulation.plain_query_service import Dispatch, Served, serve
from market.simulation.policy_table import PolicyTable, bind
from market.simulation.queries import ProblemSampler, Queries, SentQueries


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
    sampler = ProblemSampler(np.array([0.7, 0.2, 0.1]))
    drawn = sampler.at(np.random.default_rng(1).random(200_000))
    share = np.bincount(drawn, minlength=3) / 200_000
    np.testing.assert_allclose(share, [0.7, 0.2, 0.1], atol=0.005)


def sent(models=("a", "b"), buyers=500, rate=2.0, tick=4, seed=1, segment="teams") -> SentQueries:
    sampler = ProblemSampler(np.full(10, 0.1))
    relative = np.ones(buyers)
    return SentQueries.draw(Streams(seed), segment, tick, rate, relative, models, sampler)


def same(one: Queries, other: Queries) -> None:
    for name in ("buyer", "problem", "effort", "mixture_draw", "signal_draw"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_another_model_on_sale_moves_no_other_draw():
    few, many = (whole(sent(m).batches(with_signals=True)) for m in ("ab", "axb"))
    same(few, replace(many, effort=many.effort[[0, 2]]))
    assert len(few.buyer) == pytest.approx(1000, abs=150)


def test_how_many_queries_are_drawn_at_once_moves_no_draw():
    one, other = (whole(sent().batches(with_signals=True, batch=b)) for b in (7, 10_000))
    same(one, other)


def test_other_buyers_move_no_draw_of_a_buyer():
    few, many = (whole(sent(buyers=buyers).batches(with_signals=True)) for buyers in (20, 500))
    own = many.buyer < 20
    names = ("buyer", "problem", "mixture_draw", "signal_draw")
    same(few, Queries(effort=many.effort[:, own], **{n: getattr(many, n)[own] for n in names}))


def test_what_else_a_buyer_sends_moves_no_draw_of_a_query():
    few, many = (whole(sent(buyers=1, rate=rate).batches()) for rate in (5.0, 500.0))
    count = len(few.buyer)
    assert 0 < count < len(many.buyer)
    np.testing.assert_array_equal(few.effort, many.effort[:, :count])


@pytest.mark.parametrize("other", [{"tick": 5}, {"seed": 2}, {"segment": "others"}])
def test_other_ticks_seeds_and_segments_have_draws_of_their_own(other):
    one, another = (whole(sent(**more).batches()) for more in ({}, other))
    count = min(len(one.buyer), len(another.buyer))
    effort = np.stack([one.effort[0, :count], another.effort[0, :count]])
    assert abs(np.corrcoef(effort)[0, 1]) < 5 / np.sqrt(count)


def test_models_of_the_same_weights_share_their_efforts():
    drawn = whole(sent(("a", "b", "a")).batches())
    np.testing.assert_array_equal(drawn.effort[0], drawn.effort[2])
    (batch,) = sent(("a", "b", "a")).batches()
    np.testing.assert_array_equal(batch.draw_of, [0, 1, 0])


def test_draws_of_a_query_are_uniform_exponential_and_independent():
    drawn = whole(sent(buyers=50_000, rate=4.0).batches(with_signals=True))
    uniforms = [1 - np.exp(-drawn.effort[0]), 1 - np.exp(-drawn.effort[1])]
    uniforms += [drawn.mixture_draw, drawn.signal_draw]
    count = len(drawn.buyer)
    for values in uniforms:
        assert kstest(values, "uniform").pvalue > 1e-3
    along = [values[1:] for values in uniforms] + [values[:-1] for values in uniforms]
    apart = np.corrcoef(along)[~np.eye(8, dtype=bool)]
    assert np.abs(apart).max() < 5 / np.sqrt(count)
    share = np.bincount(drawn.problem, minlength=10) / count
    assert np.abs(share - 0.1).max() < 5 * 0.3 / np.sqrt(count)


@pytest.mark.parametrize("rate", [0.02, 1.0, 15.9, 40.0])
def test_buyers_send_poisson_numbers_of_queries(rate):
    buyers = 40_000
    drawn = sent(buyers=buyers, rate=rate)
    counts = np.diff(drawn.ends, prepend=0)
    most = int(poisson.ppf(1 - 1e-3, rate))
    observed = np.bincount(np.minimum(counts, most), minlength=most + 1)
    chance = poisson.pmf(np.arange(most + 1), rate)
    chance[-1] = poisson.sf(most - 1, rate)
    seen = chance * buyers > 5
    observed = np.append(observed[seen], observed[~seen].sum())
    chance = np.append(chance[seen], chance[~seen].sum())
    if chance[-1] == 0:
        observed, chance = observed[:-1], chance[:-1]
    assert chisquare(observed, chance / chance.sum() * buyers).pvalue > 1e-3


def test_buyers_send_in_proportion_to_their_volumes():
    relative = np.repeat([0.5, 0.0, 2.0], 20_000)
    sampler = ProblemSampler(np.ones(1))
    drawn = SentQueries.draw(Streams(1), "teams", 0, 3.0, relative, ["a"], sampler)
    counts = np.diff(drawn.ends, prepend=0).reshape(3, -1)
    assert counts[1].sum() == 0
    np.testing.assert_allclose(counts.mean(axis=1), [1.5, 0.0, 6.0], rtol=0.03)
    np.testing.assert_allclose(counts.var(axis=1), [1.5, 0.0, 6.0], rtol=0.05)


def test_no_arrivals_are_one_empty_batch():
    (empty,) = sent(("a",), buyers=1, rate=1e-9).batches()
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
        SentQueries.draw(
            Streams(5),
            "all",
            0,
            1.0,
            np.ones(500_000),
            population.models,
            ProblemSampler(population.weight),
        ).batches()
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
