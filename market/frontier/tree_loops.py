"""Loops over the steps of a tree of cascades, compiled where numba is installed."""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled


def _plan(
    parent: IntArray,
    model: IntArray,
    chance: FloatArray,
    spend: FloatArray,
    price: FloatArray,
    value: float,
    end: IntArray,
    net: FloatArray,
) -> None:
    """Find the best path of each kind of query by backward induction.

    `chance` and `spend` [Z, N]; written are the `end` [Z] of each path and its `net` value [Z].
    A node stands behind its parent, so one pass from the last to the first is enough.
    """
    nodes = len(parent)
    worth, best = np.empty(nodes), np.empty(nodes, dtype=np.int64)
    for z in range(len(chance)):
        worth[:] = 0.0
        best[:] = 0
        for node in range(nodes - 1, 0, -1):
            asked = price[model[node]]
            if not np.isfinite(asked):
                continue
            solved = chance[z, node]
            gain = value * solved - asked * spend[z, node] + (1 - solved) * worth[node]
            if gain > worth[parent[node]]:
                worth[parent[node]], best[parent[node]] = gain, node
        at = 0
        while best[at] > 0:
            at = best[at]
        end[z], net[z] = at, worth[0]


def _walk(
    parent: IntArray,
    model: IntArray,
    chance: FloatArray,
    spend: FloatArray,
    price: FloatArray,
    end: IntArray,
    rate: FloatArray,
    paid: FloatArray,
) -> None:
    """Work out the solve rate and the US dollars of paths [Z] by their ends, from these up."""
    for z in range(len(end)):
        solved, cost, node = 0.0, 0.0, end[z]
        while node > 0:
            on = 1 - chance[z, node]
            solved = chance[z, node] + on * solved
            cost = price[model[node]] * spend[z, node] + on * cost
            node = parent[node]
        rate[z], paid[z] = solved, cost


def _go_down(
    path: IntArray,
    row: IntArray,
    model: IntArray,
    level: IntArray,
    solved_at: IntArray,
    spend: FloatArray,
    tried: IntArray,
    solved: BoolArray,
    paid: FloatArray,
) -> None:
    """Send queries down their paths.

    Parameters
    ----------
    path
        [R, K] nodes of each row, −1 past its end.
    row
        [Q] the row that each query goes down.
    model, level
        [N] of the tree.
    solved_at
        [Q, M] first level at which a model solves a query; at least L where it never does.
    spend
        [Q, M, L] list dollars by level.
    tried, solved, paid
        Written: [Q] steps taken, [Q] whether the last of them solved, [Q, K] list dollars by step.
    """
    for q in range(len(row)):
        for k in range(path.shape[1]):
            node = path[row[q], k]
            if node < 0:
                break
            m, of = model[node], level[node]
            paid[q, k] = spend[q, m, of]
            if of > 0:
                paid[q, k] -= spend[q, m, of - 1]
            tried[q] = k + 1
            if solved_at[q, m] <= of:
                solved[q] = True
                break


def _count(
    path: IntArray,
    row: IntArray,
    kind: IntArray,
    tried: IntArray,
    solved: BoolArray,
    paid: FloatArray,
    width: FloatArray,
    reached: FloatArray,
    solving: FloatArray,
    saved: FloatArray,
) -> None:
    """Count what queries showed on their way down.

    `kind` [Q] is what was seen of each, `width` [N] the list dollars of each step; added to are
    [Z, N] queries that came to a step, those that it solved, and shares of its budget left.
    """
    for q in range(len(row)):
        z = kind[q]
        for k in range(tried[q]):
            node = path[row[q], k]
            reached[z, node] += 1
            saved[z, node] += 1 - paid[q, k] / width[node]
        if solved[q]:
            solving[z, path[row[q], tried[q] - 1]] += 1


def _count_sample(
    parent: IntArray,
    kind: IntArray,
    model: IntArray,
    level: IntArray,
    solved_at: IntArray,
    spend: FloatArray,
    width: FloatArray,
    reached: FloatArray,
    solving: FloatArray,
    saved: FloatArray,
    sold: BoolArray,
) -> None:
    """Count what queries show at which every model was tried to its last level.

    They show of every step of the tree what a query would have done there; parameters as above.
    Models that are not `sold` [M] were not tried.
    """
    nodes = len(parent)
    unsolved = np.empty(nodes, dtype=np.bool_)
    unsolved[0] = True
    for q in range(len(kind)):
        z = kind[q]
        for node in range(1, nodes):
            unsolved[node] = False
            m, of = model[node], level[node]
            if not (unsolved[parent[node]] and sold[m]):
                continue
            paid = spend[q, m, of]
            if of > 0:
                paid -= spend[q, m, of - 1]
            reached[z, node] += 1
            saved[z, node] += 1 - paid / width[node]
            if solved_at[q, m] <= of:
                solving[z, node] += 1
            else:
                unsolved[node] = True


def _count_neighbours(
    near: IntArray,
    nodes: IntArray,
    solved: BoolArray,
    left: FloatArray,
    reached: FloatArray,
    solving: FloatArray,
    saved: FloatArray,
) -> None:
    """Count what the queries nearest to each of Q others showed.

    `near` [Q, k] are their places among n queries, `nodes` [n, K] the steps that these came to, −1
    past the last, which `solved` [n] or not; `left` [n, K] shares of budgets left. Added to are
    [Q, N] counts.
    """
    for q in range(len(near)):
        for other in near[q]:
            last = 0
            for k in range(nodes.shape[1]):
                node = nodes[other, k]
                if node < 0:
                    break
                reached[q, node] += 1
                saved[q, node] += left[other, k]
                last = node
            if solved[other] and last > 0:
                solving[q, last] += 1


plan_paths, walk_paths, go_down = compiled(_plan), compiled(_walk), compiled(_go_down)
count_steps, count_sample = compiled(_count), compiled(_count_sample)
count_neighbours = compiled(_count_neighbours)
