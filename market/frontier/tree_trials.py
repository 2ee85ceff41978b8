"""Queries on their way down a tree of cascades: what was tried, what solved, what it cost."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.attempt_costs import AttemptCosts, Remainder, most_attempts
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_loops import go_down
from market.population.population import Population


@dataclass(frozen=True, eq=False)
class LevelDraws:
    """How queries would fare at every model: known only to those who try it.

    Attributes
    ----------
    solved_at
        [Q, M] first budget level at which a model solves a query; L where none does.
    spend
        [Q, M, L] list dollars spent on it up to each level.
    """

    solved_at: IntArray
    spend: FloatArray

    @classmethod
    def of(
        cls,
        tree: CascadeTree,
        population: Population,
        problem: IntArray,
        needed: FloatArray,
        remainder: Remainder,
    ) -> "LevelDraws":
        """Those of queries at problems [Q] that need so many attempts [Q, M] of each model."""
        count, (models, levels) = len(problem), tree.budget.shape
        solved_at = np.empty((count, models), dtype=np.int64)
        spend = np.empty((count, models, levels))
        for m, budget in enumerate(tree.budget):
            costs = AttemptCosts(
                population.cost_of_failure[problem, m, None],
                population.cost_of_success[problem, m, None],
                remainder,
                most_attempts(population),
            )
            allowed, wanted = costs.attempts(budget), needed[:, m, None]
            solved_at[:, m] = np.count_nonzero(wanted > allowed, axis=1)
            spend[:, m] = costs.spend(wanted, allowed, budget)
        return cls(solved_at, spend)

    def take(self, queries: IntArray) -> "LevelDraws":
        """Those of some queries."""
        return LevelDraws(self.solved_at[queries], self.spend[queries])

    @property
    def whole(self) -> FloatArray:
        """[Q, M] list dollars of trying every model to its last level."""
        return self.spend[:, :, -1]


@dataclass(frozen=True, eq=False)
class Trials:
    """What Q queries showed on their way down: of no step beyond the one that solved.

    Attributes
    ----------
    path
        [R, K] steps of each cascade in use, −1 past its end.
    row
        [Q] the cascade of each query.
    kind
        [Q] what was seen of each query, 0 to Z − 1.
    tried
        [Q] number of steps taken.
    solved
        [Q] whether the last of them solved.
    paid
        [Q, K] list dollars by step.
    """

    path: IntArray
    row: IntArray
    kind: IntArray
    tried: IntArray
    solved: BoolArray
    paid: FloatArray

    @classmethod
    def serve(
        cls, tree: CascadeTree, path: IntArray, row: IntArray, kind: IntArray, draws: LevelDraws
    ) -> "Trials":
        """Send queries down their cascades."""
        tried, solved = np.zeros(len(row), dtype=np.int64), np.zeros(len(row), dtype=np.bool_)
        paid = np.zeros((len(row), path.shape[1]))
        go_down(
            path,
            row,
            tree.model,
            tree.level,
            draws.solved_at,
            draws.spend,
            tried,
            solved,
            paid,
        )
        return cls(path, row, kind, tried, solved, paid)

    def list_spend(self, tree: CascadeTree) -> FloatArray:
        """[M] list dollars spent on each model."""
        steps = self.path[self.row]
        taken = np.arange(steps.shape[1]) < self.tried[:, None]
        model = tree.model[steps[taken]]
        return np.bincount(model, self.paid[taken], len(tree.models)).astype(np.float64)
