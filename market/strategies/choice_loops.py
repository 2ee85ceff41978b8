"""Compiled loops over groups of like buyers: what they pay, choose and buy at K lists of prices.

The same stands in numpy beside what calls them: :func:`market.strategies.menu.between`,
:meth:`market.strategies.expected_demand.ExpectedBuyers.logit_plainly` and
:meth:`market.simulation.expected_market.Trade.totals`.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled

LOST = -40.0  # e to the power of it is under half of the last digit of 1


@compiled
def mixed(values: FloatArray, at: IntArray, share: FloatArray) -> FloatArray:
    """[K, N] values [K, G] of menu points, mixed as `at` and `share` [N] or [K, N] say.

    `at` and `share` [1, N] are the same for all K.
    """
    lists, size = len(values), at.shape[1]
    found = np.empty((lists, size))
    for k in range(lists):
        own = k if len(at) > 1 else 0
        for n in range(size):
            found[k, n] = _mixed(values[k], at[own, n], share[own, n])
    return found


@compiled
def _mixed(values: FloatArray, at: int, share: float) -> float:
    upper: float = values[at]
    if share == 1:
        return upper
    lower: float = values[max(at - 1, 0)]
    return lower + share * (upper - lower)


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
    nests, every = nest.max() + 1, others + offers
    chance = np.empty(moved.shape)
    weight, utility = np.empty(every), np.empty(every)
    highest, whole, inclusive = np.empty(nests), np.empty(nests), np.empty(nests)
    # of those that stand still: the best utility and the weights over it, in all and by nest
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


@compiled
def bought(
    sent: FloatArray, values: FloatArray, costs: FloatArray, at: IntArray, share: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What groups buy of one menu.

    Parameters
    ----------
    sent
        [K, N] queries that a group sends.
    values, costs
        [K, G] what each point of the menu is worth to the seller, and costs it.
    at, share
        [1, N] or [K, N] the point that a group takes.

    Returns
    -------
    [K, N] values by group, and [K] each values and costs of all.
    """
    by_group = np.zeros(sent.shape)
    value, cost = np.zeros(len(sent)), np.zeros(len(sent))
    for k in range(len(sent)):
        own = k if len(at) > 1 else 0
        for n in range(sent.shape[1]):
            if sent[k, n] != 0:
                by_group[k, n] = sent[k, n] * _mixed(values[k], at[own, n], share[own, n])
                value[k] += by_group[k, n]
                cost[k] += sent[k, n] * _mixed(costs[k], at[own, n], share[own, n])
    return by_group, value, cost
