"""Compiled loops: which policies of rows are cheapest as the prices of some models move.

What is found is to the bit what :mod:`market.frontier.policy_loops` finds among all policies: rows
are narrowed by bills that are off by `_ROUNDING` of all that they are made of or less, and those
that are left are billed as all would be.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled

_ROUNDING = (
    64 * 2.0**-52
)  # as in policy_row_loops: compiled code that is kept knows of no other file


@compiled
def bills(spend: FloatArray, count: IntArray, price: FloatArray) -> tuple[FloatArray, IntArray]:
    """About what policies cost at prices [M], row by row, and which is the cheapest.

    Parameters
    ----------
    spend, count
        [G, M, N] list dollars by model, and [G] how many policies each row has.

    Returns
    -------
    [G, N] US dollars, and [G] places in the row.
    """
    points, models, _ = spend.shape
    total, known = np.zeros((points, spend.shape[2])), np.zeros(points, dtype=np.int64)
    for g in range(points):
        bill = total[g, : count[g]]
        for m in range(models):
            row, asked = spend[g, m, : count[g]], price[m]
            for n in range(len(row)):
                bill[n] += asked * row[n]
        known[g] = _least(bill)
    return total, known


@compiled
def cheapest_along(
    flat: FloatArray,
    spend: FloatArray,
    gross: FloatArray,
    index: IntArray,
    count: IntArray,
    total: FloatArray,
    known: IntArray,
    due: FloatArray,
    rest: IntArray,
    model: IntArray,
    groups: IntArray,
    price: FloatArray,
    own: BoolArray,
    factors: FloatArray,
) -> tuple[IntArray, FloatArray]:
    """The cheapest policies as the prices of some models move together, the first in a draw.

    Parameters
    ----------
    flat, spend, gross, index, count
        [G, W] rows, and [G, M, N], [G, N] and [G, N] of their policies, of each row the first
        `count` [G].
    total, known
        As :func:`bills` has them at these prices.
    due, rest, model, groups
        As :class:`market.frontier.policy_rows.PolicyRows` has them.
    price
        [M] multipliers, finite.
    own
        [M] which of them are multiplied by the factors.
    factors
        [L], some below 1 and some above.

    Returns
    -------
    [L, G] indices, and [G, L, M] list dollars by model; one past the last, and infinite, for none.
    """
    points, models = len(flat), len(price)
    last = groups[-1]
    none = last[0] + last[1] * (last[2] + 1)
    best = np.full((len(factors), points), none)
    found = np.full((points, len(factors), models), np.inf)
    ends = factors.min(), factors.max()
    slack = _ROUNDING * price.max() * max(ends[1], 1.0)
    still, alone = np.where(own, 0.0, price), np.where(own, price, 0.0)
    near = np.empty(spend.shape[2], dtype=np.int64)
    lines = np.empty((3, spend.shape[2]))
    for g in range(points):
        some, left = slice(count[g]), 0
        moved = lines[0, some]
        moved[:] = 0.0
        for m in range(models):
            if own[m]:
                row, asked = spend[g, m, some], price[m]
                for n in range(len(row)):
                    moved[n] += asked * row[n]
        left = _not_dearer(total[g, some], gross[g, some], known[g], slack, ends, lines, near)
        left = _near(gross[g], slack, ends, left, lines, near)
        for n in range(left):
            near[n] = index[g, near[n]]
            told = flat, g, near[n], due, rest, model, groups
            lines[0, n], lines[1, n] = _bill(*told, still, alone)
        _choose(near[:left], lines[0], lines[1], factors, best[:, g])
        for i in range(len(factors)):
            if best[i, g] < none:
                _write_spend(flat, g, best[i, g], due, rest, model, groups, found[g, i])
    return best, found


@compiled
def _not_dearer(
    total: FloatArray,
    gross: FloatArray,
    known: int,
    slack: float,
    ends: tuple[float, float],
    lines: FloatArray,
    near: IntArray,
) -> int:
    """Write which policies are not dearer than a known one at both `ends`, and say how many.

    Bills are lines over the factor, off by `slack` · `gross` [N] or less: what is dearer at both
    ends is never the cheapest. `lines` has what moves with the factor; what does not, and what does
    of those that are left, is written beside.
    """
    if len(total) == 0:
        return 0
    moved, held, left = lines[0], lines[1], lines[2]
    base, more = total[known] - moved[known] + 2 * slack * gross[known], moved[known]
    low, high = base + ends[0] * more, base + ends[1] * more
    some = 0
    for n in range(len(total)):
        still, two = total[n] - moved[n], moved[n]
        near[some], held[some], left[some] = n, still, two
        one = still - slack * gross[n]
        some += (one + ends[0] * two <= low) | (one + ends[1] * two <= high)
    return some


@compiled
def _near(
    gross: FloatArray,
    slack: float,
    ends: tuple[float, float],
    some: int,
    lines: FloatArray,
    near: IntArray,
) -> int:
    """Write which of some policies may be the cheapest between both `ends`, and say how many.

    Of the cheapest at either end, at 1 and where these meet, the least bill is a concave line of
    five pieces; what lies above its six corners lies above all of it.
    """
    if some == 0:
        return 0
    held, moved = lines[1, :some], lines[2, :some]
    bill = lines[0, :some]
    known, at, most = np.empty(5, dtype=np.int64), np.empty(6), np.full(6, np.inf)
    at[0], at[5] = ends
    for k in (0, 2, 4, 1, 3):
        factor = at[0] if k == 0 else 1.0 if k == 2 else at[5]
        if k % 2:
            factor = _meet(held, moved, known[k - 1], known[k + 1], ends)
        for n in range(some):
            bill[n] = held[n] + factor * moved[n]
        known[k] = _least(bill)
    for k in range(6):
        if 0 < k < 5:
            at[k] = _meet(held, moved, known[k - 1], known[k], ends)
        for c in range(5):
            cost = held[known[c]] + at[k] * moved[known[c]]
            most[k] = min(most[k], cost + 2 * slack * gross[near[known[c]]])
    count = 0
    for i in range(some):
        one, two = held[i] - slack * gross[near[i]], moved[i]
        near[count] = near[i]
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
def _least(bill: FloatArray) -> int:
    """Where the first of the least is."""
    best, least = 0, np.inf
    for n in range(len(bill)):
        if bill[n] < least:
            best, least = n, bill[n]
    return best


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
