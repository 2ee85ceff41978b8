import pickle

import numpy as np
import pytest
from conftest import item_response

from market.foundation.errors import DataError
from market.population.population import Population


def build(**changes):
    given = {
        "models": ("a", "b"),
        "weight": np.array([0.25, 0.75]),
        "solve_prob": np.array([[0.1, 0.2], [0.3, 0.4]]),
        "list_cost": np.array([[1.0, 2.0], [3.0, 4.0]]),
    }
    return Population(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight": np.array([0.25, 0.5])}, r"weights sum to 0\.75, not to 1"),
        ({"weight": np.array([-0.5, 1.5])}, r"weight\[0\]: -0\.5 is not at least 0"),
        ({"solve_prob": np.array([[0.1, 1.2], [0, 0]])}, r"solve_prob\[0\]\[1\]: 1\.2 is not from"),
        ({"list_cost": np.array([[1.0, 2.0], [0.0, 1.0]])}, r"list_cost\[1\]\[0\]: 0\.0 is not ab"),
        ({"list_cost": np.array([[1.0, 2.0], [np.nan, 1.0]])}, "list_cost"),
        ({"list_cost": np.ones((2, 3))}, r"shape \(2, 3\), expected \(2, 2\)"),
        ({"models": ("a", "a")}, "repeat"),
        ({"successes": np.ones((2, 2))}, "both successes and attempts"),
        ({"domain": ("x",)}, "1 names for 2 problems"),
        ({"failed_cost": np.ones((2, 2))}, "both failed_cost and solved_cost"),
        (
            {"failed_cost": np.ones((2, 2)), "solved_cost": np.zeros((2, 2))},
            r"solved_cost\[0\]\[0\]",
        ),
        ({"failed_cost": np.ones((2, 3)), "solved_cost": np.ones((2, 2))}, "failed_cost: shape"),
    ],
)
def test_a_population_that_cannot_be_is_refused(changes, message):
    with pytest.raises(DataError, match=message):
        build(**changes)


def test_successes_cannot_exceed_attempts():
    with pytest.raises(DataError, match="successes"):
        build(successes=np.full((2, 2), 3), attempts=np.full((2, 2), 2))


def test_arrays_are_copies_that_refuse_writes():
    weight = np.array([0.5, 0.5])
    population = build(weight=weight)
    weight[0] = 9
    assert population.weight[0] == 0.5
    with pytest.raises(ValueError, match="read-only"):
        population.solve_prob[0, 0] = 1


def test_selection_keeps_the_given_order_of_models():
    chosen = build().select(["b", "a"])
    assert chosen.models == ("b", "a")
    np.testing.assert_array_equal(chosen.solve_prob, [[0.2, 0.1], [0.4, 0.3]])


def test_an_unknown_model_is_named_with_those_there_are():
    with pytest.raises(DataError, match="no model 'c' here; there are: a, b"):
        build().select(["c"])


def test_a_population_survives_pickling():
    population = build(left_out={"a": 3})
    again = pickle.loads(pickle.dumps(population))
    assert again.left_out == {"a": 3}
    np.testing.assert_array_equal(again.list_cost, population.list_cost)


def test_without_heterogeneity_models_differ_in_level_alone():
    population = item_response(heterogeneity=0.0)
    order = np.argsort(population.solve_prob[:, 0])
    assert (np.diff(population.solve_prob[order, 1]) >= 0).all()
    ratio = population.list_cost[:, 1] / population.list_cost[:, 0]
    np.testing.assert_allclose(ratio, ratio[0])


def test_heterogeneity_makes_models_less_alike():
    def likeness(heterogeneity: float) -> float:
        p = item_response(heterogeneity, problems=2000).solve_prob
        return float(np.corrcoef(p[:, 0], p[:, 2])[0, 1])

    assert likeness(0.0) > likeness(1.0) > likeness(4.0)


def test_the_unsolvable_share_is_solved_by_nobody():
    population = item_response(problems=200)
    assert (population.solve_prob == 0).all(axis=1).mean() == pytest.approx(0.1)


def test_costs_of_failed_and_successful_attempts_go_with_their_models():
    apart = {
        "failed_cost": np.array([[2.0, 3], [4, 5]]),
        "solved_cost": np.array([[6.0, 7], [8, 9]]),
    }
    chosen = build(**apart).select(["b"])
    assert chosen.cost_of_failure.tolist() == [[3], [5]]
    assert chosen.cost_of_success.tolist() == [[7], [9]]


def test_attempts_whose_costs_are_not_told_apart_cost_what_is_listed():
    population = build()
    for cost in (population.cost_of_failure, population.cost_of_success):
        np.testing.assert_array_equal(cost, population.list_cost)
