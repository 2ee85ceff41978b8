"""Populations at the ends of what there is: one problem, sure and hopeless models, all money."""

import itertools

import numpy as np
import pytest

from market.calibration.calibrate import calibrate
from market.foundation.errors import DataError
from market.frontier.appraisal import appraise
from market.population.population import Population

PROBABILITIES = {"never": [0.0, 0.0], "always": [1.0, 1.0], "one of two": [0.0, 1.0]}
COSTS = {"equal": [0.1, 0.1], "free": [2.0**-40, 1.0], "apart": [1e-90, 1e90], "tiny": [1e-95] * 2}
EVERY = [*itertools.product((1, 3), PROBABILITIES, COSTS)]


def population(problems: int, chance: str, cost: str) -> Population:
    shape = np.ones((problems, 1))
    return Population(
        ("a", "b"),
        np.full(problems, 1 / problems),
        shape * PROBABILITIES[chance],
        shape * COSTS[cost],
    )


@pytest.mark.parametrize(("problems", "chance", "cost"), EVERY)
def test_a_frontier_is_found_or_refused_with_the_reason(problems, chance, cost):
    found = population(problems, chance, cost)
    if chance == "never":
        with pytest.raises(DataError, match="no model solves any problem"):
            appraise(found)
        return
    appraisal = appraise(found)
    assert (appraisal.cost <= appraisal.market.price * (1 + 1e-9)).all()


@pytest.mark.parametrize(("problems", "chance", "cost"), EVERY)
def test_classes_are_fitted_whatever_the_problems_are(problems, chance, cost):
    found = population(problems, chance, cost)
    assert calibrate(found, 1, np.random.default_rng(0)).population.size == 1
