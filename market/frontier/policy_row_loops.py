"""Compiled loops over policies at one solve rate; for :mod:`market.frontier.policy_rows`."""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled

# of the sum of what is added up, in a bill or in a spend: dozens of times what rounding leaves
_ROUNDING = 64 * 2.0**-52


@compiled
def row_at(
    rate: float,
    least: float,
    highest: FloatArray,
    shift: FloatArray,
    curves: FloatArray,
    groups: IntArray,
) -> tuple[FloatArray, BoolArray]:
    """What policies spend at one solve rate, and whether each placement reaches it.

    As :class:`market.frontier.policy_families.Alike` has them.

    Parameters
    ----------
    least
        A solve rate that is as good.
    highest
        [placements, X] solve rate by budget, or of a lower budget if that is higher.
    shift
        [placements] what is added to solve rates that are compared.
    curves
        [W, X] list dollars by budget, in the order of a row.
    groups
        As :class:`market.frontier.policy_rows.PolicyRows` has them.
    """
    row, reached = np.empty(len(curves)), np.zeros(len(highest), dtype=np.bool_)
    budgets = highest.shape[1]
    for _, families, stages, in_row, _, in_model in groups:
        for f in range(families):
            p = in_model + f
            wanted = least + shift[p]
            high, beyond = 0, budgets
            while high < beyond:  # the first budget that solves so much
                middle = (high + beyond) // 2
                if highest[p, middle] + shift[p] < wanted:
                    high = middle + 1
                else:
                    beyond = middle
            reached[p] = high < budgets
            high = min(high, budgets - 1)
            low = max(high - 1, 0)
            rise, part = highest[p, high] - highest[p, low], 1.0
            if rise > 0:
                part = min(max((rate - highest[p, low]) / rise, 0.0), 1.0)
            for step in range(0, (2 * stages + 1) * families, families):
                at = in_row + step + f
                lower = curves[at, low]
                row[at] = lower + part * (curves[at, high] - lower)
    return row, reached


@compiled
def undominated(
    row: FloatArray,
    reached: BoolArray,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    groups: IntArray,
    probes: FloatArray,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Policies of a row that some prices might make the cheapest.

    Parameters
    ----------
    row, due, rest, model, groups
        As :class:`market.frontier.policy_rows.PolicyRows` has them.
    reached
        [placements, group by group] whether each reaches the solve rate.
    probes
        [P, M] prices; who is the cheapest at one of them is compared with all others.

    Returns
    -------
    index, spend, gross
        [n] of each in all; [M, n] list dollars by model; [n] list dollars that it was worked out
        from.
    """
    models = probes.shape[1]
    every, spend, gross = _spends(row, reached, due, rest, model, groups, models)
    count, best = len(every), np.zeros(len(probes), dtype=np.int64)
    for p in range(len(probes)):
        least = np.inf
        for i in range(count):
            bill = 0.0
            for m in range(models):
                bill += probes[p, m] * spend[m, i]
            if bill < least:
                best[p], least = i, bill
    kept, named = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    if count:
        named[best] = True
    for j in range(count):
        if not named[j]:
            continue
        for i in range(count):
            if kept[i]:
                more = False
                for m in range(models):
                    least = spend[m, i] - _ROUNDING * gross[m, i]
                    most = spend[m, j] + _ROUNDING * gross[m, j]
                    if most > least:
                        break
                    more |= most < least
                else:
                    kept[i] = not more
    left = np.flatnonzero(kept)
    found, total = np.empty((models, len(left))), np.zeros(len(left))
    for m in range(models):
        for n in range(len(left)):
            found[m, n] = spend[m, left[n]]
            total[n] += gross[m, left[n]]
    return every[left], found, total


@compiled
def _spends(
    row: FloatArray,
    reached: BoolArray,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    groups: IntArray,
    models: int,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """[n] who reaches, [M, n] its list dollars by model, and [M, n] what these are made of."""
    count = 0
    for _, families, stages, _, _, in_model in groups:
        count += (stages + 1) * reached[in_model : in_model + families].sum()
    every = np.empty(count, dtype=np.int64)
    spend, gross = np.zeros((2, models, count))
    n = 0
    for first, families, stages, in_row, in_due, in_model in groups:
        in_saved = in_row + (stages + 1) * families
        for place in range(stages + 1):
            for f in range(families):
                if not reached[in_model + f]:
                    continue
                every[n] = first + place * families + f
                own = row[in_row + place * families + f]
                spend[model[in_model + f], n] = gross[model[in_model + f], n] = own
                for k in range(stages):
                    at = k * families + f
                    saved = row[in_saved + at] if k >= place else 0.0
                    spend[rest[in_due + at], n] = due[in_due + at] - saved
                    gross[rest[in_due + at], n] = due[in_due + at] + saved
                n += 1
    return every, spend, gross
