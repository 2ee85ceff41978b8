import numpy as np
import pytest
from conftest import item_response, one_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from market.cascade import Cascade, Mixture, Stage, evaluate_mixture
from market.curves import build_tables
from market.population import Population
from market.serving import ProblemSampler, Queries, bind, draw_queries, serve
from market.streams import Streams


def plain(*stages: tuple[str, float]) -> Mixture:
    cascade = Cascade(tuple(Stage(*stage) for stage in stages))
    return Mixture(cascade, cascade, 1.0)


def queries(effort: list[list[float]], lot: float = 0.0) -> Queries:
    """One problem, given efforts [M][Q]."""
    count = len(effort[0])
    none = np.zeros(count, dtype=np.int64)
    return Queries(none, none, np.array(effort), np.full(count, lot))


def serve_all(population: Population, policy: Mixture, drawn: Queries):
    book = bind([policy], population)
    every = np.arange(len(drawn.problem))
    return serve(book, 0 * every, drawn, every, np.ones(len(population.models)))


def test_attempts_needed_are_effort_over_the_rate_of_failing_rounded_up():
    population = one_problem([0.5], [1.0])
    rate = np.log(2)
    drawn = queries([[0.0, 0.5 * rate, rate, 1.5 * rate, 2.5 * rate, 9 * rate]])
    served = serve_all(population, plain(("m0", 3.0)), drawn)
    np.testing.assert_array_equal(served.solved, [True, True, True, True, True, False])
    np.testing.assert_allclose(served.bill, [1, 1, 1, 2, 3, 3])
    assert served.attempts[0] == 11


def test_a_model_that_never_solves_spends_its_budget_and_one_that_always_does_one_attempt():
    drawn = queries([[0.0, 0.7], [0.0, 5.0]])
    served = serve_all(one_problem([0.0, 1.0], [1.0, 0.5]), plain(("m0", 2.9), ("m1", 9.0)), drawn)
    assert served.solved.all()
    np.testing.assert_allclose(served.bill, [2.5, 2.5])
    np.testing.assert_allclose(served.list_spend, [[4.0, 1.0]])


def test_an_attempt_that_does_not_fit_is_not_made():
    served = serve_all(one_problem([1.0], [1.0]), plain(("m0", 0.99)), queries([[0.1]]))
    assert not served.solved[0]
    assert served.bill[0] == 0


def test_the_lot_decides_between_the_cascades_of_a_mixture():
    population = one_problem([1.0], [1.0])
    mixture = Mixture(Cascade((Stage("m0", 0.5),)), Cascade((Stage("m0", 1.0),)), 0.3)
    assert serve_all(population, mixture, queries([[0.1]], lot=0.29)).solved[0]
    assert not serve_all(population, mixture, queries([[0.1]], lot=0.31)).solved[0]


def test_prices_scale_the_bill_and_not_what_is_solved():
    population = one_problem([0.5, 0.4], [1.0, 2.0])
    drawn = queries([[0.1, 3.0], [0.2, 0.3]])
    book = bind([plain(("m0", 2.0), ("m1", 4.0))], population)
    every = np.arange(2)
    one = serve(book, 0 * every, drawn, every, np.array([1.0, 1.0]))
    other = serve(book, 0 * every, drawn, every, np.array([3.0, 0.5]))
    np.testing.assert_array_equal(one.solved, other.solved)
    np.testing.assert_allclose(other.bill.sum(), one.list_spend[0] @ [3.0, 0.5])


def test_nobody_served_is_nothing_spent():
    population = one_problem([0.5], [1.0])
    book = bind([None], population)
    none = np.empty(0, dtype=np.int64)
    served = serve(book, none, queries([[0.1]]), none, np.ones(1))
    assert served.list_spend.sum() == 0
    assert len(served.solved) == 0


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
        draw_queries(Streams(1), "teams", 4, 500, 2.0, models, sampler)
        for models in (["a", "b"], ["a", "x", "b"])
    )
    np.testing.assert_array_equal(few.problem, many.problem)
    np.testing.assert_array_equal(few.lot, many.lot)
    np.testing.assert_array_equal(few.effort, many.effort[[0, 2]])
    assert len(few.buyer) == pytest.approx(1000, abs=150)


def test_simulated_spend_and_solve_rate_agree_with_the_curves():
    population = item_response(problems=50)
    tables = build_tables(population, estimator="geometric")
    policies = [plain((model, 0.3)) for model in population.models]
    policies.append(plain(("small", 0.02), ("middle", 0.1), ("large", 0.4)))
    grid = tables.budget
    policies.append(
        Mixture(
            Cascade((Stage("middle", float(grid[150])), Stage("large", float(grid[220])))),
            Cascade((Stage("middle", float(grid[180])), Stage("large", float(grid[220])))),
            0.4,
        )
    )
    book = bind(policies, population)
    drawn = draw_queries(
        Streams(5), "all", 0, 1_000_000, 1.0, population.models, ProblemSampler(population.weight)
    )
    every = np.arange(len(drawn.problem))
    price = np.array([1.0, 2.0, 0.5])
    for p, policy in enumerate(policies):
        served = serve(book, np.full(len(every), p), drawn, every, price)
        value = evaluate_mixture(policy, tables)
        error = served.solved.std() / np.sqrt(len(every))
        assert abs(served.solved.mean() - value.solve_rate) < 4 * error
        error = served.bill.std() / np.sqrt(len(every))
        assert abs(served.bill.mean() - value.spend(price)) < 4 * error
