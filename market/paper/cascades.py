"""Threshold cascades: stages joined on one budget axis, and interpolated back on the grid.

Stage j of a cascade with thresholds τ₁, τ₂, … tries its model for at most τ_j US dollars. Its
budget axis starts where the earlier thresholds end; along it the stage adds its pass curve times
the chance that no earlier stage solved the problem. A threshold of 0 leaves the stage out. Joining
is linear in the pass curves, so problems are averaged before it. Source: arXiv:2603.22404.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.paper.paper_curves import locate, spend_at

BLOCK = 1024  # rows joined at a time: the gathered stage values then stay within the cache's reach


@dataclass(frozen=True)
class Join:
    """A fixed linear map from stage values to cascades' curves on the grid.

    Stage values are [P, J·(B+1) + 1]: per stage its B grid values and the value at its threshold,
    and a last column of zeros, read below the first point of the joined axis.

    Parameters
    ----------
    lower, upper
        [P, B] columns of the joined points on both sides of a budget of the grid.
    weight
        [P, B] weight of `upper`.
    """

    lower: IntArray
    upper: IntArray
    weight: FloatArray

    def apply(self, values: FloatArray) -> FloatArray:
        """[P, B] solve rates of the cascades on the budget grid."""
        below = np.take_along_axis(values, self.lower, axis=1)
        above = np.take_along_axis(values, self.upper, axis=1)
        return below + self.weight * (above - below)


def join(thresholds: FloatArray, budget: FloatArray) -> Join:
    """Work out how cascades with thresholds [P, J] (US dollars) are joined on the grid [B]."""
    rows, points = len(thresholds), len(budget)
    lower = np.empty((rows, points), dtype=np.int64)
    upper = np.empty_like(lower)
    weight = np.empty((rows, points))
    log_budget = np.log(budget)
    zeros = thresholds.shape[1] * (points + 1)
    columns = np.arange(points)
    for row, levels in enumerate(thresholds):
        axis, index = [np.zeros(1)], [np.full(1, zeros)]
        start = 0.0
        for stage in np.flatnonzero(levels > 0):
            level, first = levels[stage], stage * (points + 1)
            inside = int(np.searchsorted(budget, level))
            axis += [start + budget[:inside], np.array([start + level])]
            index += [first + columns[:inside], np.array([first + points])]
            start += level
        log_axis = np.log(np.concatenate(axis)[1:])
        column = np.concatenate(index)
        above = np.searchsorted(log_axis, log_budget, side="right")
        last = len(log_axis)
        lower[row], upper[row] = column[above], column[np.minimum(above + 1, last)]
        between = (above > 0) & (above < last)
        left, right = log_axis[above[between] - 1], log_axis[above[between]]
        weight[row] = 0.0
        weight[row, between] = (log_budget[between] - left) / (right - left)
    return Join(lower, upper, weight)


def cascade_curves(solve: FloatArray, thresholds: FloatArray, budget: FloatArray) -> FloatArray:
    """Solve rates of cascades by total budget.

    Parameters
    ----------
    solve
        [n, J, B] pass curves of the stages' models, in the order of the stages.
    thresholds
        [P, J] US dollars.
    budget
        [B] US dollars.

    Returns
    -------
    FloatArray
        [P, B] mean chance that a problem is solved within a total budget.
    """
    problems, stages, points = solve.shape
    # What a stage adds depends on the thresholds before it only, and most rows share those.
    reach = np.full((1, problems), 1 / problems)
    prefix = np.zeros(len(thresholds), dtype=np.int64)
    added, reached, prefixes = [], [], []
    for stage in range(stages):
        added.append(reach @ solve[:, stage])
        reached.append(reach.sum(axis=1))
        prefixes.append(prefix)
        levels, level = np.unique(thresholds[:, stage], return_inverse=True)
        pairs, prefix = np.unique(prefix * len(levels) + level, return_inverse=True)
        failed = 1 - locate(budget, levels).read(solve[:, stage]).T
        reach = reach[pairs // len(levels)] * failed[pairs % len(levels)]
    curves = np.empty((len(thresholds), points))
    for block in np.array_split(np.arange(len(thresholds)), -(-len(thresholds) // BLOCK)):
        values = np.zeros((len(block), stages * (points + 1) + 1))
        for stage in range(stages):
            row = prefixes[stage][block]
            held = held_at(added[stage][row], thresholds[block, stage], budget)
            first, earlier = stage * (points + 1), 1 - reached[stage][row]
            values[:, first : first + points] = earlier[:, None] + added[stage][row]
            values[:, first + points] = earlier + held
        curves[block] = join(thresholds[block], budget).apply(values)
    return curves


def held_at(values: FloatArray, at: FloatArray, budget: FloatArray) -> FloatArray:
    """[P] the value of each row of `values` [P, B] at its own budget `at` [P]."""
    place, row = locate(budget, at), np.arange(len(at))
    below, above = values[row, place.lower], values[row, place.lower + 1]
    held: FloatArray = (below + place.weight * (above - below)) * place.reached
    return held


def stage_spend(solve: FloatArray, thresholds: FloatArray, budget: FloatArray) -> FloatArray:
    """Expected spend on each stage of one cascade, by the cascade's total budget.

    A stage's share of a total budget is what is left after the earlier thresholds, up to its own.

    Parameters
    ----------
    solve
        [n, J, B] pass curves of the stages' models.
    thresholds
        [J] US dollars.
    budget
        [B] total budgets, US dollars.

    Returns
    -------
    FloatArray
        [J, B] US dollars per problem; 0 for a stage left out.
    """
    problems, stages, points = solve.shape
    reach, start = np.full(problems, 1 / problems), 0.0
    spend = np.zeros((stages, points))
    for stage, level in enumerate(thresholds):
        share = np.clip(budget - start, 0.0, level)
        reached = reach.sum()
        if level > 0 and reached > 0:
            # Who comes this far is not a fair sample of the problems: the curve of those who do.
            curve = reach @ solve[:, stage] / reached
            spend[stage] = reached * spend_at(curve, budget, share)
        reach = reach * (1 - locate(budget, level).read(solve[:, stage])[:, 0])
        start += level
    return spend


def pair_thresholds(lowest: float, highest: float, total: float) -> FloatArray:
    """[102, 2] thresholds that sum to `total`: the first 0, 100 log-spaced points, or all of it."""
    first = np.concatenate([[0.0], np.geomspace(lowest, highest, 100), [total]])
    return np.column_stack([first, total - first])


def ordered_thresholds(stages: int, levels: FloatArray, total: float) -> FloatArray:
    """Threshold rows that do not fall from left to right, zeros passed over.

    All combinations of `levels`; what a row has over `total` is cut from the last stage backwards;
    rounded to 8 decimals; every row once.

    Returns
    -------
    FloatArray
        [P, `stages`] US dollars, in lexical order.
    """
    rows = np.array(list(itertools.product(levels, repeat=stages)))
    excess = np.maximum(rows.sum(axis=1) - total, 0.0)
    for stage in reversed(range(stages)):
        cut = np.minimum(excess, rows[:, stage])
        rows[:, stage] -= cut
        excess -= cut
    rows = np.unique(rows.round(8), axis=0)
    highest_before = np.maximum.accumulate(rows, axis=1)
    kept: FloatArray = rows[((rows == 0) | (rows >= highest_before)).all(axis=1)]
    return kept
