"""What may be asked of an appraisal: which solve rates, and how many draws."""

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.bootstrap import LEVEL
from market.frontier.pass_curves import CurveTables
from market.population.population import Population

MOST_POINTS = 10_000
MOST_DRAWS = 10_000


def solve_rates(
    tables: CurveTables, wanted: tuple[float, float, int] | FloatArray | None, records: Population
) -> FloatArray:
    """Solve rates to appraise: as wanted, else 41 from half of the best single model's to its own.

    In records its own is, at most, the share of problems that it solved at least once: beyond,
    curves of `beta_binomial` rest on the shape of a law alone.

    Raises
    ------
    DataError
        Not 0 < min ≤ max ≤ 1, no points or too many, or no model that solves anything.
    """
    if isinstance(wanted, np.ndarray):
        return wanted
    if wanted is None:
        best = max(float(tables.mean_curves(m)[0][-1]) for m in range(len(tables.models)))
        if records.successes is not None:
            best = min(best, float((records.weight @ (records.successes > 0)).max()))
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


def require_draws(draws: int) -> None:
    """Check that so many draws make an interval, unless they are 0.

    Raises
    ------
    DataError
        So few that none is beyond an end of the interval, or too many.
    """
    fewest = round(2 / (1 - LEVEL))
    if draws and not fewest <= draws <= MOST_DRAWS:
        raise DataError(
            f"draws: {draws} is not from {fewest} to {MOST_DRAWS}, and a {LEVEL:.0%} interval "
            "needs draws beyond either end; 0 for no interval"
        )
