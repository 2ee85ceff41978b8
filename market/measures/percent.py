"""Where a change is told in percent of what it starts from, and where it is not."""

import math

NEAR_ZERO = 0.1  # of the larger of two levels: percent of a smaller base say nothing


def tells_in_percent(base: float, difference: float, low: float, high: float) -> bool:
    """Whether a base is far enough from zero for percent of it to say anything.

    It is near zero where it is small beside the larger of the two levels, or is no larger than what
    chance may make of the difference. Then the difference itself is told, in points or dollars.

    Parameters
    ----------
    base
        The level that the change starts from.
    difference, low, high
        The change and its interval; the ends are NaN where there is none.
    """
    if not math.isfinite(base + difference):
        return False
    half = (high - low) / 2
    larger = max(abs(base), abs(base + difference))
    return abs(base) > max(NEAR_ZERO * larger, half if math.isfinite(half) else 0.0)
