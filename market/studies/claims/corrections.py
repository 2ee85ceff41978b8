"""How sure a difference is, and the correction for the number of verdicts on a page."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, stdtr

from market.foundation.arrays import FloatArray
from market.measures.intervals import Estimate


def by_student(found: Estimate) -> float:
    """Two-sided chance of a mean at least so far from 0, where the truth is 0; NaN if unknown."""
    mean, error = float(found.mean), float(found.standard_error)
    if not np.isfinite(mean) or not np.isfinite(error):
        return float("nan")
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(float(found.replicates) - 1, -abs(mean / error)))


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
