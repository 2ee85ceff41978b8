"""Beliefs of a linear bandit over cascades, whose features are the type seen: 1 for it, else 0."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.learning_routers import Seen
from market.strategies.linucb_router import LinUCBRouter
from market.strategies.step_beliefs import PublicCurves


@dataclass(frozen=True, eq=False)
class ViewByCascade:
    """A view of each cascade by itself, whatever others do that begin alike.

    Attributes
    ----------
    rate
        [Z, N] solve rate of the cascade that ends at each node.
    spend
        [Z, N, M] list dollars by model; below 0 in all where it may be cheaper than free.
    uses
        [N, M] whether it tries a model.
    """

    rate: FloatArray
    spend: FloatArray
    uses: BoolArray

    def best(self, price: FloatArray, value: float) -> IntArray:
        """The one that is worth most after what it costs; none where none is worth anything."""
        net = value * self.rate - self._paid(self.spend, price)
        net[:, self.uses[:, ~np.isfinite(price)].any(axis=1)] = -np.inf
        net[:, 0] = 0.0
        found: IntArray = net.argmax(axis=1)
        return found

    def worths(self, price: FloatArray, end: IntArray) -> tuple[FloatArray, FloatArray]:
        """Read off."""
        kinds = np.arange(len(end))
        rate, paid = self.rate[kinds, end], self._paid(self.spend[kinds, end], price)
        return np.where(end > 0, rate, 0.0), np.where(end > 0, paid, 0.0)

    def _paid(self, spend: FloatArray, price: FloatArray) -> FloatArray:
        paid: FloatArray = np.maximum(spend @ zero_where_infinite(price), 0.0)
        return paid


class LinearBeliefs:
    """What a linear bandit believes, and how much better things may be (LinUCB).

    Parameters
    ----------
    tree
        Its cascades: one for each node.
    kinds
        Z, the types that it may see.
    public
        What menus tell of each model.
    strength
        How many queries count as much as what menus tell.
    """

    def __init__(
        self, tree: CascadeTree, kinds: int, public: PublicCurves, strength: float
    ) -> None:
        self.bandit = LinUCBRouter(tree, kinds, public, ridge=strength)
        self._types = np.eye(kinds)

    def expected(self) -> ViewByCascade:
        """Estimates."""
        return self._view(0.0)

    def chosen_by(self, rng: np.random.Generator) -> ViewByCascade:
        """As well as things may be; nothing is drawn."""
        return self._view(self.bandit.width)

    def _view(self, width: float) -> ViewByCascade:
        return ViewByCascade(*self.bandit.outcomes(self._types, width), self.bandit.uses)

    def count(self, trials: Trials) -> None:
        """Learn the outcomes of cascades, and of those that they begin with."""
        self.bandit.observe(self._seen(trials.kind), trials)

    def count_sample(self, kind: IntArray, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn the outcomes of every cascade of models that are for sale."""
        self.bandit.observe_sample(self._seen(kind), draws, sold)

    def forget(self, share: float) -> None:
        """Let a share of what was learned go."""
        self.bandit.forget(share)

    def _seen(self, kind: IntArray) -> Seen:
        return Seen(kind, self._types[kind])
