"""Compiled loops over groups of like buyers: what is sold to them at K lists of prices.

The same stands in numpy in :func:`market.simulation.expected_sales.sales`. Buyers are gone over
once for each step, so that steps without exponentials are vector instructions.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled

_LOST = -40.0  # as in choice_loops: compiled code that is kept knows of no other file


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
        As :func:`market.strategies.choice_loops.stand_still` has them.
    nest
        [J] 0 in the nest, −1 outside.
    dissimilarity, never
        As :func:`market.strategies.choice_loops.nested_logit` has them.
    earned, spent
        [K] sums to add to.
    """
    offers, lists, _ = price.shape
    size = len(worth)
    inside, alone = np.flatnonzero(nest >= 0), np.flatnonzero(nest < 0)
    low, several = np.maximum(at - 1, 0), _several(open_to, inside, held)
    utility, room = np.empty((offers, size)), np.empty((4, size))
    values, costs = np.empty((2, size))
    for k in range(lists):
        for j in range(offers):
            _mix(price[j, k], low[j], at[j], share[j], utility[j])
            _value(utility[j], open_to[j], switching[j], worth, scale)
        beside = base, rest, known, held
        _choose(utility, inside, alone, several, *beside, dissimilarity, never, room)
        for j in range(offers):
            chance, worth_it, costly = utility[j], 0.0, 0.0
            _mix(value[j, k], low[j], at[j], share[j], values)
            _mix(cost[j, k], low[j], at[j], share[j], costs)
            for n in range(size):
                bought = sent[n] * chance[n]
                values[n] *= bought
                costs[n] *= bought
            for n in range(size):
                worth_it += values[n]
                costly += costs[n]
            earned[k] += worth_it
            spent[k] += costly


@compiled
def chances(
    moved: FloatArray,
    base: FloatArray,
    rest: FloatArray,
    known: FloatArray,
    held: FloatArray,
    scale: FloatArray,
    nest: IntArray,
    dissimilarity: float,
    never: float,
) -> FloatArray:
    """[O, K, N] chances, as :func:`market.strategies.choice_loops.nested_logit` finds them.

    With one nest at most.

    Parameters
    ----------
    moved, scale, dissimilarity, never
        As it has them.
    base, rest, known, held
        As :func:`market.strategies.choice_loops.stand_still` has them.
    nest
        [O] 0 in the nest, −1 outside.
    """
    offers, lists, size = moved.shape
    inside, alone = np.flatnonzero(nest >= 0), np.flatnonzero(nest < 0)
    open_to = np.zeros((offers, size), dtype=np.bool_)
    for j in range(offers):
        for k in range(lists):
            for n in range(size):
                open_to[j, n] |= moved[j, k, n] > -np.inf
    several = _several(open_to, inside, held)
    found, room = np.empty(moved.shape), np.empty((4, size))
    utility = np.empty((offers, size))
    for k in range(lists):
        for j in range(offers):
            for n in range(size):
                utility[j, n] = moved[j, k, n] / scale[n]
        beside = base, rest, known, held
        _choose(utility, inside, alone, several, *beside, dissimilarity, never, room)
        found[:, k] = utility
    return found


@compiled
def _choose(
    utility: FloatArray,
    inside: IntArray,
    alone: IntArray,
    several: IntArray,
    base: FloatArray,
    rest: FloatArray,
    known: FloatArray,
    held: FloatArray,
    dissimilarity: float,
    never: float,
    room: FloatArray,
) -> None:
    """Put chances in the place of the utilities [J, N] of offers `inside` the nest and `alone`."""
    nested, whole, top, total = room[0], room[1], room[2], room[3]
    nested[:] = -np.inf
    if len(known):
        nested[:] = known[0]
    for i in range(len(inside)):
        _raise(nested, utility[inside[i]])
    whole[:] = 1.0
    if len(several):
        _in_nest(several, inside, utility, known[0], held[0], dissimilarity, nested, whole)
    _alone_in_nest(several, inside, utility)
    top[:] = base
    _raise(top, nested)
    for i in range(len(alone)):
        _raise(top, utility[alone[i]])
    for n in range(len(top)):
        total[n] = rest[n] * np.exp(base[n] - top[n])
    _exp_each(nested, top)
    total += nested
    for i in range(len(alone)):
        _exp_each(utility[alone[i]], top)
        total += utility[alone[i]]
    for i in range(len(alone)):
        chance = utility[alone[i]]
        for n in range(len(top)):
            part = chance[n] / total[n]
            chance[n] = part if part >= never else 0.0
    for i in range(len(inside)):
        chance = utility[inside[i]]
        for n in range(len(top)):
            part = nested[n] / total[n] * (chance[n] / whole[n])
            chance[n] = part if part >= never else 0.0


