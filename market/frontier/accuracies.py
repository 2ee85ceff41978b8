"""Which accuracies of a query signal a router's choices and costs are consistent with.

A router that sees ẑ = z with chance ρ, else a type drawn by weight, tries model c first with chance
P(c | z) = ρ·f(c | z) + (1 − ρ)·P(c), whatever its rule f is. So P(c | z) ≥ (1 − ρ)·P(c), which
bounds ρ from below: a model that is hardly ever tried at some type shows that the type was seen. No
choice bounds it from above, since a rule may ignore what it sees.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray

_DOUBT = 0.05  # that the bound is too high, all types and models together


def least_by_choices(label: IntArray, first: IntArray, unit: IntArray) -> float:
    """Least accuracy that first choices are consistent with, at 95% confidence.

    Bounds of P(c | z) and P(c) are those of Clopper and Pearson (1934), by problems, each of which
    counts once with the shares of its queries; all pairs together by Bonferroni.

    Parameters
    ----------
    label
        [Q] type of each query's problem.
    first
        [Q] the model tried first.
    unit
        [Q] the problem.
    """
    from scipy.special import betaincinv  # slow to import: only where used

    _, at, counts = np.unique(unit, return_inverse=True, return_counts=True)
    share = 1 / counts[at]
    types, models = int(label.max()) + 1, int(first.max()) + 1
    chosen = np.zeros((types, models))
    np.add.at(chosen, (label, first), share)
    number = chosen.sum(axis=1, keepdims=True)
    doubt = _DOUBT / (types * models + models)
    with np.errstate(invalid="ignore"):
        high = betaincinv(chosen + 1, np.maximum(number - chosen, 1e-300), 1 - doubt)
    high = np.where((chosen < number) & (number > 0), high, 1.0)
    total, all_ = chosen.sum(axis=0), float(number.sum())
    low = np.where(total > 0, betaincinv(np.maximum(total, 1e-300), all_ - total + 1, doubt), 0.0)
    ratio = np.divide(high, low, out=np.ones_like(high), where=low > 0)
    return float(np.clip(1 - ratio.min(), 0.0, 1.0))


def least_by_cost(accuracy: FloatArray, spend: FloatArray, highest: float) -> float | None:
    """Least accuracy at which a router could be as cheap; None where none could.

    Parameters
    ----------
    accuracy
        [A] rising from 0.
    spend
        [A] least dollars per query at the router's solve rate; it does not rise.
    highest
        Dollars per query that the router costs at most, as far as the data tell.
    """
    least = np.minimum.accumulate(spend)
    if not least[-1] <= highest:
        return None
    if least[0] <= highest:
        return 0.0
    at = int(np.argmax(least <= highest))
    if not np.isfinite(least[at - 1]):
        return float(accuracy[at - 1])
    part = (least[at - 1] - highest) / (least[at - 1] - least[at])
    return float(accuracy[at - 1] + part * (accuracy[at] - accuracy[at - 1]))
