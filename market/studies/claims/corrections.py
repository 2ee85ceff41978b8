"""How sure a difference is, and the correction for the number of verdicts on a page."""

from collections.abc import Sequence

import numpy as np
from scipy.special import digamma, ndtr, polygamma, stdtr

from market.foundation.arrays import FloatArray, IntArray
from market.measures.intervals import Estimate


def by_student(found: Estimate) -> float:
    """Two-sided chance of a mean at least so far from 0, where the truth is 0; NaN if unknown."""
    mean, error = float(found.mean), float(found.standard_error)
    if not np.isfinite(mean) or not np.isfinite(error):
        return float("nan")
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(float(found.replicates) - 1, -abs(mean / error)))


def moderated(mean: FloatArray, error: FloatArray, replicates: IntArray) -> FloatArray:
    """[N] the same chances, where like estimates tell what error to expect of each (Smyth 2004).

    Few replicates leave an error itself unsure. Those of N estimates of a kind are draws from a
    scaled inverse chi-square law, fitted by the moments of their logarithms; each is shrunk towards
    it, and t has as many degrees of freedom more as the law is worth. Of fewer than three, and of
    one without error, Student's t stays.

    Parameters
    ----------
    mean, error, replicates
        [N] estimates, their standard errors, and how many replicates each rests on.
    """
    degrees = np.maximum(replicates - 1, 1).astype(np.float64)
    usable = np.isfinite(mean) & np.isfinite(error) & (error > 0) & (replicates > 1)
    prior, expected = 0.0, 0.0
    if usable.sum() >= 3:
        half = degrees[usable] / 2
        logs = 2 * np.log(error[usable]) - digamma(half) + np.log(half)
        excess = float(logs.var(ddof=1) - polygamma(1, half).mean())
        prior = 2 * _inverse_trigamma(excess) if excess > 0 else np.inf
        scale = digamma(prior / 2) - np.log(prior / 2) if np.isfinite(prior) else 0.0
        expected = float(np.exp(logs.mean() + scale))
    weight = prior / (prior + degrees) if np.isfinite(prior) else np.ones(len(degrees))
    chances = np.full(len(mean), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = mean / np.sqrt(weight * expected + (1 - weight) * error**2)
    # no more than all of them have together
    total = np.minimum(prior + degrees, degrees[usable].sum() if usable.any() else 1.0)
    chances[usable] = 2 * stdtr(total[usable], -np.abs(t[usable]))
    exact = np.isfinite(mean) & (error == 0)
    chances[exact] = np.where(mean[exact] == 0, 1.0, 0.0)
    return chances


def _inverse_trigamma(value: float) -> float:
    """Where the trigamma function has a value above 0, by Newton's method (Smyth 2004)."""
    y = 0.5 + 1 / value
    for _ in range(50):
        found = float(polygamma(1, y))
        step = found * (1 - found / value) / float(polygamma(2, y))
        y += step
        if abs(step) < 1e-10 * y:
            break
    return y


def by_bootstrap(difference: float, draws: FloatArray) -> float:
    """The same of a difference by its bootstrap draws [D]; a draw that is missing (NaN) is against.

    The share of draws on the other side of 0, twice; but not less than a normal distribution with
    the draws' standard deviation has it, since D draws alone say nothing of shares below 1/D.
    """
    known = draws[np.isfinite(draws)]
    if not np.isfinite(difference) or len(known) < 2:
        return float("nan")
    if difference == 0:
        return 1.0
    beyond = len(draws) - np.count_nonzero(known * np.sign(difference) > 0)
    spread = float(known.std(ddof=1))
    tail = 2 * float(ndtr(-abs(difference) / spread)) if spread > 0 else 0.0
    return float(min(1.0, max(2 * beyond / len(draws), tail)))


def holm(chances: Sequence[float]) -> list[float]:
    """Chances corrected for their number m (Holm 1979): below a level, none of the m is an error.

    The i-th smallest, from 0, is multiplied by m − i, and is at least as large as those before it.
    One that is unknown (NaN) counts as 1.

    Parameters
    ----------
    chances
        m of them, in any order.
    """
    found = np.nan_to_num(np.asarray(chances, dtype=np.float64), nan=1.0)
    order = np.argsort(found, kind="stable")
    raised = np.minimum(found[order] * np.arange(len(found), 0, -1), 1.0)
    corrected = np.empty_like(found)
    corrected[order] = np.maximum.accumulate(raised)
    return [float(chance) for chance in corrected]
