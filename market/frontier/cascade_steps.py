"""What the steps of a tree of cascades do, and the best of its cascades.

With the chance h and the expected spend s of every step, the best cascade for queries worth v each
where solved follows by backward induction, V(a) = max(0, max over steps b from a of
v·h_b − μ·s_b + (1 − h_b)·V(b)): exactly, for all cascades of the tree at once.
"""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.cascade_tree import CascadeTree
from market.frontier.pass_curves import CurveTables
from market.frontier.tree_loops import plan_paths, walk_paths


@dataclass(frozen=True, eq=False)
class Steps:
    """What the steps of a tree do, for Z kinds of queries.

    Attributes
    ----------
    chance
        [Z, N] chance that a step solves what reaches it.
    spend
        [Z, N] expected list dollars of a step for what reaches it.
    """

    chance: FloatArray
    spend: FloatArray


def true_steps(tree: CascadeTree, tables: CurveTables, joint: FloatArray) -> Steps:
    """What steps do in truth, by the type seen.

    Parameters
    ----------
    tree
        Over the models of `tables`.
    tables
        Curves on the budget grids; none checked by a verifier that errs.
    joint
        [Z, n] weights of problems jointly with each type seen.

    Raises
    ------
    DataError
        A verifier errs or costs.
    """
    if tables.checked is not None:
        raise DataError("a tree of cascades takes success as told at once: leave out the verifier")
    at = [np.searchsorted(grid, own) for grid, own in zip(tables.budget, tree.budget, strict=True)]
    solved = np.array([tables.solved[m][:, own] for m, own in enumerate(at)])
    spend = np.array([tables.spend[m][:, own] for m, own in enumerate(at)])
    between = np.diff(spend, axis=2, prepend=0.0)
    reached = np.zeros((len(joint), len(tree)))
    paid = np.zeros_like(reached)
    reached[:, 0] = joint.sum(axis=1)
    unsolved = {0: np.ones(joint.shape[1])}
    for first in np.flatnonzero(tree.level == 0).tolist():
        m, before = int(tree.model[first]), int(tree.start[first])
        stage = tree.stage(first)
        if before not in unsolved:
            began, level = unsolved[int(tree.start[before])], tree.level[before]
            unsolved[before] = began * (1 - solved[tree.model[before]][:, level])
        weight = joint * unsolved[before]
        reached[:, stage] = weight @ (1 - solved[m])
        paid[:, stage] = weight @ between[m]
    came = reached[:, np.maximum(tree.parent, 0)]
    chance, cost = np.zeros_like(reached), np.zeros_like(reached)
    met = came > 0
    np.divide(reached, came, out=chance, where=met)
    np.divide(paid, came, out=cost, where=met)
    chance = np.where(met, np.clip(1 - chance, 0.0, 1.0), 0.0)
    chance[:, 0] = 0.0
    return Steps(chance, cost)


@dataclass(frozen=True, eq=False)
class Paths:
    """The best cascade for each of Z kinds of queries.

    Attributes
    ----------
    end
        [Z] the node at which it ends; 0 where nothing is tried.
    net
        [Z] what it is expected to be worth, less its spend: US dollars per query.
    """

    end: IntArray
    net: FloatArray


def best_paths(tree: CascadeTree, steps: Steps, price: FloatArray, value: float) -> Paths:
    """The best cascades for queries that are worth `value` where solved.

    Parameters
    ----------
    tree
        N nodes.
    steps
        What its steps do.
    price
        [M] US dollars per list dollar; infinite where a model is not for sale.
    value
        US dollars of a solution: one over the shadow price λ of a frontier.
    """
    end = np.zeros(len(steps.chance), dtype=np.int64)
    net = np.zeros(len(steps.chance))
    plan_paths(tree.parent, tree.model, steps.chance, steps.spend, price, value, end, net)
    return Paths(end, net)


def cascade_worths(
    tree: CascadeTree, steps: Steps, price: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """[Z, N] solve rate and US dollars per query of the cascade that ends at each node.

    Dollars are infinite where a model of it is not for sale.
    """
    asked = tree.by_step(np.repeat(price[:, None], tree.budget.shape[1], axis=1))
    sold = np.isfinite(asked)
    unsolved, paid = np.ones_like(steps.chance), np.zeros_like(steps.chance)
    for node in range(1, len(tree)):
        before = tree.parent[node]
        reach = unsolved[:, before]
        step = reach * steps.spend[:, node] * asked[node] if sold[node] else np.inf
        paid[:, node] = paid[:, before] + step
        unsolved[:, node] = reach * (1 - steps.chance[:, node])
    return 1 - unsolved, paid


def path_worths(
    tree: CascadeTree, steps: Steps, price: FloatArray, end: IntArray
) -> tuple[FloatArray, FloatArray]:
    """[Z] solve rate and US dollars per query of one cascade for each kind, by their ends [Z]."""
    rate, paid = np.zeros(len(end)), np.zeros(len(end))
    walk_paths(tree.parent, tree.model, steps.chance, steps.spend, price, end, rate, paid)
    return rate, paid
