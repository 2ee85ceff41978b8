"""What attempts cost their makers, by model."""

import numpy as np
import pytest

from market.scenario.agent_specs import ProviderSpec
from market.scenario.marginal_costs import cost_ratios, mean_cost_ratio

MAKERS = [
    ProviderSpec(name="A", models=("a", "b"), cost_ratio=0.2),
    ProviderSpec(name="B", models=("c",), cost_ratio=0.5),
]


def test_a_model_has_its_makers_ratio_on_its_own_basis_and_a_student_its_cost():
    owner, basis = np.array([0, 0, 1, -1]), np.array([1.0, 4.0, 2.0, 1.0])
    assert cost_ratios(owner, MAKERS, basis).tolist() == [0.2, 0.8, 1.0, 1.0]


def test_the_mean_ratio_is_what_an_attempt_of_each_costs_over_their_list_prices():
    found = mean_cost_ratio(np.array([0.2, 0.8]), np.array([3.0, 1.0]))
    assert found == pytest.approx((0.2 * 3 + 0.8 * 1) / 4, rel=1e-15)


def test_the_mean_of_equal_ratios_is_that_ratio_to_the_last_digit():
    assert mean_cost_ratio(np.array([0.155] * 3), np.array([0.1, 0.7, 0.3])) == 0.155
