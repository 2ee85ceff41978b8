import numpy as np
import pytest
from conftest import log_budgets, one_problem

from market.foundation.errors import DataError
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate, evaluate_mixture


def tables():
    return build_tables(one_problem([0.5, 0.25], [0.1, 0.2]))


def test_a_later_stage_is_paid_only_when_the_earlier_ones_fail():
    value = evaluate(Cascade((Stage("m0", 0.2), Stage("m1", 0.2))), tables())
    assert value.solve_rate == pytest.approx(1 - 0.25 * 0.75)
    np.testing.assert_allclose(value.list_spend, [0.1 * 1.5, 0.25 * 0.2])
    assert value.spend(np.array([2.0, 10.0])) == pytest.approx(2 * 0.15 + 10 * 0.05)


def test_nothing_bought_is_nothing_solved():
    value = evaluate(Cascade(()), tables())
    assert value.solve_rate == 0
    assert value.list_spend.sum() == 0


def test_a_mixture_is_worth_its_parts_by_their_shares():
    low, high = Cascade((Stage("m0", 0.1),)), Cascade((Stage("m0", 0.3),))
    value = evaluate_mixture(Mixture(low, high, 0.25), tables())
    assert value.solve_rate == pytest.approx(0.75 * 0.5 + 0.25 * 0.875)


def test_a_budget_on_the_grid_and_one_beside_it_agree():
    found = build_tables(one_problem([0.5, 0.25], [0.1, 0.2]), log_budgets())
    on_grid = float(found.budget[0, 200])
    near = evaluate(Cascade((Stage("m0", on_grid * (1 + 1e-13)),)), found)
    assert evaluate(Cascade((Stage("m0", on_grid),)), found).solve_rate == near.solve_rate


def test_a_model_appears_once_and_budgets_are_not_negative():
    with pytest.raises(DataError, match="appears twice"):
        Cascade((Stage("a", 1.0), Stage("a", 2.0)))
    with pytest.raises(DataError, match="budget"):
        Cascade((Stage("a", -1.0),))
