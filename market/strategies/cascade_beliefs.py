"""What a router that learns believes of the cascades of a tree, rule by rule.

A market asks two things of a rule: what it expects of each cascade, by the type of query that it
sees, and by which view it chooses, so that what is little known is tried. Menus rest on the first,
the cascades behind them on the second.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.cascade_steps import Steps, best_paths, path_worths
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.step_beliefs import StepBeliefs


class CascadeView(Protocol):
    """What the cascades of a tree do in somebody's view, for each of Z types seen."""

    def best(self, price: FloatArray, value: float) -> IntArray:
        """[Z] ends of the best cascades at prices [M] over list, a solution being worth `value`."""
        ...

    def worths(self, price: FloatArray, end: IntArray) -> tuple[FloatArray, FloatArray]:
        """[Z] solve rate and US dollars per query of one cascade for each type, by ends [Z]."""
        ...


class CascadeBeliefs(Protocol):
    """What is asked of what a router has learned."""

    def expected(self) -> CascadeView:
        """What it expects."""
        ...

    def chosen_by(self, rng: np.random.Generator) -> CascadeView:
        """What it chooses by."""
        ...

    def count(self, trials: Trials) -> None:
        """Learn from what queries showed that went down cascades."""
        ...

    def count_sample(self, kind: IntArray, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn from queries of types [Q] at which every model sold [M] was tried to the last."""
        ...

    def forget(self, share: float) -> None:
        """Let a share of what was learned go."""
        ...


@dataclass(frozen=True, eq=False)
class ViewBySteps:
    """A view in which cascades do what their steps do, one after the other.

    Attributes
    ----------
    tree
        N nodes.
    steps
        What they do, by type [Z, N].
    """

    tree: CascadeTree
    steps: Steps

    def best(self, price: FloatArray, value: float) -> IntArray:
        """By backward induction."""
        return best_paths(self.tree, self.steps, price, value).end

    def worths(self, price: FloatArray, end: IntArray) -> tuple[FloatArray, FloatArray]:
        """Of paths, from their ends up."""
        return path_worths(self.tree, self.steps, price, end)


class ThompsonBeliefs(StepBeliefs):
    """Choose by a draw from what is believed of steps."""

    def expected(self) -> CascadeView:
        """Means."""
        return ViewBySteps(self.tree, self.mean())

    def chosen_by(self, rng: np.random.Generator) -> CascadeView:
        """A draw."""
        return ViewBySteps(self.tree, self.draw(rng))


class GreedyBeliefs(ThompsonBeliefs):
    """Choose by what is expected, and try nothing else."""

    def chosen_by(self, rng: np.random.Generator) -> CascadeView:
        """What it expects; nothing is drawn."""
        return self.expected()
