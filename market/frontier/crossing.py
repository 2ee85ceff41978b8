"""Where curves of solve rate by budget first reach wanted solve rates."""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray

REACHED = 1e-12  # a solve rate that is missed by so much is reached
APART = 4.0  # by which the solve rates of two curves are told apart: a power of two

Way = tuple[IntArray, IntArray, FloatArray, BoolArray]
"""Low, high, share and reached, as :func:`crossing` has them."""


def crossing(
    solve_rate: FloatArray, target: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, BoolArray]:
    """Where a curve that does not fall first reaches each target.

    Parameters
    ----------
    solve_rate
        [X] by budget.
    target
        [G] solve rates.

    Returns
    -------
    low, high, share, reached
        [G] each: neighbouring budgets, and the chance of the higher one with which their mixture
        solves the target; whether the curve gets there. Where the lowest budget solves more than
        is wanted, it is both.
    """
    high = np.searchsorted(solve_rate, target - REACHED)
    reached = high < len(solve_rate)
    high = np.minimum(high, len(solve_rate) - 1)
    low = np.maximum(high - 1, 0)
    rise = solve_rate[high] - solve_rate[low]
    with np.errstate(over="ignore"):  # a rise may be as small as numbers get
        part = np.divide(target - solve_rate[low], rise, out=np.ones_like(rise), where=rise > 0)
    return low, high, np.clip(part, 0.0, 1.0), reached


def crossings(
    rates: FloatArray, quality: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, BoolArray]:
    """Row by row what :func:`crossing` says of curves [F, X], [F, G] each."""
    highest = np.maximum.accumulate(rates, axis=1)
    return _crossings(highest, highest, quality)


def falling(rates: FloatArray, quality: FloatArray) -> Way:
    """What :func:`crossings` says of curves that may fall as budgets rise, from high budgets."""
    back = rates[:, ::-1]
    low, high, share, reached = _crossings(np.maximum.accumulate(back, axis=1), back, quality)
    last = rates.shape[1] - 1
    return last - low, last - high, share, reached


def ways(rates: FloatArray, quality: FloatArray) -> tuple[Way, ...]:
    """Where curves [F, X] that may fall as budgets rise first reach solve rates, from either end.

    What :func:`rising` says, and :func:`falling` where any of the curves falls.
    """
    highest = np.maximum.accumulate(rates, axis=1)
    up = _crossings(highest, rates, quality)
    if not (highest[:, -1] > rates[:, -1] + REACHED).any():
        return (up,)
    return up, falling(rates, quality)


def rising(rates: FloatArray, quality: FloatArray) -> Way:
    """What :func:`crossings` says of curves that may fall as budgets rise, from low budgets."""
    return _crossings(np.maximum.accumulate(rates, axis=1), rates, quality)


def _crossings(
    highest: FloatArray, rates: FloatArray, quality: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, BoolArray]:
    """By rates [F, X], and the highest of those up to each budget."""
    families, points = rates.shape
    row = np.arange(families)[:, None]
    # solve rates lie in [0, 1]: one search serves all rows
    shifted = (highest + APART * row).ravel()
    wanted = (quality[None, :] - REACHED + APART * row).ravel()
    high = np.searchsorted(shifted, wanted).reshape(families, len(quality)) - points * row
    reached = high < points
    high = np.clip(high, 0, points - 1)
    low = np.maximum(high - 1, 0)
    q_low, q_high = (rates[row, index] for index in (low, high))
    rise = q_high - q_low
    with np.errstate(over="ignore"):
        part = np.divide(quality - q_low, rise, out=np.ones_like(rise), where=rise > 0)
    return low, high, np.clip(part, 0.0, 1.0), reached
