"""Compiled loops over policies at G solve rates: what each costs, and the cheapest as prices move.

:mod:`market.frontier.policy_families` says the same in numpy, to the last bit.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled


@compiled
def write_bills(
    own: FloatArray,
    saved: FloatArray,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    reached: BoolArray,
    price: FloatArray,
    bill: FloatArray,
    first: int,
) -> None:
    """Write [G, policies] US dollars at the multipliers `price` [M], from column `first` on.

    The others are as in :class:`market.frontier.policy_families.Alike`.
    """
    points, places, count = own.shape
    stages = places - 1
    asked, whole = np.zeros(count), np.zeros(count)
    paid = np.zeros((stages, count))
    for f in range(count):
        sold = np.isfinite(price[model[f]])
        for k in range(stages):
            sold &= np.isfinite(price[rest[k, f]])
        if sold:
            asked[f] = price[model[f]]
            for k in range(stages):
                paid[k, f] = price[rest[k, f]]
                whole[f] += paid[k, f] * due[k, f]
        else:
            whole[f] = np.inf
    later = np.zeros(count)
    for g in range(points):
        later[:] = 0.0
        for k in range(stages, -1, -1):
            if k < stages:  # on all the stages that come later
                for f in range(count):
                    later[f] += paid[k, f] * saved[g, k, f]
            at = first + k * count
            for f in range(count):
                cost = own[g, k, f] * asked[f] - later[f] + whole[f]
                bill[g, at + f] = cost if reached[g, f] else np.inf


@compiled
def cheapest_along(held: FloatArray, moved: FloatArray, factors: FloatArray) -> IntArray:
    """[L, G] the columns where `held` + factor · `moved` [G, N] is least, the first in a draw."""
    points, policies = held.shape
    best = np.empty((len(factors), points), dtype=np.int64)
    lowest, highest = factors.min(), factors.max()
    least = np.empty(len(factors))
    for g in range(points):
        known = 0
        for n in range(policies):
            if held[g, n] + moved[g, n] < held[g, known] + moved[g, known]:
                known = n
        low = held[g, known] + lowest * moved[g, known]
        high = held[g, known] + highest * moved[g, known]
        least[:] = np.inf
        best[:, g] = policies - 1
        for n in range(policies):
            still, more = held[g, n], moved[g, n]
            # bills are linear in the factor: one that is dearer at both ends never is the cheapest
            if still + lowest * more <= low or still + highest * more <= high:
                for i in range(len(factors)):
                    cost = still + factors[i] * more
                    if cost < least[i]:
                        least[i] = cost
                        best[i, g] = n
    return best
