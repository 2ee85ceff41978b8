"""Compiled loops over policies at single solve rates; :mod:`market.frontier.policy_rows` has rows.

What is found is to the bit what :mod:`market.frontier.policy_loops` finds among all policies. A row
is first narrowed by what each policy spends on each model, known to within `_ROUNDING` of all that
it was worked out from; those that are left are billed as all would be.
"""

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


@compiled
def cheapest_along(
    flat: FloatArray,
    spend: FloatArray,
    gross: FloatArray,
    index: IntArray,
    count: IntArray,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    groups: IntArray,
    still: FloatArray,
    alone: FloatArray,
    factors: FloatArray,
) -> tuple[IntArray, FloatArray]:
    """The cheapest policies at prices `still` + factor · `alone` [M], the first in a draw.

    Parameters
    ----------
    flat, spend, gross, index, count
        [G, W] rows, and [G, M, N], [G, N] and [G, N] of their policies, of each row the first
        `count` [G].
    due, rest, model, groups
        As :class:`market.frontier.policy_rows.PolicyRows` has them.
    still, alone
        [M] price multipliers, finite; each model's is 0 in one of them.
    factors
        [L], some below 1 and some above.

    Returns
    -------
    [L, G] indices, and [G, L, M] list dollars by model; one past the last, and infinite, for none.
    """
    points, models = len(flat), len(still)
    last = groups[-1]
    none = last[0] + last[1] * (last[2] + 1)
    best = np.full((len(factors), points), none)
    found = np.full((points, len(factors), models), np.inf)
    ends = factors.min(), factors.max()
    slack = _ROUNDING * (still.max() + max(ends[1], 1.0) * alone.max())
    held, moved = np.empty((2, spend.shape[2]))
    near, bills = np.empty(spend.shape[2], dtype=np.int64), np.empty((2, spend.shape[2]))
    for g in range(points):
        some = slice(count[g])
        _write_bills(spend[g, :, some], still, alone, held[some], moved[some])
        left = _near(held[some], moved[some], slack * gross[g], ends, near)
        for n in range(left):
            near[n] = index[g, near[n]]
            bills[0, n], bills[1, n] = _bill(
                flat, g, near[n], due, rest, model, groups, still, alone
            )
        _choose(near[:left], bills[0], bills[1], factors, best[:, g])
        for i in range(len(factors)):
            if best[i, g] < none:
                _write_spend(flat, g, best[i, g], due, rest, model, groups, found[g, i])
    return best, found


@compiled
def _write_bills(
    spend: FloatArray, still: FloatArray, alone: FloatArray, held: FloatArray, moved: FloatArray
) -> None:
    """Write about what policies cost at either prices [M], by spend [M, N]."""
    held[:] = 0.0
    moved[:] = 0.0
    for m in range(len(still)):
        row, one, two = spend[m], still[m], alone[m]
        if one != 0:
            for n in range(len(row)):
                held[n] += one * row[n]
        if two != 0:
            for n in range(len(row)):
                moved[n] += two * row[n]


@compiled
def _near(
    held: FloatArray,
    moved: FloatArray,
    off: FloatArray,
    ends: tuple[float, float],
    near: IntArray,
) -> int:
    """Write which policies may be the cheapest at a factor between both `ends`, and say how many.

    Bills are lines over the factor, off by `off` [N] or less. What is dearer at both ends than the
    cheapest at 1 is never the cheapest. Of the cheapest at either end, at 1 and where these meet,
    the least bill is a concave line of five pieces; what lies above its six corners lies above all
    of it.
    """
    if len(held) == 0:
        return 0
    known, at, most = np.empty(5, dtype=np.int64), np.empty(6), np.full(6, np.inf)
    at[0], at[5], known[2] = ends[0], ends[1], 0
    least = np.inf
    for n in range(len(held)):
        if held[n] + moved[n] < least:
            known[2], least = n, held[n] + moved[n]
    base, more = held[known[2]] + 2 * off[known[2]], moved[known[2]]
    low, high = base + ends[0] * more, base + ends[1] * more
    some = 0
    for n in range(len(held)):
        one = held[n] - off[n]
        near[some] = n
        some += (one + ends[0] * moved[n] <= low) | (one + ends[1] * moved[n] <= high)
    known[0] = _cheapest_at(held, moved, near[:some], ends[0])
    known[4] = _cheapest_at(held, moved, near[:some], ends[1])
    for k in (1, 3):
        between = _meet(held, moved, known[k - 1], known[k + 1], ends)
        known[k] = _cheapest_at(held, moved, near[:some], between)
    for k in range(6):
        if 0 < k < 5:
            at[k] = _meet(held, moved, known[k - 1], known[k], ends)
        for c in range(5):
            bill = held[known[c]] + at[k] * moved[known[c]]
            most[k] = min(most[k], bill + 2 * off[known[c]])
    count = 0
    for i in range(some):
        n = near[i]
        one, two = held[n] - off[n], moved[n]
        near[count] = n
        count += (
            (one + at[0] * two <= most[0])
            | (one + at[1] * two <= most[1])
            | (one + at[2] * two <= most[2])
            | (one + at[3] * two <= most[3])
            | (one + at[4] * two <= most[4])
            | (one + at[5] * two <= most[5])
        )
    return count


