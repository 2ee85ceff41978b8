"""Compiled loops over groups of like buyers: what they pay and buy of menus at K lists of prices.

The same stands in numpy beside what calls them: :func:`market.strategies.menu.between` and
:meth:`market.simulation.expected_market.Trade.totals`.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled


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
