"""What Q-learning does with what an action earned, and the loop of firms that learn on a table.

Firms' actions are indices of a price grid. A state is what all played last, as one index with the
first firm's action the most significant; without memory there is one state. The loop is that of
`market.equilibrium.q_learning`; providers that learn in a run (`market.strategies.learning_prices`)
take the same step.
"""

import math

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_LAST_BIT = 2.0**-53


def _uniform(state: np.uint64) -> float:
    """A number in [0, 1) by SplitMix64, as in `market.simulation.query_loop`."""
    bits = (state ^ (state >> _30)) * _FIRST
    bits = (bits ^ (bits >> _27)) * _SECOND
    return ((bits ^ (bits >> _31)) >> _11) * _LAST_BIT


_draw = compiled(_uniform)


def learned(value: FloatArray, greedy: int, chosen: int, target: float, rate: float) -> int:
    """Move what an action is held to be worth in a state: Q ← (1 − α)·Q + α·target.

    Parameters
    ----------
    value
        [m] of each action in the state; changed.
    greedy, chosen
        The action of the highest value, the first of several, and the one that was played.
    target
        What it earned, and what the state that followed is worth a period later: π + δ·max Q'.
    rate
        α.

    Returns
    -------
    The action of the highest value after it.
    """
    old = value[chosen]
    new = (1 - rate) * old + rate * target
    value[chosen] = new
    best = greedy
    if chosen == greedy:
        if new < old:  # another may be better now
            for other in range(len(value)):
                if value[other] > value[best]:
                    best = other
    elif new > value[greedy]:
        best = chosen
    return best


_learned = compiled(learned)


def _learn(
    profit: FloatArray,
    grid: int,
    value: FloatArray,
    greedy: IntArray,
    state: np.uint64,
    rate: float,
    decay: float,
    discount: float,
    patience: int,
    most: int,
    earned: FloatArray,
    played: IntArray,
) -> tuple[int, bool, int]:
    """Let n firms play until no firm's best action in any state has changed for long.

    Parameters
    ----------
    profit
        [n, m**n] of each firm at each joint action.
    grid
        m, actions of each firm.
    value
        [n, S, m] what each firm holds an action to be worth in a state; changed.
    greedy
        [n, S] the action of the highest value, the first of several; changed.
    state
        Of the random numbers.
    rate, decay, discount
        α, β and δ.
    patience, most
        Periods without a change after which it ends, and periods at most.
    earned, played
        [n, B] profit, and [B] periods, by block: block b begins with period 2**(b/4), or 1; added
        to.

    Returns
    -------
    Periods, whether it ended by itself, and the last joint action.
    """
    firms, states = greedy.shape
    action = np.zeros(firms, dtype=np.int64)
    still, last, here = 0, 0, 0
    for _ in range(firms):  # the first state is drawn
        state += _STEP
        last = last * grid + min(int(_draw(state) * grid), grid - 1)
    for period in range(most):
        if states > 1:
            here = last
        explore = math.exp(-decay * period)
        last = 0
        for firm in range(firms):
            chosen = greedy[firm, here]
            state += _STEP
            if _draw(state) < explore:
                state += _STEP
                chosen = min(int(_draw(state) * grid), grid - 1)
            action[firm] = chosen
            last = last * grid + chosen
        then = last if states > 1 else 0
        block = int(4 * math.log2(period + 1))
        played[block] += 1
        for firm in range(firms):
            earned[firm, block] += profit[firm, last]
        changed = False
        for firm in range(firms):
            best = value[firm, then, greedy[firm, then]]
            before = greedy[firm, here]
            target = profit[firm, last] + discount * best
            greedy[firm, here] = _learned(value[firm, here], before, action[firm], target, rate)
            if greedy[firm, here] != before:
                changed = True
        still = 0 if changed else still + 1
        if still >= patience:
            return period + 1, True, last
    return most, False, last


learn_loop = compiled(_learn)
