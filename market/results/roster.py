"""Who is in the market: names, and the axes of all arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.scenario.schema import joint_name

NEED_BINS, NEED_THIRDS = 10, 3  # bins of equal base demand: of fragmentation, of who gains
NEEDS = "low", "middle", "high"
WHO = tuple((knows, need) for knows in (False, True) for need in NEEDS)
"""Classes of buyers: whether they know an arbitrageur in the market, and their third of need."""


@dataclass(frozen=True, eq=False)
class Roster:
    """Who is in the market; the axes of all arrays.

    Attributes
    ----------
    providers, arbitrageurs, groups, segments, models
        Names: K providers, A arbitrageurs and the group of each, C segments, M models. Sellers are
        the providers, then the arbitrageurs, and then buyers' own routers: S = K + A + R.
    mixes
        X names of the mixes of problems: of the market as a whole, then of segments that differ.
    mix_of
        [C] index of each segment's mix.
    model_of
        [L] index of the model of each listing. A listing is what one provider sells of one model;
        then each student is one, too.
    owner
        [L] index of each listing's provider; −1 for a student.
    student_of
        [L] index of the arbitrageur that owns a student; −1 for a provider's model.
    cost_ratio
        [L] marginal cost over list price.
    alike
        [L] index of the first listing of a model with the same solve probabilities and costs.
    firm
        [K] index of the provider whose owner each has: its own, but for those that are merged.
    quality
        [B] solve rates that reports tell apart.
    need_edges, third_edges
        Solve rates that split base demand into `NEED_BINS` equal bins and `NEED_THIRDS` thirds.
    self_routing
        Indices of the segments whose buyers may route for themselves, R of them.
    """

    providers: tuple[str, ...]
    arbitrageurs: tuple[str, ...]
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    models: tuple[str, ...]
    mixes: tuple[str, ...]
    mix_of: tuple[int, ...]
    model_of: IntArray
    owner: IntArray
    student_of: IntArray
    cost_ratio: FloatArray
    alike: IntArray
    firm: IntArray
    quality: FloatArray
    need_edges: FloatArray
    third_edges: FloatArray
    self_routing: tuple[int, ...] = ()

    @property
    def sellers(self) -> tuple[str, ...]:
        """Providers, arbitrageurs, and the own routers of segments, by their segment."""
        own = tuple(f"{self.segments[c]}/own router" for c in self.self_routing)
        return self.providers + self.arbitrageurs + own

    @property
    def resale(self) -> slice:
        """Where arbitrageurs are on the axis of sellers."""
        return slice(len(self.providers), len(self.providers) + len(self.arbitrageurs))

    def resold(self, seller: IntArray) -> BoolArray:
        """Whether sellers, by their index, are arbitrageurs."""
        return np.asarray((seller >= self.resale.start) & (seller < self.resale.stop))

    @property
    def own(self) -> slice:
        """Where buyers' own routers are on the axis of sellers."""
        return slice(self.resale.stop, None)

    def with_costs(self, cost_ratio: FloatArray) -> "Roster":
        """The same, at these marginal costs [L] over list price."""
        return replace(self, cost_ratio=cost_ratio)

    def with_mergers(self, mergers: Sequence[Sequence[str]]) -> "Roster":
        """The same, where the providers named together have one owner."""
        firm = np.arange(len(self.providers))
        for names in mergers:
            members = [self.providers.index(name) for name in names]
            firm[members] = min(members)
        return replace(self, firm=firm)

    @property
    def owners(self) -> tuple[str, ...]:
        """K names of the providers' owners: of merged ones, the names of all."""
        return tuple(
            joint_name([self.providers[j] for j in np.flatnonzero(self.firm == k).tolist()])
            for k in self.firm.tolist()
        )

    def by_listing(self, by_model: FloatArray | IntArray, share: FloatArray) -> FloatArray:
        """Spread the last axis, M models, over L listings by the share of each."""
        return np.asarray(by_model.take(self.model_of, axis=-1) * share, dtype=np.float64)

    def by_provider(self, by_listing: FloatArray) -> FloatArray:
        """Sum the last axis, L listings, into K providers."""
        total: FloatArray = by_listing @ self._owned
        return total

    def by_owner(self, by_provider: FloatArray) -> FloatArray:
        """Sum the last axis, K providers, into their owners; 0 but in the first of each."""
        if self._apart:
            return by_provider
        total = np.zeros(by_provider.shape)
        for k, first in enumerate(self.firm.tolist()):
            total[..., first] += by_provider[..., k]
        return total

    def by_arbitrageur(self, by_listing: FloatArray) -> FloatArray:
        """Sum the last axis, L listings, into the students of A arbitrageurs."""
        total: FloatArray = by_listing @ self._students
        return total

    @cached_property
    def _apart(self) -> bool:
        """Whether each provider has an owner of its own."""
        return bool(np.array_equal(self.firm, np.arange(len(self.firm))))

    @cached_property
    def all_differ(self) -> bool:
        """Whether no listing is of a model that is the same as another's."""
        return bool(np.array_equal(self.alike, np.arange(len(self.alike))))

    @cached_property
    def _owned(self) -> FloatArray:
        """[L, K] 1 where the provider sells the listing, else 0."""
        return np.equal.outer(self.owner, np.arange(len(self.providers))).astype(np.float64)

    @cached_property
    def _students(self) -> FloatArray:
        """[L, A] 1 where the arbitrageur owns the student, else 0."""
        own = np.equal.outer(self.student_of, np.arange(len(self.arbitrageurs)))
        return own.astype(np.float64)
