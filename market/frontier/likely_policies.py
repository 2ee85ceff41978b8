"""The cheapest of very many policies, those alone worked out that may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.crossing import Way, crossings
from market.frontier.grid_cascade import Choices, Placement
from market.frontier.policy_families import Alike, Families, Pick, by_stages

_ROUNDING = 1e-9  # of a spend: bounds and costs are added up in different orders


def cheapest_of(
    parts: Sequence[Sequence[Placement]],
    quality: FloatArray,
    price: FloatArray,
    value: Callable[[Placement], Choices],
) -> tuple[FloatArray, list[Pick | None]]:
    """What `Families` of all placements, part after part, say is the cheapest.

    A placement's policies mix two budgets in one place; were each in the place that is cheapest for
    it, they would cost less. Where even that is dearer than what is known, they are left out.

    Parameters
    ----------
    parts
        Placements.
    quality
        [G] solve rates.
    price
        [M] price multipliers.
    value
        What a placement may do at these prices.
    """
    groups = [group for part in parts for group in by_stages(part)]
    if not groups or groups[0][0].beside is not None:
        families = Families([], quality)
        for part in parts:
            families = Families(part, quality, [families])
        return families.cheapest(price)
    bounds = [_Bound.of(group, quality, value) for group in groups]
    first = np.array([bound.least.min(axis=0) for bound in bounds]).argmin(axis=0)
    best = [np.unique(bound.least.argmin(axis=0)[first == k]) for k, bound in enumerate(bounds)]
    some = [bound.policies(at, quality) for bound, at in zip(bounds, best, strict=True) if len(at)]
    known, _ = Families.grouped(some, quality).least(price)
    likely = [(bound.least <= known * (1 + _ROUNDING)).any(axis=1) for bound in bounds]
    kept = [
        bound.policies(np.flatnonzero(may), quality)
        for bound, may in zip(bounds, likely, strict=True)
        if may.any()
    ]
    return Families.grouped(kept, quality).cheapest(price)


@dataclass(frozen=True, eq=False)
class _Bound:
    """What no policy of F placements of as many stages is cheaper than, at G solve rates.

    `least` [F, G]; `way` says where their curves cross the solve rates.
    """

    placements: Sequence[Placement]
    way: Way
    least: FloatArray

    @classmethod
    def of(
        cls,
        placements: Sequence[Placement],
        quality: FloatArray,
        value: Callable[[Placement], Choices],
    ) -> "_Bound":
        bill = np.stack([value(placement).bill for placement in placements])
        way = crossings(np.stack([placement.solve_rate for placement in placements]), quality)
        low, high, share, reached = way
        below, above = (np.take_along_axis(bill, at, axis=1) for at in (low, high))
        return cls(placements, way, np.where(reached, below + share * (above - below), np.inf))

    def policies(self, at: IntArray, quality: FloatArray) -> Alike:
        """Those of some of the placements."""
        low, high, share, reached = self.way
        chosen = [self.placements[f] for f in at.tolist()]
        way = low[at], high[at], share[at], reached[at]
        return Alike.crossing(chosen, quality, way)
