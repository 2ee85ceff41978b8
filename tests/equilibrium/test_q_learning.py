"""Learning prices: the published duopoly, and what a learned strategy must be."""

from dataclasses import replace

import numpy as np
import pytest
from logit_market import PUBLISHED, grid_game

from market.equilibrium.q_learning import QLearning, deviation, learn, limit_cycle, split
from market.strategies.q_learning_loop import _learn, learn_loop

SHORT = QLearning(decay=4e-4, patience=2_000, most=200_000)


def test_learning_duopolists_earn_the_published_share_of_what_agreeing_would_pay():
    """Δ = .846 ± .008 (200 runs of a C program); decided within two standard errors of both."""
    profit, _ = grid_game(2)
    sessions = [learn(profit, QLearning(), 1, r) for r in range(12)]
    assert all(session.converged for session in sessions)
    earned = [profit[:, *session.cycle.T].mean() for session in sessions]
    low, high = PUBLISHED[2]["profit"]
    gain = (np.array(earned) - low) / (high - low)
    error = np.hypot(gain.std(ddof=1) / np.sqrt(len(gain)), 0.008)
    assert abs(gain.mean() - 0.846) < 2 * error
    assert 1.4e6 < np.mean([session.periods for session in sessions]) < 2.4e6


def test_undercutting_what_was_learned_does_not_pay():
    profit, _ = grid_game(2)
    gains = [
        deviation(learn(profit, QLearning(), 1, r), profit, QLearning(), 0, 15).gain
        for r in range(4)
    ]
    assert np.mean(gains) < 0


def test_without_discount_and_memory_the_dominant_price_is_learned():
    profit = np.zeros((2, 3, 3))
    profit[0, 1, :], profit[1, :, 2] = 1.0, 1.0  # whatever the other does
    rule = QLearning(rate=0.5, decay=1e-3, discount=0.0, memory=False, patience=1000, most=100_000)
    session = learn(profit, rule, 1, 0)
    assert session.converged
    assert session.cycle.tolist() == [[1, 2]]


def test_without_a_future_a_deviation_is_worth_what_it_earns_at_once():
    profit = np.zeros((2, 2, 2))
    profit[0] = [[1.0, 1.0], [3.0, 3.0]]
    rule = QLearning(discount=0.0, decay=1e-3, patience=10, most=1000)
    high = replace(
        learn(profit, rule, 1, 0), greedy=np.zeros((2, 4), int), cycle=np.zeros((1, 2), int)
    )
    assert deviation(high, profit, rule, 0, 5).gain == 2.0


def test_the_loop_is_what_its_plain_function_is():
    profit, _ = grid_game(2, 5)
    flat = profit.reshape(2, -1)
    found = []
    for loop in (learn_loop, _learn):
        value = np.zeros((2, 25, 5))
        greedy = np.zeros((2, 25), dtype=np.int64)
        earned, played = np.zeros((2, 80)), np.zeros(80, dtype=np.int64)
        with np.errstate(over="ignore"):  # of the counter, which wraps around
            end = loop(
                flat, 5, value, greedy, np.uint64(7), 0.15, 1e-3, 0.95, 500, 3000, earned, played
            )
        assert played.sum() == end[0]
        found.append((end, value, greedy, earned))
    assert found[0][0] == found[1][0]
    for one, other in zip(found[0][1:], found[1][1:], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_sessions_differ_and_the_same_one_repeats():
    profit, _ = grid_game(2, 7)
    one, same, other = (learn(profit, SHORT, 1, r) for r in (0, 0, 1))
    np.testing.assert_array_equal(one.greedy, same.greedy)
    assert (one.greedy != other.greedy).any()


def test_a_session_that_is_cut_off_says_so():
    profit, _ = grid_game(2, 7)
    session = learn(profit, QLearning(most=1000), 1, 0)
    assert (session.periods, session.converged) == (1000, False)
    assert np.isfinite(session.curve[:, : int(4 * np.log2(1000))]).any(axis=1).all()


def test_play_ends_in_a_cycle():
    greedy = np.array([[1, 0, 1, 1], [0, 0, 0, 1]])  # of two prices: from (0, 0) on
    assert limit_cycle(greedy, 2, 0).tolist() == [[1, 0]]
    turns = np.array([[1, 1, 0, 0], [0, 0, 1, 1]])
    assert limit_cycle(turns, 2, 1).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("firms", [2, 3])
def test_joint_actions_are_split_first_firm_first(firms):
    cells = np.stack(np.unravel_index(np.arange(4**firms), (4,) * firms), axis=-1)
    np.testing.assert_array_equal(split(np.arange(4**firms), firms, 4), cells)
