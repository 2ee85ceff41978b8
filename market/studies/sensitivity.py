"""Sampled designs, and what each parameter does to an outcome: Latin hypercube, Morris, Sobol.

The sample comes first, the outcomes from anywhere: a market, or any function of the sample. The
samples and estimators are those of SALib (Herman & Usher 2017, doi:10.21105/joss.00097).
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray

LEVELS = 4  # of a Morris design, which SALib's analysis must know too
_BOOTSTRAP = 1  # seed of the intervals' resampling: the same answer every time
_RESAMPLES = 100


@dataclass(frozen=True)
class Ranges:
    """Parameters and the ranges that they are sampled from.

    Attributes
    ----------
    names
        k names.
    low, high
        [k] ends of the ranges.
    """

    names: tuple[str, ...]
    low: FloatArray
    high: FloatArray

    def problem(self) -> dict[str, Any]:
        """The same as SALib wants it."""
        bounds = np.column_stack([self.low, self.high]).tolist()
        return {"num_vars": len(self.names), "names": list(self.names), "bounds": bounds}


@dataclass(frozen=True)
class Index:
    """A sensitivity index of an outcome.

    Attributes
    ----------
    parameter, other
        The parameter; with S2 also the one that it interacts with, else None.
    name
        `mu_star` (mean size of the effect of crossing the range) and `sigma` (its standard
        deviation) from Morris; `S1`, `ST` and `S2` (shares of the variance: alone, with all
        interactions, by the pair) from Sobol.
    value
        NaN where it is not defined: outcomes that are missing or, for Sobol, all the same.
    low, high
        95% interval by bootstrap; NaN for `sigma`, which has none.
    """

    parameter: str
    other: str | None
    name: str
    value: float
    low: float
    high: float


def sample(design: str, ranges: Ranges, samples: int, seed: int) -> FloatArray:
    """[P, k] design points.

    Parameters
    ----------
    design
        `latin_hypercube` (P = samples), `morris` (P = samples·(k+1), trajectories over four
        levels) or `sobol` (P = samples·(2k+2), Saltelli's scheme with second order).
    ranges
        Of k parameters.
    samples
        Size; a power of 2 for `sobol`.
    seed
        Of the sample.
    """
    problem, rng = ranges.problem(), np.random.default_rng(seed)
    if design == "latin_hypercube":
        from SALib.sample import latin

        points = latin.sample(problem, samples, seed=rng)
    elif design == "morris":
        from SALib.sample import morris

        points = morris.sample(problem, samples, num_levels=LEVELS, seed=rng)
    else:
        from SALib.sample import sobol

        points = sobol.sample(problem, samples, calc_second_order=True, seed=rng)
    return np.asarray(points, dtype=np.float64)


def indices(
    design: str, ranges: Ranges, points: FloatArray, outcomes: FloatArray
) -> Iterator[Index]:
    """Sensitivity of one outcome to every parameter; none from a Latin hypercube.

    Parameters
    ----------
    design, ranges
        Of the sample.
    points
        [P, k] as :func:`sample` gave them.
    outcomes
        [P] outcome at each point.
    """
    if design == "morris":
        yield from _morris(ranges, points, outcomes)
    elif design == "sobol":
        yield from _sobol(ranges, outcomes)


def _morris(ranges: Ranges, points: FloatArray, outcomes: FloatArray) -> Iterator[Index]:
    k = len(ranges.names)
    mean = deviation = error = np.full(k, np.nan)
    if np.isfinite(outcomes).all():
        from SALib.analyze import morris

        found = morris.analyze(
            ranges.problem(),
            points,
            outcomes,
            num_resamples=_RESAMPLES,
            num_levels=LEVELS,
            seed=np.random.default_rng(_BOOTSTRAP),
        )
        mean, deviation, error = (
            np.asarray(found[key], dtype=np.float64) for key in ("mu_star", "sigma", "mu_star_conf")
        )
    for j, name in enumerate(ranges.names):
        yield _index(name, None, "mu_star", mean[j], mean[j] - error[j], mean[j] + error[j])
        yield _index(name, None, "sigma", deviation[j], np.nan, np.nan)


def _sobol(ranges: Ranges, outcomes: FloatArray) -> Iterator[Index]:
    names = ranges.names
    found: dict[str, Any] = {}
    if np.isfinite(outcomes).all() and np.ptp(outcomes) > 0:
        from SALib.analyze import sobol

        with warnings.catch_warnings():
            # a resample of a small design may hold one point again and again; it counts as 0
            warnings.filterwarnings("ignore", message="Constant values encountered")
            found = sobol.analyze(
                ranges.problem(),
                outcomes,
                calc_second_order=True,
                num_resamples=_RESAMPLES,
                seed=_BOOTSTRAP,
            )

    def index(key: str, where: Any, name: str, other: str | None = None) -> Index:
        value, half = (
            (found[key][where], found[f"{key}_conf"][where]) if found else (np.nan, np.nan)
        )
        return _index(name, other, key, value, value - half, value + half)

    for j, name in enumerate(names):
        yield index("S1", j, name)
        yield index("ST", j, name)
    for j, name in enumerate(names):
        for i in range(j + 1, len(names)):
            yield index("S2", (j, i), name, names[i])


def _index(
    parameter: str, other: str | None, name: str, value: float, low: float, high: float
) -> Index:
    return Index(parameter, other, name, float(value), float(low), float(high))
