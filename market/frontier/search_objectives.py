"""What a search over cascades makes least: at a shadow price, or near a solve rate."""

from collections.abc import Callable

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.crossing import REACHED

_WIDTH = 0.04  # δ, of the highest solve rate: there the quadratic term has undone half the slope
_FLATTEST = 1e-3  # η, where spend hardly rises

Objective = Callable[[FloatArray, FloatArray], FloatArray]
"""From solve rates and bills [X] to [X] what is to be least."""


def most_right(solve_rate: FloatArray, bill: FloatArray) -> FloatArray:
    """What is least at the highest solve rate, whatever it costs."""
    return -solve_rate


def least_for(rate: float, known: float) -> Objective:
    """What is least at the cheapest policy that solves a given share, known to cost so much."""

    def objective(solve_rate: FloatArray, bill: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):  # costs may be further apart than numbers go
            return np.where(solve_rate >= rate - REACHED, bill / known, np.inf)

    return objective


def worth(shadow_price: float) -> Objective:
    """What is least at the best policy for a shadow price λ."""

    def objective(solve_rate: FloatArray, bill: FloatArray) -> FloatArray:
        return shadow_price * bill - solve_rate

    return objective


def local_objective(cost: FloatArray, lattice: FloatArray, g: int) -> Objective:
    """What is least at the best policies near solve rate `lattice[g]`, given the costs known."""
    low, high = max(g - 2, 0), min(g + 2, len(lattice) - 1)
    rate, known = float(lattice[g]), float(cost[g])
    apart, dearer = float(lattice[high] - lattice[low]), float(cost[high] - cost[low])
    # slope of ln K; where K is not known on both sides, a steep one
    step = apart * known  # 0 where the least money that there is cannot be divided
    told = step > 0 and np.isfinite(dearer / step)
    slope = max(dearer / step, _FLATTEST) if told else len(lattice) / float(lattice[-1])
    curvature = slope / (2 * _WIDTH * float(lattice[-1]))

    def objective(solve_rate: FloatArray, bill: FloatArray) -> FloatArray:
        away = solve_rate - rate
        with np.errstate(over="ignore"):  # costs may be further apart than numbers go
            return bill / known - slope * away + curvature * away * away

    return objective


def objective_at(rate: float, cost: float, around: FloatArray, lattice: FloatArray) -> Objective:
    """What is least at the best policies near a solve rate between those of a lattice.

    Parameters
    ----------
    rate, cost
        The solve rate, and the least spend known at it.
    around
        The least spend known at each solve rate of the lattice.
    lattice
        Rising.
    """
    g = int(np.searchsorted(lattice, rate))
    return local_objective(np.insert(around, g, cost), np.insert(lattice, g, rate), g)
