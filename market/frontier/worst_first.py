"""Few points of a curve that keep a line through them near all of it."""

from heapq import heapify, heappop, heappush

import numpy as np

from market.foundation.arrays import FloatArray, IntArray


def worst_first(u: FloatArray, s: FloatArray, tolerance: float, faint: float) -> IntArray:
    """Indices of the points of a curve that keep a line through them near all of it.

    Points are added where the line's spend is furthest off, until it is within `tolerance` of all.

    Parameters
    ----------
    u, s
        [x] solve rate, rising, and spend.
    tolerance
        Of the spend at a point.
    faint
        Solve rate below which points need not be near.
    """
    kept = {0, len(u) - 1}

    def worst(low: int, high: int) -> tuple[float, int, int, int]:
        between = slice(low + 1, high)
        if high - low < 2:
            return 0.0, low, high, low
        slope = (s[high] - s[low]) / (u[high] - u[low])
        off = np.abs(s[low] + slope * (u[between] - u[low]) - s[between]) / s[between]
        off *= u[between] >= faint
        at = int(off.argmax())
        return -float(off[at]), low, high, low + 1 + at

    queue = [worst(0, len(u) - 1)]
    heapify(queue)
    while queue and -queue[0][0] > tolerance:
        _, low, high, at = heappop(queue)
        kept.add(at)
        heappush(queue, worst(low, at))
        heappush(queue, worst(at, high))
    return np.array(sorted(kept), dtype=np.int64)
