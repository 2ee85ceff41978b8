"""A router that goes by the queries it bought that were most like the one at hand.

The beliefs are those of :mod:`market.strategies.step_beliefs`, counted over the nearest of the
queries that it bought, around what all of them show: each neighbour counts for the steps that it
came to, so that a step behind others is judged by neighbours at which those failed.
"""

import math

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.cascade_steps import best_paths
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_loops import count_neighbours
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.learning_routers import Routed, Seen
from market.strategies.step_beliefs import PublicCurves, StepBeliefs, hopeful_steps

_AT_ONCE = 512  # queries whose neighbours are counted together


class NearestRouter:
    """Draw what steps may do from what the nearest queries showed, and take the best cascade.

    Of n queries the nearest n^(4/(4+F)) are asked, the number that balances noise and distance for
    smooth functions of F features (Stone 1982).

    Parameters
    ----------
    tree
        Its cascades.
    public
        What menus tell of each model.
    strength
        How many queries count as much as what is known of all of them.
    """

    def __init__(self, tree: CascadeTree, public: PublicCurves, *, strength: float = 16.0) -> None:
        self.all = StepBeliefs(tree, 1, public, strength)
        self._features: list[FloatArray] = []
        self._nodes: list[IntArray] = []
        self._solved: list[BoolArray] = []
        self._saved: list[FloatArray] = []

    def route(
        self, seen: Seen, price: FloatArray, value: float, rng: np.random.Generator
    ) -> Routed:
        """Best cascade of each query, if things are as drawn."""
        end = np.zeros(len(seen.kind), dtype=np.int64)
        for start in range(0, len(end), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            counts = self._near(seen.features[part])
            hope = rng.standard_normal((counts.shape[1], 1))
            steps = hopeful_steps(self.all.tree, self.all.prior(), self.all.strength, counts, hope)
            end[part] = best_paths(self.all.tree, steps, price, value).end
        used, row = np.unique(end, return_inverse=True)
        return Routed(used, row)

    def _near(self, features: FloatArray) -> FloatArray:
        """[3, Q, N] what the nearest queries showed: came to, solved, shares left."""
        counts = np.zeros((3, len(features), len(self.all.tree)))
        known = sum(map(len, self._features))
        if known:
            from scipy.spatial import cKDTree  # takes long to load

            wide = max(map(np.size, (nodes[:1] for nodes in self._nodes)))
            nodes, saved = (
                np.concatenate([_padded(of, wide) for of in each])
                for each in (self._nodes, self._saved)
            )
            near = math.ceil(known ** (4 / (4 + features.shape[1])))
            place = cKDTree(np.concatenate(self._features)).query(features, near)[1]
            count_neighbours(
                place.reshape(len(features), -1),
                nodes.astype(np.int64),
                np.concatenate(self._solved),
                saved,
                *counts,
            )
        return counts

    def observe(self, seen: Seen, trials: Trials) -> None:
        """Remember each query: the steps that it came to, and what they did."""
        self.all.count(trials)
        path = trials.path[trials.row]
        taken = np.arange(path.shape[1]) < trials.tried[:, None]
        self._features.append(seen.features)
        self._nodes.append(np.where(taken, path, -1))
        self._solved.append(trials.solved)
        self._saved.append(np.where(taken, 1 - trials.paid / self.all.tree.width[path], 0.0))

    def observe_sample(self, seen: Seen, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn of all queries alike from those at which every model was tried."""
        self.all.count_sample(seen.kind, draws, sold)


def _padded(rows: IntArray | FloatArray, width: int) -> FloatArray:
    """[n, K] rows that end in −1."""
    table = np.full((len(rows), width), -1.0)
    table[:, : rows.shape[1]] = rows
    return table
