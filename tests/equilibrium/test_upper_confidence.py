"""Bandits by upper confidence bounds: the published bound on regret, and what they end at."""

import math

import numpy as np
from logit_market import PUBLISHED, grid_game

from market.equilibrium.q_learning import deviation
from market.equilibrium.upper_confidence import UpperConfidence
from market.strategies.upper_confidence_loop import _learn, learn_loop

SHORT = UpperConfidence(patience=2_000, most=50_000)


def test_regret_against_the_best_price_is_below_the_published_bound():
    """Theorem 1 of Auer, Cesa-Bianchi and Fischer (2002): Σ 8 ln T / Δ + (1 + π²/3) Σ Δ."""
    alone = np.array([0.2, 1.0, 0.0, 0.7, 0.5])
    profit = np.stack([np.repeat(alone[:, None], 5, axis=1), np.repeat(alone[None], 5, axis=0)])
    flat, periods = profit.reshape(2, -1), 20_000
    earned, played = np.zeros((2, 60)), np.zeros(60, dtype=np.int64)
    order = np.array([range(5), range(5)])
    _, _, best = learn_loop(flat, flat, order, 2.0, periods + 1, periods, earned, played)
    gaps = 1.0 - alone[alone < 1]
    bound = (8 * math.log(periods) / gaps).sum() + (1 + math.pi**2 / 3) * gaps.sum()
    regret = periods - earned.sum(axis=1)
    assert (regret < bound).all()
    assert (regret > 0.01 * bound).all()
    assert best.tolist() == [1, 1]
    assert played.sum() == periods


def test_where_profits_have_no_noise_bandits_end_above_the_competitive_price():
    profit, _ = grid_game(2)
    ends = [UpperConfidence().learn(profit, 1, r) for r in range(4)]
    earned = np.array([profit[:, *session.cycle.T].mean() for session in ends])
    low, high = PUBLISHED[2]["profit"]
    assert all(session.converged for session in ends)
    assert ((earned - low) / (high - low)).mean() > 0.5


def test_high_prices_of_bandits_are_no_threat_so_that_undercutting_pays():
    profit, _ = grid_game(2)
    session = UpperConfidence().learn(profit, 1, 0)
    left = deviation(session, profit, UpperConfidence(), 0, 5)
    assert (left.path[:, 1] == left.path[0, 1]).all()
    assert left.gain > 0


def test_the_loop_is_what_its_plain_function_is():
    profit, _ = grid_game(2, 5)
    flat = profit.reshape(2, -1)
    found = []
    for loop in (learn_loop, _learn):
        earned, played = np.zeros((2, 60)), np.zeros(60, dtype=np.int64)
        order = np.array([range(5), range(4, -1, -1)])
        ended = loop(flat, flat / flat.max(), order, 2.0, 100, 500, earned, played)
        found.append((ended[0], ended[1], ended[2].tolist(), earned, played.tolist()))
    assert found[0][:3] == found[1][:3]
    assert found[0][4] == found[1][4]
    np.testing.assert_allclose(found[0][3], found[1][3], rtol=1e-12)


def test_sessions_differ_and_the_same_one_repeats():
    profit, _ = grid_game(2)
    one, again, other = (SHORT.learn(profit, 1, r) for r in (0, 0, 1))
    np.testing.assert_array_equal(one.curve, again.curve)
    assert not np.array_equal(one.curve, other.curve, equal_nan=True)


def test_a_price_that_always_earns_the_same_is_as_good_as_any():
    session = SHORT.learn(np.ones((2, 3, 3)), 1, 0)
    assert session.converged
    assert session.cycle.shape == (1, 2)
