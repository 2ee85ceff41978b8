"""How buyers are counted: by what they buy, by their base need, and by whom they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.results.flows import CheckedFlow, SegmentFlow
from market.results.roster import NEED_BINS, NEED_THIRDS
from market.strategies.choice import OUTSIDE_OPTION
from market.strategies.menu import ROUNDING

if TYPE_CHECKING:
    from market.simulation.agents import ConsumerSegment
    from market.simulation.model import MarketModel


def need_edges(segments: Sequence["ConsumerSegment"], bins: int) -> FloatArray:
    """Solve rates that split base demand, by the quality that buyers would take, into equal bins.

    Fewer than `bins` − 1 where many buyers take the same.
    """
    quality = np.concatenate([segment.basket.quality for segment in segments])
    queries = np.concatenate([s.rate * s.relative for s in segments])
    order = np.argsort(quality, kind="stable")
    below = np.cumsum(queries[order]) / queries.sum()
    at = np.searchsorted(below, np.arange(1, bins) / bins - ROUNDING)
    edges: FloatArray = np.unique(quality[order][at])
    return edges


@dataclass(frozen=True)
class BuyerClasses:
    """The classes of J buyers of one segment, as they buy this tick.

    Attributes
    ----------
    shape
        Sellers S, reporting tiers B, bins of base need D, models M.
    place
        [J] seller, tier and bin as one index; the last of `places` where nothing is bought.
    places
        S·B·D + 1.
    metered
        [J] whether attempts are billed as they are made.
    who
        [J] third of base need, plus three where it knows an arbitrageur that is in the market.
    quality
        [J] solve rate that it buys, 0 where nothing.
    beyond
        [J] whether nobody sold that in the base market.
    """

    shape: tuple[int, int, int, int]
    place: IntArray
    places: int
    metered: BoolArray
    who: IntArray
    quality: FloatArray
    beyond: BoolArray

    @classmethod
    def of(cls, model: "MarketModel", segment: "ConsumerSegment") -> "BuyerClasses":
        """The classes of a segment's buyers."""
        bought, roster = segment.bought, model.roster
        shape = len(roster.sellers), len(roster.quality), NEED_BINS, len(roster.models)
        tier = np.searchsorted(roster.quality, bought.quality * (1 - ROUNDING), side="left")
        tier = np.minimum(tier, shape[1] - 1)
        need = np.searchsorted(roster.need_edges, segment.basket.quality, side="left")
        places = shape[0] * shape[1] * shape[2] + 1
        buys = bought.seller != OUTSIDE_OPTION
        place = (bought.seller * shape[1] + tier) * shape[2] + need
        third = np.searchsorted(roster.third_edges, segment.basket.quality, side="left")
        knows = np.zeros(segment.size, dtype=bool)
        for arbitrageur in model.arbitrageurs:
            considered = segment.consideration[arbitrageur.first]
            knows |= True if considered is None else considered
        highest = segment.base_reach * (1 + ROUNDING)
        return cls(
            shape=shape,
            place=np.where(buys, place, places - 1),
            places=places,
            metered=buys & ~roster.resold(bought.seller),
            who=third + NEED_THIRDS * knows,
            quality=bought.quality,
            beyond=buys & (bought.quality > highest),
        )

    def count(self, some: BoolArray) -> FloatArray:
        """[W] how many of some buyers [J] there are, by whom they know and by their need."""
        return np.bincount(self.who[some], minlength=2 * NEED_THIRDS).astype(np.float64)

    def flow(
        self,
        *,
        buyer: IntArray,
        served: BoolArray,
        solved: BoolArray,
        paid: FloatArray,
        surplus: FloatArray,
        list_spend: FloatArray,
        attempts: IntArray,
        verified: tuple[BoolArray, FloatArray, FloatArray] | None = None,
    ) -> SegmentFlow:
        """What Q queries of these buyers led to.

        Parameters
        ----------
        buyer
            [Q] whose they are.
        served, solved, paid, surplus
            [Q] by query; surplus in US dollars.
        list_spend
            [P, M] by place and model.
        attempts
            [P, M] the same.
        verified
            [Q] each: whether an answer was accepted, and US dollars of checks and of a wrong one;
            None where no verifier errs or costs.
        """
        sellers, tiers, bins, models = self.shape
        place, who = self.place.take(buyer), self.who.take(buyer)

        def by_tier(weights: FloatArray | None = None) -> FloatArray:
            counted = np.bincount(place, weights, self.places)[:-1]
            total: FloatArray = counted.reshape(sellers, tiers, bins).sum(axis=2).astype(np.float64)
            return total

        def by_who(weights: FloatArray | None = None) -> FloatArray:
            return np.bincount(who, weights, 2 * NEED_THIRDS).astype(np.float64)

        checked = None
        if verified is not None:
            accepted, checks, harm = verified
            checked = CheckedFlow(
                by_tier(accepted.astype(np.float64)), by_tier(checks), float(harm.sum())
            )
        spent = list_spend[:-1].reshape(sellers, tiers, bins, models)
        return SegmentFlow(
            sent=len(buyer),
            served=by_tier(),
            solved=by_tier(solved.astype(np.float64)),
            paid=by_tier(paid),
            list_spend=spent.sum(axis=2),
            spend_by_need=spent.sum(axis=1),
            attempts=attempts[:-1].reshape(sellers, tiers * bins, models).sum(axis=1),
            promised=float(self.quality.take(buyer).sum()),
            beyond=int(np.count_nonzero(self.beyond.take(buyer))),
            surplus=float(surplus.sum()),
            payments=float(paid.sum()),
            sent_by_who=by_who(),
            served_by_who=by_who(served.astype(np.float64)),
            paid_by_who=by_who(paid),
            surplus_by_who=by_who(surplus),
            checked=checked,
        )