@compiled
def _several(open_to: BoolArray, inside: IntArray, held: FloatArray) -> IntArray:
    """The groups to which the nest may offer more than one thing."""
    count = np.zeros(open_to.shape[1], dtype=np.int64)
    for i in range(len(inside)):
        count += open_to[inside[i]]
    if len(held):
        count += 2 * (held[0] > 0)
    return np.flatnonzero(count > 1)


@compiled
def _mix(
    values: FloatArray, low: IntArray, high: IntArray, share: FloatArray, out: FloatArray
) -> None:
    """Write values [G] of menu points, mixed for each group [N]."""
    for n in range(len(out)):
        upper, lower = values[high[n]], values[low[n]]
        mean = lower + share[n] * (upper - lower)
        out[n] = upper if share[n] == 1 else mean


@compiled
def _value(
    paid: FloatArray,
    open_to: BoolArray,
    switching: FloatArray,
    worth: FloatArray,
    scale: FloatArray,
) -> None:
    """Put the utility of an offer in the place of what groups [N] would pay."""
    for n in range(len(paid)):
        gain = (worth[n] - paid[n] - switching[n]) / scale[n]
        paid[n] = gain if open_to[n] and abs(paid[n]) < np.inf else -np.inf


@compiled
def _raise(top: FloatArray, utility: FloatArray) -> None:
    for n in range(len(top)):
        top[n] = max(top[n], utility[n])


@compiled
def _in_nest(
    several: IntArray,
    inside: IntArray,
    utility: FloatArray,
    best: FloatArray,
    held: FloatArray,
    dissimilarity: float,
    nested: FloatArray,
    whole: FloatArray,
) -> None:
    """Put weights in a nest in the place of utilities, and its utility in that of the best's.

    For groups to which it may offer several things.
    """
    for n in several:
        highest, weight = nested[n], 0.0
        if highest == -np.inf:
            highest = 0.0
        if held[n] > 0:
            weight = held[n] * _share_of(best[n] - highest, dissimilarity)
        for i in range(len(inside)):
            j = inside[i]
            utility[j, n] = _share_of(utility[j, n] - highest, dissimilarity)
            weight += utility[j, n]
        if weight > 0:
            whole[n] = weight
            nested[n] += dissimilarity * np.log(weight)


@compiled
def _share_of(below: float, dissimilarity: float) -> float:
    """Of an offer in its nest, as `choice_loops` weighs it."""
    if dissimilarity == 0:
        return 1.0 if below == 0 else 0.0
    far = below / dissimilarity
    weight: float = np.exp(max(far, _LOST))
    return weight if far >= _LOST else 0.0


@compiled
def _alone_in_nest(several: IntArray, inside: IntArray, utility: FloatArray) -> None:
    """Put weights in the place of utilities where the nest has one offer, or none."""
    for i in range(len(inside)):
        at, own = 0, utility[inside[i]]
        for n in range(len(own)):
            if at < len(several) and several[at] == n:
                at += 1
            else:
                own[n] = 1.0 if own[n] > -np.inf else 0.0


@compiled
def _exp_each(utility: FloatArray, top: FloatArray) -> None:
    """The exponential of each utility over the top, 0 where it is lost beside 1."""
    for n in range(len(top)):
        below = utility[n] - top[n]
        found = np.exp(max(below, _LOST))
        utility[n] = found if below >= _LOST else 0.0
