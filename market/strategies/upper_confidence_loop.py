"""How bandits choose by upper confidence bounds, and the loop of firms that learn on a table.

The loop is that of `market.equilibrium.upper_confidence`; providers that learn in a run
(`market.strategies.learning_prices`) choose by the same bound.
"""

import math

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled


def upper_bound(mean: float, count: float, width: float) -> float:
    """What an action may be worth: the mean of what it earned in `count` plays, and √(width/count).

    The width is w·ln t in period t, times the square of the range of what is earned.
    """
    return mean + math.sqrt(width / count)


_upper_bound = compiled(upper_bound)


def _learn(
    profit: FloatArray,
    scaled: FloatArray,
    order: IntArray,
    width: float,
    patience: int,
    most: int,
    earned: FloatArray,
    played: IntArray,
) -> tuple[int, bool, IntArray]:
    """Let n firms play until no firm's price of the best mean has changed for long.

    Parameters
    ----------
    profit, scaled
        [n, m**n] of each firm at each joint action, the first firm's the most significant: as it is
        and between 0 and 1.
    order
        [n, m] in which each firm tries its prices first.
    width, patience, most
        See :class:`market.equilibrium.upper_confidence.UpperConfidence`.
    earned, played
        [n, B] profit, and [B] periods, by block: block b begins with period 2**(b/4), or 1; added
        to.

    Returns
    -------
    Periods, whether it ended by itself, and [n] the price index of the best mean of each.
    """
    firms, grid = order.shape
    total, count = np.zeros((firms, grid)), np.zeros((firms, grid))
    best = np.zeros(firms, dtype=np.int64)
    action = np.zeros(firms, dtype=np.int64)
    still = 0
    for period in range(most):
        bound = width * math.log(period + 1)
        joint = 0
        for firm in range(firms):
            chosen = order[firm, period] if period < grid else 0
            if period >= grid:
                highest = -1.0
                for price in range(grid):
                    mean = total[firm, price] / count[firm, price]
                    value = _upper_bound(mean, count[firm, price], bound)
                    if value > highest:
                        highest, chosen = value, price
            action[firm] = chosen
            joint = joint * grid + chosen
        block = int(4 * math.log2(period + 1))
        played[block] += 1
        changed = False
        for firm in range(firms):
            chosen = action[firm]
            earned[firm, block] += profit[firm, joint]
            total[firm, chosen] += scaled[firm, joint]
            count[firm, chosen] += 1
            before, highest = best[firm], -1.0
            for price in range(grid):
                if count[firm, price] > 0 and total[firm, price] / count[firm, price] > highest:
                    highest, best[firm] = total[firm, price] / count[firm, price], price
            if best[firm] != before:
                changed = True
        still = 0 if changed else still + 1
        if still >= patience:
            return period + 1, True, best
    return most, False, best


learn_loop = compiled(_learn)
