"""Where curves of solve rate and spend first reach a wanted solve rate, at the least spend."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.crossing import crossings


@dataclass(frozen=True)
class Crossing:
    """Where curves of (solve rate, spend) first reach the wanted solve rates.

    A buyer between two budgets of the grid mixes them: with chance `share` the budget at `high`,
    else that at `low`. The mixture has the wanted solve rate in expectation.

    Attributes
    ----------
    spend
        [..., G] expected spend; infinite where the curve does not reach.
    low, high
        [..., G] indices into the curve's grid.
    share
        [..., G] chance of `high`, in (0, 1].
    """

    spend: FloatArray
    low: IntArray
    high: IntArray
    share: FloatArray


def least_spend(solve_rate: FloatArray, spend: FloatArray, target: FloatArray) -> Crossing:
    """Least spend on each curve that reaches at least each target.

    Candidates are every point of the curve at or above the target, and the mixture of the two
    neighbours that straddle it. The answer is non-decreasing in the target.

    Parameters
    ----------
    solve_rate, spend
        [F, X] (or [X]) per curve; the solve rate does not fall along X.
    target
        [G] solve rates.
    """
    flat = solve_rate.ndim == 1
    s = np.atleast_2d(spend)
    low, high, share, reached = crossings(np.atleast_2d(solve_rate), target)
    s_low, s_high = np.take_along_axis(s, low, axis=1), np.take_along_axis(s, high, axis=1)
    mixed = s_low + share * (s_high - s_low)
    # the cheapest point further along: spend may fall with budget where a later stage is dearer
    reverse = s[:, ::-1]
    best_later = np.minimum.accumulate(reverse, axis=1)[:, ::-1]
    later = np.take_along_axis(best_later, high, axis=1)
    overshoot = later < mixed
    if overshoot.any():
        i, g = np.nonzero(overshoot)
        at = np.array([a + int(np.argmin(s[f, a:])) for f, a in zip(i, high[i, g], strict=True)])
        high[i, g] = low[i, g] = at
        share[i, g] = 1.0
        mixed[i, g] = later[i, g]
    cost = np.where(reached, mixed, np.inf)
    if flat:
        return Crossing(cost[0], low[0], high[0], share[0])
    return Crossing(cost, low, high, share)
