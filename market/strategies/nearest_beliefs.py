"""Beliefs that go by the queries bought that were most like the one at hand.

The router of :mod:`market.strategies.knn_router`, where a query shows its type: as many queries lie
in one place as were of that type, so that it is enough to count them there. Types are like each
other as the solve rates are that they were found by: who solves a type is not seen.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.cascade_steps import Steps
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.cascade_beliefs import ThompsonBeliefs
from market.strategies.step_beliefs import PublicCurves, hopeful_steps


class NearestBeliefs(ThompsonBeliefs):
    """Beliefs about steps, counted over the nearest of the queries bought.

    Of n queries the nearest n^(4/(4+F)) are asked, the number that balances noise and distance for
    smooth functions of F coordinates (Stone 1982), around what all of them show; and all that lie
    in the very place, from which no distance takes anything away. Of types equally far all count,
    with the same share of their queries.

    Parameters
    ----------
    tree, public, strength
        As of :class:`StepBeliefs`.
    place
        [Z, F] coordinates of the types.
    """

    def __init__(
        self, tree: CascadeTree, place: FloatArray, public: PublicCurves, strength: float
    ) -> None:
        super().__init__(tree, len(place), public, strength)
        self.queries = np.zeros(len(place))
        self._distance = np.linalg.norm(place[:, None] - place, axis=2)
        self._smooth = 4 / (4 + place.shape[1])

    def count(self, trials: Trials) -> None:
        """Take note of what queries showed, where they lie."""
        super().count(trials)
        self.queries += np.bincount(trials.kind, minlength=len(self.queries))

    def count_sample(self, kind: IntArray, draws: LevelDraws, sold: BoolArray) -> None:
        """Take note of what queries show at which all was tried, where they lie."""
        super().count_sample(kind, draws, sold)
        self.queries += np.bincount(kind, minlength=len(self.queries))

    def forget(self, share: float) -> None:
        """Let a share of the queries go."""
        super().forget(share)
        self.queries *= 1 - share

    def _steps(self, hope: FloatArray) -> Steps:
        near = nearest_shares(self._distance, self.queries, self.queries.sum() ** self._smooth)
        counts = np.array([near @ of for of in (self.reached, self.solved, self.saved)])
        return hopeful_steps(self.tree, self.prior(), self.strength, counts, hope)


def nearest_shares(distance: FloatArray, queries: FloatArray, wanted: float) -> FloatArray:
    """[Z, Z] share of the queries at each place that are asked of each place.

    Parameters
    ----------
    distance
        [Z, Z] between places.
    queries
        [Z] how many lie at each.
    wanted
        How many of the nearest are asked, at least; all that lie in the place itself are.
    """
    shares = np.zeros_like(distance)
    for z, far in enumerate(distance):
        _, ring = np.unique(far, return_inverse=True)
        of_ring = np.bincount(ring, queries)
        nearer = np.cumsum(of_ring) - of_ring
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip((wanted - nearer) / of_ring, 0.0, 1.0)
        shares[z] = np.where(far == 0, 1.0, np.where(of_ring > 0, share, 0.0)[ring])
    return shares
