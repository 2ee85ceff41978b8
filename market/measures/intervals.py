"""Means over replicates with their Student t intervals: single, paired, and as elasticities.

Replicates are on the last axis. One that is missing (NaN) is left out and not counted; with fewer
than two the interval is NaN.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import FloatArray, IntArray

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """Means, and how sure they are; all arrays have the shape of the values without replicates.

    Attributes
    ----------
    mean
        Over the replicates that are there; NaN if none is.
    standard_error
        Of the mean: sample standard deviation over √n.
    low, high
        95% interval: mean ± t(n−1) · standard error.
    replicates
        n, the number used.
    """

    mean: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    replicates: IntArray

    def to_json(self) -> dict[str, float | None]:
        """Value and interval of a single mean, ready for JSON; None where unknown."""
        found = {"value": self.mean, "low": self.low, "high": self.high}
        return {name: float(value) if np.isfinite(value) else None for name, value in found.items()}


def estimate(values: FloatArray) -> Estimate:
    """Mean over the replicates.

    Parameters
    ----------
    values
        [..., R] a value per replicate; NaN where there is none.
    """
    there = np.isfinite(values)
    count = there.sum(axis=-1)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=-1) / count
        squares = np.where(there, (values - mean[..., None]) ** 2, 0.0).sum(axis=-1)
        # what never varies has no error, whatever the rounding of its mean
        same = np.where(there, values, np.inf).min(axis=-1) == np.where(there, values, -np.inf).max(
            axis=-1
        )
        error = np.where(same, 0.0, np.sqrt(squares / (count - 1) / count))
    error = np.where(count > 1, error, np.nan)
    half = _quantile(np.maximum(count - 1, 1)) * error  # quantile of Student's t
    mean = np.where(same, np.where(there, values, -np.inf).max(axis=-1), mean)
    return Estimate(mean, error, mean - half, mean + half, count)


def mean_of_ticks(values: FloatArray) -> tuple[float, float, float]:
    """Mean of a stretch of ticks [T] with its 95% interval, neighbours being alike.

    A tick tells less than a replicate: T ticks with correlation ρ between neighbours tell as much
    as T(1 − ρ)/(1 + ρ) that are independent, as of a first-order autoregression (Bayley and
    Hammersley 1946). A negative ρ is taken as 0. The ends are NaN where fewer than two are left.
    """
    there = values[np.isfinite(values)]
    if len(there) == 0:
        return np.nan, np.nan, np.nan
    mean = float(there.mean())
    if len(there) < 3:
        return mean, np.nan, np.nan
    spread = there - mean
    squares = float(spread @ spread)
    if there.min() == there.max():
        return mean, mean, mean
    alike = min(max(float(spread[1:] @ spread[:-1]) / squares, 0.0), 1.0)
    independent = len(there) * (1 - alike) / (1 + alike)
    if independent < 2:
        return mean, np.nan, np.nan
    error = np.sqrt(squares / (len(there) - 1) / independent)
    half = float(_quantile(independent - 1) * error)
    return mean, mean - half, mean + half


def paired_difference(values: FloatArray, base: FloatArray) -> Estimate:
    """Mean of value less base, replicate by replicate; used are those that have both.

    Parameters
    ----------
    values, base
        [..., R] on the same seeds.
    """
    return estimate(values - base)


def with_sample_error(of_seeds: FloatArray, of_both: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Interval of a mean that also says how sure the data are, on which all of it rests.

    More seeds make a mean surer, but not the data. So the error is that of the mean over seeds, and
    beside it the whole spread of what resampled data change at the same seed (bootstrap). What a
    seed draws anew on other data is counted in, too: then the interval is rather wide.

    Parameters
    ----------
    of_seeds
        [..., R] by seed, on the same data.
    of_both
        [..., R] by the same seeds, each on data resampled by it.

    Returns
    -------
    low, high
        [...] mean over the seeds ± t(R−1) · error; NaN with fewer than two seeds.
    """
    found, moved = estimate(of_seeds), estimate(of_both - of_seeds)
    spread = moved.standard_error**2 * moved.replicates
    error = np.sqrt(spread + found.standard_error**2)
    half = _quantile(np.maximum(moved.replicates - 1, 1)) * error
    return found.mean - half, found.mean + half


def relative_difference(values: FloatArray, base: FloatArray) -> FloatArray:
    """Mean paired difference over the size of the base's mean in the same replicates.

    NaN where that is 0.
    """
    both = np.isfinite(values) & np.isfinite(base)
    difference = estimate(np.where(both, values - base, np.nan)).mean
    mean = estimate(np.where(both, base, np.nan)).mean
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean != 0, difference / np.abs(mean), np.nan)


def arc_elasticity(
    values: FloatArray, base: FloatArray, x: npt.ArrayLike, x0: npt.ArrayLike
) -> Estimate:
    """Per cent of change of the mean for each per cent of change of x, both on their midpoints.

    e = (ȳ − ȳ₀)/(ȳ + ȳ₀) · (x + x₀)/(x − x₀). It is the same in both directions, and exists where
    a base of 0 has no point elasticity. The standard error is that of its linear approximation in
    the paired means (delta method).

    Parameters
    ----------
    values, base
        [..., R] outcomes at x and at x₀, on the same seeds.
    x, x0
        [...] values of the parameter, or such as extend to it; the elasticity is NaN where they or
        the means add up to 0, or x is x₀.
    """
    both = np.isfinite(values) & np.isfinite(base)
    y, y0 = np.where(both, values, np.nan), np.where(both, base, np.nan)
    mean, mean0 = (estimate(part).mean[..., None] for part in (y, y0))
    total = mean + mean0
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.where(total == 0, np.nan, total)
        now, then = np.asarray(x, dtype=np.float64), np.asarray(x0, dtype=np.float64)
        step = np.where(np.abs(now) == np.abs(then), np.nan, (now + then) / (now - then))
        centre = (mean - mean0) / total
        slopes = 2 * (mean0 * (y - mean) - mean * (y0 - mean0)) / total**2
    return estimate(step[..., None] * (centre + slopes))


def _quantile(freedom: IntArray | float) -> FloatArray:
    """Of Student's t with so many degrees of freedom."""
    from scipy.special import stdtrit  # slow to import: only where used

    of = np.asarray(freedom, dtype=np.float64)
    return np.asarray(stdtrit(of, (1 + LEVEL) / 2), dtype=np.float64)
