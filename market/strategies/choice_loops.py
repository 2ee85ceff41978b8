"""Compiled loops over groups of like buyers: what they choose at K lists of prices.

The same stands in numpy in
:meth:`market.strategies.expected_demand.ExpectedBuyers.logit_plainly`.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled

LOST = -40.0  # e to the power of it is under half of the last digit of 1


@compiled
def nested_logit(
    still: FloatArray,
    moved: FloatArray,
    scale: FloatArray,
    nest: IntArray,
    dissimilarity: float,
    never: float,
) -> FloatArray:
    """[O, K, N] chances of offers whose gains are [O, K, N], beside others that stand still.

    Parameters
    ----------
    still
        [S, N] US dollars per query that the others gain buyers.
    moved
        [O, K, N] the same of offers whose chances are asked for.
    scale
        [N] of tastes, above 0.
    nest
        [S + O] the nest that each offer is in, counted from 0 and alone in none; −1 for one of its
        own.
    dissimilarity
        λ of the nests.
    never
        A chance below counts as none.
    """
    others, (offers, lists, size) = len(still), moved.shape
    base, rest, known, held = stand_still(still, scale, nest, dissimilarity)
    nests, every = len(known), others + offers
    chance = np.empty(moved.shape)
    weight, utility = np.empty(every), np.empty(every)
    highest, whole, inclusive = np.empty(nests), np.empty(nests), np.empty(nests)
    for k in range(lists):
        for n in range(size):
            top = base[n]
            for b in range(nests):
                highest[b], whole[b] = known[b, n], 0.0
            for j in range(others, every):
                utility[j] = moved[j - others, k, n] / scale[n]
                if nest[j] < 0:
                    top = max(top, utility[j])
                else:
                    highest[nest[j]] = max(highest[nest[j]], utility[j])
            for b in range(nests):
                if held[b, n] > 0:
                    whole[b] = held[b, n] * _weight(known[b, n] - highest[b], dissimilarity)
            for j in range(others, every):
                b = nest[j]
                if b >= 0 and np.isfinite(highest[b]):
                    weight[j] = _weight(utility[j] - highest[b], dissimilarity)
                    whole[b] += weight[j]
            for b in range(nests):
                inclusive[b] = highest[b]
                if whole[b] > 0 and whole[b] != 1:
                    inclusive[b] += dissimilarity * np.log(whole[b])
                top = max(top, inclusive[b])
            total = rest[n] if top == base[n] else rest[n] * np.exp(base[n] - top)
            for b in range(nests):
                inclusive[b] = _exp(inclusive[b] - top)
                total += inclusive[b]
            for j in range(others, every):
                if nest[j] < 0:
                    weight[j] = _exp(utility[j] - top)
                    total += weight[j]
            for j in range(others, every):
                b = nest[j]
                if b < 0:
                    share = weight[j] / total
                elif whole[b] > 0:
                    share = inclusive[b] / total * (weight[j] / whole[b])
                else:
                    share = 0.0
                chance[j - others, k, n] = share if share >= never else 0.0
    return chance


@compiled
def stand_still(
    still: FloatArray, scale: FloatArray, nest: IntArray, dissimilarity: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """What offers that stand still are to the choice among others.

    Parameters
    ----------
    still, scale, dissimilarity
        As :func:`nested_logit` has them.
    nest
        The same, of S offers or more: of others in the same nests.

    Returns
    -------
    [N] the best utility of those alone and of not buying, and [N] the weights over it; [nests, N]
    the best utility in each nest, −∞ if none, and [nests, N] the weights over it.
    """
    others, size = still.shape
    nests, utility = nest.max() + 1, np.empty(others)
    base, rest = np.zeros(size), np.empty(size)
    known, held = np.full((nests, size), -np.inf), np.zeros((nests, size))
    for n in range(size):
        for s in range(others):
            utility[s] = still[s, n] / scale[n]
            if nest[s] < 0:
                base[n] = max(base[n], utility[s])
            else:
                known[nest[s], n] = max(known[nest[s], n], utility[s])
        rest[n] = np.exp(-base[n])
        for s in range(others):
            b = nest[s]
            if b < 0:
                rest[n] += np.exp(utility[s] - base[n])
            elif np.isfinite(known[b, n]):
                held[b, n] += _weight(utility[s] - known[b, n], dissimilarity)
    return base, rest, known, held


@compiled
def _weight(below: float, dissimilarity: float) -> float:
    """Of an offer in its nest, so far below the best of it: the best alone where all is one."""
    if below == 0:
        return 1.0
    return _exp(below / dissimilarity) if dissimilarity > 0 else 0.0


@compiled
def _exp(below: float) -> float:
    """The exponential of what is not above 0; 0 where added to 1 it would be lost."""
    if below < LOST:
        return 0.0
    found: float = np.exp(below)
    return found
