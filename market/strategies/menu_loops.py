"""Where very many buyers' needs lie on a menu, and what that costs, in one compiled loop.

The same stands in numpy in :func:`market.strategies.menu.find` and `between`.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled

_CELLS = 1024  # many for each point of a menu


@compiled
def _cell(quality: FloatArray, wanted: float) -> int:
    """Which of equal parts of a menu's range a solve rate lies in; never falling with it."""
    span = quality[-1] - quality[0]
    part = (wanted - quality[0]) / span * _CELLS if span > 0 else 0.0
    return int(min(max(part, 0.0), _CELLS - 1.0))


@compiled
def _first_points(quality: FloatArray) -> IntArray:
    """[_CELLS + 1] how many points of a menu lie in the parts before each."""
    first = np.zeros(_CELLS + 1, dtype=np.int64)
    for g in range(len(quality)):
        first[_cell(quality, quality[g]) + 1] += 1
    for cell in range(_CELLS):
        first[cell + 1] += first[cell]
    return first


@compiled
def find_many(
    quality: FloatArray, wanted: FloatArray, rounding: float
) -> tuple[IntArray, FloatArray]:
    """[N] the point of a menu [G] that is good enough, G where none is, and its chance."""
    points, size = len(quality), len(wanted)
    at, share = np.empty(size, dtype=np.int64), np.empty(size)
    first = _first_points(quality)
    for j in range(size):
        least = wanted[j] * (1 - rounding)
        k = first[_cell(quality, least)]
        while k < points and quality[k] < least:
            k += 1
        at[j] = k
    for j in range(size):
        high, low = min(at[j], points - 1), max(at[j] - 1, 0)
        step = quality[high] - quality[low]
        found = (wanted[j] - quality[low]) / step if step > 0 and at[j] > 0 else 1.0
        found = 0.0 if found < 0.0 else found
        share[j] = 1.0 if found > 1.0 else found
    return at, share


@compiled
def mix_many(values: FloatArray, at: IntArray, share: FloatArray) -> FloatArray:
    """[N] values [G] of menu points, mixed as `at` and `share` [N] say."""
    found = np.empty(len(at))
    for j in range(len(at)):
        upper, lower = values[at[j]], values[max(at[j] - 1, 0)]
        mean = lower + share[j] * (upper - lower)
        found[j] = upper if share[j] == 1 else mean
    return found
