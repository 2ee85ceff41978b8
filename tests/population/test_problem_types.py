import numpy as np
import pytest
from conftest import halves

from market.foundation.errors import DataError
from market.population.population import Population
from market.population.problem_types import problem_types, type_places


def test_types_split_problems_that_models_find_unlike():
    p = np.repeat([[0.9, 0.1], [0.1, 0.9]], 5, axis=0)
    population = Population(("a", "b"), np.full(10, 0.1), p, np.ones((10, 2)))
    label = problem_types(population, 2)
    assert len(set(label[:5])) == len(set(label[5:])) == 1
    assert label[0] != label[9]


@pytest.mark.parametrize("types", [0, 5])
def test_a_number_of_types_out_of_range_is_refused(types):
    with pytest.raises(DataError, match=f"types: {types} is not from 1"):
        problem_types(halves(), types)


def test_as_many_types_as_kinds_of_problems_tell_them_all_apart():
    # two problems alike, so three kinds of four; k-means has no fourth centre to begin from
    prob = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.5, 0.5]])
    population = Population(("a", "b"), np.full(4, 0.25), prob, np.full((4, 2), 0.01))
    for types in (3, 4):
        label = problem_types(population, types)
        assert label[0] == label[1]
        assert len(set(label.tolist())) == 3


def test_a_type_lies_where_its_problems_do_and_an_empty_one_in_the_middle():
    prob = np.array([[0.8, 0.5], [0.6, 0.5], [0.2, 0.5], [0.4, 0.5]])
    weight = np.array([0.1, 0.3, 0.2, 0.4])
    population = Population(("a", "b"), weight, prob, np.full((4, 2), 0.01))
    places = type_places(population, np.array([0, 0, 2, 2]), 3) * prob[:, 0].std()
    # the second model finds all alike
    assert places == pytest.approx(np.array([[0.65], [weight @ prob[:, 0]], [1 / 3]]))
