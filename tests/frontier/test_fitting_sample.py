import numpy as np
import pytest
from conftest import item_response, log_budgets, one_problem

from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.fitting_sample import buy_attempts, sampled_tables
from market.frontier.pass_curves import AttemptCosts, Remainder
from market.population.population import Population


def rng(population: Population, seed: int = 1):
    streams = Streams(seed)
    names = ("problems", *population.models)
    return {name: streams.generator("fitting", name) for name in names}


def bought(
    population: Population,
    budget: float,
    cap: float = 0.5,
    price=None,
    seed: int = 1,
    remainder: Remainder = "spent",
):
    multipliers = np.ones(len(population.models)) if price is None else np.asarray(price)
    caps = np.full(len(multipliers), cap)
    return buy_attempts(
        population, population.weight, multipliers, budget, caps, rng(population, seed), remainder
    )


def same_for_all(models: int):
    """[M, X] budgets."""
    return np.tile(log_budgets(), (models, 1))


def test_the_budget_is_spent_and_the_problem_in_hand_finished(ladder):
    sample = bought(ladder, 20.0)
    assert 20 <= sample.spend.sum() < 20 + 3 * 0.5
    dear = bought(ladder, 20.0, price=[2.0, 2.0, 2.0])
    assert 20 <= 2 * dear.spend.sum() < 20 + 3 * 0.5
    assert len(dear.problem) < len(sample.problem)


def test_dear_problems_are_not_left_out_of_small_samples(ladder):
    def cost(budget: float) -> float:
        samples = [bought(ladder, budget, seed=seed) for seed in range(1, 401)]
        return float(np.mean(np.concatenate([s.failed_cost.sum(axis=1) for s in samples])))

    everywhere = float(ladder.weight @ ladder.list_cost.sum(axis=1))
    assert cost(0.3) > 0.95 * everywhere


def test_no_model_costs_more_than_the_cap_at_a_problem(ladder):
    sample = bought(ladder, 20.0, cap=0.1)
    made = np.where(np.isfinite(sample.needed), sample.needed, 0.0)
    assert (made * sample.solved_cost <= 0.1 + 1e-12).all()


def test_more_money_buys_more_of_the_same(ladder):
    few, many = bought(ladder, 5.0), bought(ladder, 50.0)
    count = len(few.problem)
    assert len(many.problem) > 5 * count
    np.testing.assert_array_equal(few.problem, many.problem[:count])
    np.testing.assert_array_equal(few.needed, many.needed[:count])
    assert few.spend.sum() < many.spend.sum()


def test_a_model_that_is_not_for_sale_is_not_tried_and_moves_no_other(ladder):
    every, some = bought(ladder, 10.0), bought(ladder, 10.0, price=[1.0, np.inf, 1.0])
    assert some.spend[1] == 0
    assert np.isinf(some.needed[:, 1]).all()
    count = min(len(every.problem), len(some.problem))
    np.testing.assert_array_equal(every.problem[:count], some.problem[:count])
    np.testing.assert_array_equal(every.needed[:count, [0, 2]], some.needed[:count, [0, 2]])


def test_the_least_money_buys_one_problem():
    sample = bought(one_problem([0.5], [1.0]), 0.001, cap=2.0)
    assert len(sample.problem) == 1
    assert 1 <= sample.spend.sum() <= 2


@pytest.mark.parametrize(("remainder", "paid"), [("kept", 0.0), ("spent", 10.0)])
def test_nothing_is_learnt_where_no_attempt_is_within_the_cap(remainder, paid):
    sample = bought(one_problem([0.5], [1.0]), 10.0, cap=0.5, remainder=remainder)
    assert np.isinf(sample.needed).all()
    assert sample.spend.sum() == paid


def test_attempts_are_geometric():
    sample = bought(one_problem([0.3], [0.001]), 20.0, cap=10.0)
    assert sample.needed.mean() == pytest.approx(1 / 0.3, rel=0.05)


@pytest.mark.parametrize("remainder", ["kept", "spent"])
def test_what_is_seen_is_a_step_at_the_cost_of_solving(remainder):
    population = one_problem([0.4, 0.0], [0.01, 0.02])
    sample = bought(population, 3.0, cap=0.2)
    budget = log_budgets()
    tables = sampled_tables(sample, population.models, same_for_all(2), remainder)
    cheap, dear = (AttemptCosts(np.array(c), np.array(c), remainder) for c in (0.01, 0.02))
    for i in range(len(sample.problem)):
        spent = sample.needed[i, 0] * 0.01
        np.testing.assert_array_equal(
            tables.solved[0][i], cheap.attempts(budget) >= sample.needed[i, 0]
        )
        assert tables.spend[0][i].max() == pytest.approx(min(spent, 1.0))
    assert (tables.solved[1] == 0).all()
    gone = budget if remainder == "spent" else dear.attempts(budget) * 0.02
    np.testing.assert_allclose(tables.spend[1][0], gone)


def test_a_large_sample_shows_the_true_curves_below_the_cap():
    population = item_response(problems=30)
    sample = bought(population, 3000.0, cap=1.0)
    tables = sampled_tables(sample, population.models, same_for_all(3), "spent")
    truth = build_tables(population, log_budgets(), "geometric")
    for m in range(3):
        for seen, true in zip(tables.mean_curves(m), truth.mean_curves(m), strict=True):
            np.testing.assert_allclose(seen, true, atol=0.02)


def test_what_is_left_is_spent_where_it_is_spent():
    population = one_problem([0.0], [0.03])
    tables = sampled_tables(bought(population, 1.0), population.models, same_for_all(1), "spent")
    np.testing.assert_allclose(tables.spend[0][0], tables.budget[0])


def test_a_free_model_is_tried_up_to_the_cap_in_list_dollars():
    population = one_problem([0.5, 0.0], [0.01, 0.01])
    sample = bought(population, 1.0, cap=0.1, price=[1.0, 0.0])
    assert np.isinf(sample.needed[:, 1]).all()
    assert sample.spend[1] == pytest.approx(0.1 * len(sample.problem))
    assert 0.99 < sample.spend[0] < 1.11
