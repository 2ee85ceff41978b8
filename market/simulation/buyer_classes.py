"""How buyers are counted: by what they buy, by their base need, and by whom they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.results.flows import CheckedFlow, SegmentFlow
from market.results.roster import NEED_BINS, NEED_THIRDS
from market.simulation.query_loop import Counted
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

    def flow(self, counted: Counted, *, checked: bool) -> SegmentFlow:
        """What queries of these buyers led to, as they were counted.

        `checked` where a verifier errs or costs.
        """
        sellers, tiers, bins, models = self.shape
        by_place = counted.place[:, :-1].reshape(-1, sellers, tiers, bins).sum(axis=3)
        served, solved, accepted, paid, checks = by_place
        sent_by_who, served_by_who, paid_by_who, surplus_by_who = counted.who
        promised, beyond, surplus, payments, harm = counted.whole.tolist()
        spent = counted.spent[:-1].reshape(sellers, tiers, bins, models)
        tried = counted.tried[:-1].reshape(sellers, tiers * bins, models).sum(axis=1)
        return SegmentFlow(
            sent=int(sent_by_who.sum()),
            served=served,
            solved=solved,
            paid=paid,
            list_spend=spent.sum(axis=2),
            spend_by_need=spent.sum(axis=1),
            attempts=tried.astype(np.int64),
            promised=promised,
            beyond=int(beyond),
            surplus=surplus,
            payments=payments,
            sent_by_who=sent_by_who,
            served_by_who=served_by_who,
            paid_by_who=paid_by_who,
            surplus_by_who=surplus_by_who,
            checked=CheckedFlow(accepted, checks, harm) if checked else None,
        )
