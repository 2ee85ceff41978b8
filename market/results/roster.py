"""Who is in the market: names, and the axes of all arrays."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from market.foundation.arrays import FloatArray, IntArray

NEED_BINS, NEED_THIRDS = 10, 3  # bins of equal base demand: of fragmentation, of who gains
NEEDS = "low", "middle", "high"
WHO = tuple((knows, need) for knows in (False, True) for need in NEEDS)
"""Classes of buyers: whether they know an arbitrageur in the market, and their third of need."""


@dataclass(frozen=True)
class Roster:
    """Who is in the market; the axes of all arrays.

    Attributes
    ----------
    providers, arbitrageurs, groups, segments, models
        Names: K providers, A arbitrageurs and the group of each, C segments, M models. Sellers are
        the providers, then the arbitrageurs: S = K + A.
    mixes
        X names of the mixes of problems: of the market as a whole, then of segments that differ.
    mix_of
        [C] index of each segment's mix.
    owner
        [M] index of each model's provider; −1 for a student.
    student_of
        [M] index of the arbitrageur that owns a student; −1 for a provider's model.
    cost_ratio
        [M] marginal cost over list price.
    alike
        [M] index of the first model with the same solve probabilities and costs.
    quality
        [B] solve rates that reports tell apart.
    need_edges, third_edges
        Solve rates that split base demand into `NEED_BINS` equal bins and `NEED_THIRDS` thirds.
    """

    providers: tuple[str, ...]
    arbitrageurs: tuple[str, ...]
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    models: tuple[str, ...]
    mixes: tuple[str, ...]
    mix_of: tuple[int, ...]
    owner: IntArray
    student_of: IntArray
    cost_ratio: FloatArray
    alike: IntArray
    quality: FloatArray
    need_edges: FloatArray
    third_edges: FloatArray

    @property
    def sellers(self) -> tuple[str, ...]:
        """Providers, then arbitrageurs."""
        return self.providers + self.arbitrageurs

    def with_costs(self, cost_ratio: FloatArray) -> "Roster":
        """The same, at these marginal costs [M] over list price."""
        return replace(self, cost_ratio=cost_ratio)

    def by_provider(self, by_model: FloatArray) -> FloatArray:
        """Sum the last axis, M models, into K providers."""
        total: FloatArray = by_model @ self._owned
        return total

    def by_arbitrageur(self, by_model: FloatArray) -> FloatArray:
        """Sum the last axis, M models, into the students of A arbitrageurs."""
        total: FloatArray = by_model @ self._students
        return total

    @cached_property
    def _owned(self) -> FloatArray:
        """[M, K] 1 where the provider owns the model, else 0."""
        return np.equal.outer(self.owner, np.arange(len(self.providers))).astype(np.float64)

    @cached_property
    def _students(self) -> FloatArray:
        """[M, A] 1 where the arbitrageur owns the student, else 0."""
        own = np.equal.outer(self.student_of, np.arange(len(self.arbitrageurs)))
        return own.astype(np.float64)
