"""Groups of problems that are alike for every model (Ward's method)."""

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.pass_curves import CurveTables


def group_problems(tables: CurveTables, classes: int) -> IntArray:
    """[n] labels: alike in solve rate at a dozen budgets, in being solved at all, and in cost.

    They are 0 to K − 1; K is `classes`, or less where fewer problems differ.
    """
    n, cost = tables.population.size, np.log(tables.population.list_cost)
    if n == 1:
        return np.zeros(1, dtype=np.int64)
    points = tables.budget.shape[1]
    at = np.linspace(0.04 * points, points - 1, 13).astype(int)
    solved = np.moveaxis(tables.solved[:, :, at], 0, 1).reshape(n, -1)
    scaled = 0.5 * cost / np.maximum(cost.std(axis=0), 0.1)
    features = np.hstack((solved, 1.5 * (tables.population.solve_prob > 0), scaled))
    tree = linkage(features, "ward")
    distinct = len(np.unique(features.round(9), axis=0))
    best = np.zeros(n, dtype=np.int64)
    for clusters in range(min(classes, distinct), distinct + 1):  # until enough hold no singles
        labels = np.asarray(fcluster(tree, clusters, "maxclust"), dtype=np.int64)
        labels = np.unique(labels, return_inverse=True)[1]
        if classes <= n // 2:
            labels = _without_singles(features, labels)
        if labels.max() > best.max():
            best = labels
        if best.max() + 1 >= classes:
            break
    return best


def _without_singles(features: FloatArray, labels: IntArray) -> IntArray:
    """Move each problem that is a class of its own to the nearest class."""
    while True:
        count = np.bincount(labels)
        if count.min() > 1 or len(count) == 1:
            return labels
        alone = int(np.argmin(count))
        problem = int(np.flatnonzero(labels == alone)[0])
        centre = np.stack([features[labels == k].mean(axis=0) for k in range(len(count))])
        distance = ((centre - features[problem]) ** 2).sum(axis=1) * count / (count + 1)
        distance[alone] = np.inf
        moved = np.where(np.arange(len(labels)) == problem, int(np.argmin(distance)), labels)
        labels = np.unique(moved, return_inverse=True)[1]
