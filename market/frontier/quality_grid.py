"""The solve rates at which a population is appraised."""

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.pass_curves import CurveTables

MOST_POINTS = 10_000


def quality_grid(tables: CurveTables, wanted: tuple[float, float, int] | None) -> FloatArray:
    """Solve rates to appraise: as wanted, else 41 from half of the best single model's to its own.

    Raises
    ------
    DataError
        Not 0 < min ≤ max ≤ 1, no points or too many, or no model that solves anything.
    """
    if wanted is None:
        best = max(float(tables.mean_curves(m)[0][-1]) for m in range(len(tables.models)))
        if best == 0:
            raise DataError(f"{tables.population.source}: no model solves any problem")
        return np.linspace(best / 2, best, 41)
    low, high, points = wanted
    if not (0 < low <= high <= 1) or not 1 <= points <= MOST_POINTS:
        raise DataError(
            f"quality {low:g}:{high:g}:{points}: needs 0 < MIN ≤ MAX ≤ 1 "
            f"and from 1 to {MOST_POINTS} points"
        )
    return np.linspace(low, high, points)