@compiled
def _cheapest_at(held: FloatArray, moved: FloatArray, some: IntArray, factor: float) -> int:
    """Which of some policies is the cheapest at a factor."""
    best, least = 0, np.inf
    for i in range(len(some)):
        bill = held[some[i]] + factor * moved[some[i]]
        if bill < least:
            best, least = i, bill
    return int(some[best])


@compiled
def _meet(
    held: FloatArray, moved: FloatArray, one: int, other: int, ends: tuple[float, float]
) -> float:
    """The factor between both ends at which two policies cost as much; an end if there is none."""
    steeper = moved[one] - moved[other]
    if steeper <= 0:
        return ends[0]
    at: float = (held[other] - held[one]) / steeper
    return min(max(at, ends[0]), ends[1])


@compiled
def _choose(
    index: IntArray, held: FloatArray, moved: FloatArray, factors: FloatArray, best: IntArray
) -> None:
    """Write who is the cheapest at each factor, as `policy_loops.cheapest_along` finds it."""
    known = 0
    for n in range(len(index)):
        if held[n] + moved[n] < held[known] + moved[known]:
            known = n
    lowest, highest = factors.min(), factors.max()
    low, high = held[known] + lowest * moved[known], held[known] + highest * moved[known]
    least = np.full(len(factors), np.inf)
    for n in range(len(index)):
        # bills are linear in the factor: one that is dearer at both ends never is the cheapest
        if held[n] + lowest * moved[n] <= low or held[n] + highest * moved[n] <= high:
            for i in range(len(factors)):
                cost = held[n] + factors[i] * moved[n]
                if cost < least[i]:
                    least[i], best[i] = cost, index[n]


@compiled
def _where(at: int, groups: IntArray) -> tuple[int, int, int]:
    """The group of a policy, its place, and which of the group's placements it is."""
    k = len(groups) - 1
    while groups[k, 0] > at:
        k -= 1
    beyond, families = at - groups[k, 0], groups[k, 1]
    place = beyond // families
    return k, place, beyond - place * families


@compiled
def _bill(
    flat: FloatArray,
    g: int,
    at: int,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    groups: IntArray,
    still: FloatArray,
    alone: FloatArray,
) -> tuple[float, float]:
    """US dollars of one policy, as :func:`market.frontier.policy_loops.write_bills` has them.

    At either prices [M].
    """
    k, place, f = _where(at, groups)
    families, stages, in_row = groups[k, 1], groups[k, 2], groups[k, 3]
    own, m = flat[g, in_row + place * families + f], model[groups[k, 5] + f]
    first, saved = groups[k, 4] + f, in_row + (stages + 1) * families + f
    whole, moving = 0.0, 0.0
    for step in range(0, stages * families, families):
        r = rest[first + step]
        whole += still[r] * due[first + step]
        moving += alone[r] * due[first + step]
    later, less = 0.0, 0.0
    for step in range((stages - 1) * families, place * families - 1, -families):
        r = rest[first + step]
        later += still[r] * flat[g, saved + step]
        less += alone[r] * flat[g, saved + step]
    return own * still[m] - later + whole, own * alone[m] - less + moving


@compiled
def _write_spend(
    flat: FloatArray,
    g: int,
    at: int,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    groups: IntArray,
    out: FloatArray,
) -> None:
    """Write list dollars by model [M] of one policy."""
    k, place, f = _where(at, groups)
    families, stages, in_row = groups[k, 1], groups[k, 2], groups[k, 3]
    first, in_saved = groups[k, 4] + f, in_row + (stages + 1) * families + f
    out[:] = 0.0
    out[model[groups[k, 5] + f]] = flat[g, in_row + place * families + f]
    for step in range(0, stages * families, families):
        saved = flat[g, in_saved + step] if step >= place * families else 0.0
        out[rest[first + step]] = due[first + step] - saved
