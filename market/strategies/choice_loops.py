"""Compiled loops over groups of like buyers: what they choose at K lists of prices, and buy.

The same stands in numpy beside what calls them:
:meth:`market.strategies.expected_demand.ExpectedBuyers.logit_plainly` and
:func:`market.simulation.expected_sales.sales`.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
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
def sold(
    price: FloatArray,
    value: FloatArray,
    cost: FloatArray,
    at: IntArray,
    share: FloatArray,
    open_to: BoolArray,
    switching: FloatArray,
    worth: FloatArray,
    scale: FloatArray,
    sent: FloatArray,
    base: FloatArray,
    rest: FloatArray,
    known: FloatArray,
    held: FloatArray,
    nest: IntArray,
    dissimilarity: float,
    never: float,
    earned: FloatArray,
    spent: FloatArray,
) -> None:
    """Add what is sold of J offers at K lists of prices, beside others that stand still.

    To buyers who take the same of a menu whatever its prices; with one nest at most.

    Parameters
    ----------
    price, value, cost
        [J, K, G] what buyers weigh, what each point of the menu is worth to the seller, and costs
        it.
    at, share
        [J, N] the point that a group takes.
    open_to
        [J, N] whether the menu has what the group needs, and the group considers it.
    switching
        [J, N] US dollars per query that turning to the offer costs.
    worth, scale, sent
        [N] US dollars that a query is worth, the scale of tastes, and queries.
    base, rest, known, held
        As :func:`stand_still` has them.
    nest
        [J] 0 in the nest, −1 outside.
    dissimilarity, never
        As :func:`nested_logit` has them.
    earned, spent
        [K] sums to add to.
    """
    offers, lists, _ = price.shape
    values, costs = np.zeros((2, lists, offers))
    who, high, low = np.empty((3, offers), dtype=np.int64)
    part, more, utility = np.empty((3, offers))
    for n in range(len(worth)):
        best = known[0, n] if len(known) else -np.inf
        weight = held[0, n] if len(held) else 0.0
        nested = count = 0  # of the offers that are open to the group, those in the nest first
        for inside in (True, False):
            for j in range(offers):
                if open_to[j, n] and (nest[j] >= 0) == inside:
                    who[count], high[count], low[count] = j, at[j, n], max(at[j, n] - 1, 0)
                    part[count], more[count] = share[j, n], switching[j, n]
                    count += 1
            if inside:
                nested = count
        for k in range(lists if count else 0):
            for i in range(count):
                asked = _at(price, who[i], k, low[i], high[i], part[i])
                gain = worth[n] - asked - more[i] if np.isfinite(asked) else -np.inf
                utility[i] = gain / scale[n]
            top, highest, whole = base[n], best, 0.0
            for i in range(nested):
                highest = max(highest, utility[i])
            for i in range(nested, count):
                top = max(top, utility[i])
            inclusive = highest
            if np.isfinite(highest):
                if weight > 0:
                    whole = weight * _weight(best - highest, dissimilarity)
                for i in range(nested):
                    utility[i] = _weight(utility[i] - highest, dissimilarity)
                    whole += utility[i]
                if whole != 1:
                    inclusive += dissimilarity * np.log(whole)
                top = max(top, inclusive)
            else:
                utility[:nested] = 0.0
            total = rest[n] if top == base[n] else rest[n] * np.exp(base[n] - top)
            inclusive = _exp(inclusive - top)
            total += inclusive
            for i in range(nested, count):
                utility[i] = _exp(utility[i] - top)
                total += utility[i]
            for i in range(count):
                if utility[i] > 0:
                    chance = utility[i] / total
                    if i < nested:
                        chance = inclusive / total * (utility[i] / whole)
                    if chance >= never:
                        j, bought = who[i], sent[n] * chance
                        values[k, j] += bought * _at(value, j, k, low[i], high[i], part[i])
                        costs[k, j] += bought * _at(cost, j, k, low[i], high[i], part[i])
    for k in range(lists):
        for j in range(offers):
            earned[k] += values[k, j]
            spent[k] += costs[k, j]


@compiled
def _at(values: FloatArray, j: int, k: int, low: int, high: int, share: float) -> float:
    """Values of two points of a menu, mixed."""
    upper: float = values[j, k, high]
    if share == 1:
        return upper
    lower: float = values[j, k, low]
    return lower + share * (upper - lower)


@compiled
def _weight(below: float, dissimilarity: float) -> float:
    """Of an offer in its nest, so far below the best of it: the best alone where all is one."""
    if below == 0:
        return 1.0
    return _exp(below / dissimilarity) if dissimilarity > 0 else 0.0


@compiled
def _exp(below: float) -> float:
    """The exponential of what is not above 0; 0 where added to 1 it would be lost."""
    if below == 0:
        return 1.0
    if below < LOST:
        return 0.0
    found: float = np.exp(below)
    return found
