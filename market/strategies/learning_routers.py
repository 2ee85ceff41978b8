"""Routers that learn which cascade suits which query from what they buy.

A router of :mod:`market.strategies.routing` knows curves beforehand. These begin with what menus
tell everybody, choose a cascade for every query, pay for it, and see what it showed: whether the
steps that were taken solved it, and what they cost. Of steps that were not taken they see nothing
(bandit feedback), so they must sometimes take what does not look best.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.cascade_steps import Steps, best_paths
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.cascade_beliefs import CascadeBeliefs
from market.strategies.step_beliefs import PublicCurves, StepBeliefs


@dataclass(frozen=True, eq=False)
class Seen:
    """What is seen of Q queries before anything is bought.

    Attributes
    ----------
    kind
        [Q] type seen, 0 to Z − 1.
    features
        [Q, F] noisy coordinates of their problems.
    """

    kind: IntArray
    features: FloatArray


@dataclass(frozen=True, eq=False)
class Routed:
    """Cascades for Q queries.

    Attributes
    ----------
    end
        [R] nodes at which the cascades in use end.
    row
        [Q] the cascade of each query.
    """

    end: IntArray
    row: IntArray


class LearningRouter(Protocol):
    """What is asked of a router that learns while selling."""

    def route(
        self, seen: Seen, price: FloatArray, value: float, rng: np.random.Generator
    ) -> Routed:
        """Choose cascades at prices [M], for queries worth `value` US dollars where solved."""
        ...

    def observe(self, seen: Seen, trials: Trials) -> None:
        """Learn from what queries showed that went down the cascades chosen."""
        ...

    def observe_sample(self, seen: Seen, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn from queries at which every model sold [M] was tried to its last level."""
        ...


class ThompsonRouter:
    """Draw what steps may do from what is believed, and take the best cascade of the draw.

    Thompson (1933) sampling, a draw for each batch of queries and type seen, over all cascades of a
    tree at once (posterior sampling: Osband, Russo and Van Roy 2013). `memory` makes it forget.

    Parameters
    ----------
    tree
        The cascades that it knows.
    kinds
        Z, the types that it may see.
    public
        What menus tell of each model.
    strength
        How many queries what menus tell counts as.
    memory
        Queries after which half of what was learned is forgotten; never if None.
    """

    def __init__(
        self,
        tree: CascadeTree,
        kinds: int,
        public: PublicCurves,
        *,
        strength: float = 16.0,
        memory: float | None = None,
    ) -> None:
        self.beliefs = StepBeliefs(tree, kinds, public, strength)
        self.memory = memory

    def route(
        self, seen: Seen, price: FloatArray, value: float, rng: np.random.Generator
    ) -> Routed:
        """Best cascade by the type seen, if things are as drawn."""
        return self._best(self.beliefs.draw(rng), seen, price, value)

    def greedy(self, seen: Seen, price: FloatArray, value: float) -> Routed:
        """Best cascade by the type seen, if things are as expected: without trying anything."""
        return self._best(self.beliefs.mean(), seen, price, value)

    def _best(self, steps: Steps, seen: Seen, price: FloatArray, value: float) -> Routed:
        return Routed(best_paths(self.beliefs.tree, steps, price, value).end, seen.kind)

    def observe(self, seen: Seen, trials: Trials) -> None:
        """Count what was seen, and forget some of what was counted before."""
        if self.memory is not None:
            self.beliefs.forget(1 - 0.5 ** (len(seen.kind) / self.memory))
        self.beliefs.count(trials)

    def observe_sample(self, seen: Seen, draws: LevelDraws, sold: BoolArray) -> None:
        """Count what queries would have done at every step."""
        self.beliefs.count_sample(seen.kind, draws, sold)


class BeliefRouter:
    """Choose, for each type seen, as the rule of some beliefs does in a market.

    Parameters
    ----------
    beliefs
        About the cascades that it knows; they are changed.
    """

    def __init__(self, beliefs: CascadeBeliefs) -> None:
        self.beliefs = beliefs

    def route(
        self, seen: Seen, price: FloatArray, value: float, rng: np.random.Generator
    ) -> Routed:
        """Best cascade by the type seen, in the view that the rule chooses by."""
        return Routed(self.beliefs.chosen_by(rng).best(price, value), seen.kind)

    def observe(self, seen: Seen, trials: Trials) -> None:
        """Learn what queries showed."""
        self.beliefs.count(trials)

    def observe_sample(self, seen: Seen, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn from queries at which every model was tried."""
        self.beliefs.count_sample(seen.kind, draws, sold)
