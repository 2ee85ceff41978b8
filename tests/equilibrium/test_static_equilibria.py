import numpy as np
import pytest
from logit_market import grid_game

from market.equilibrium.static_equilibria import benchmarks, best_replies_gain

PENNIES = np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])


def test_a_dilemma_has_its_one_equilibrium_and_its_joint_optimum():
    profit = np.array([[[2.0, 0.0], [3.0, 1.0]], [[2.0, 3.0], [0.0, 1.0]]])
    found = benchmarks(profit, np.array([[2.0, 1.0], [2.0, 1.0]]))
    assert found.equilibria.tolist() == [[1, 1]]
    assert found.competitive.tolist() == [1.0, 1.0]
    assert found.competitive_price.tolist() == [1.0, 1.0]
    assert found.joint.tolist() == [0, 0]
    assert found.gain(np.array([[1.0, 1.0], [2.0, 2.0], [1.5, 1.5]])).tolist() == [0.0, 1.0, 0.5]


def test_where_there_is_no_pure_equilibrium_a_mixed_one_is_found():
    found = benchmarks(PENNIES, np.array([[1.0, 2.0], [1.0, 2.0]]))
    assert found.mixed
    assert len(found.equilibria) == 0
    np.testing.assert_allclose(found.competitive, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.competitive_price, 1.5)


def test_no_gain_is_known_where_equilibrium_is_the_joint_optimum():
    same = np.ones((2, 2, 2))
    found = benchmarks(same, np.array([[1.0, 2.0], [1.0, 2.0]]))
    assert np.isnan(found.gain(np.ones((3, 2)))).all()


@pytest.mark.parametrize("firms", [2, 3])
def test_nobody_gains_by_moving_alone_from_an_equilibrium_on_the_grid(firms):
    profit, price = grid_game(firms)
    found = benchmarks(profit, price)
    assert len(found.equilibria) >= 1
    assert (best_replies_gain(profit)[tuple(found.equilibria.T)] == 0).all()
    assert found.joint_profit.sum() > found.competitive.sum()
