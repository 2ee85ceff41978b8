"""How buyers are counted: by what they buy, by their base need, and by whom they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.results.flows import CheckedFlow, SegmentFlow
from market.results.roster import NEED_BINS, NEED_THIRDS
from market.simulation.query_arrays import Buying, Counted
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
    """What J buyers of one segment buy this tick, and the classes that they are counted by.

    Attributes
    ----------
    shape
        Sellers S, reporting tiers B, bins of base need D, models M.
    places
        S·B·D + 1: a buyer's place is seller, tier and bin as one index, the last where nothing is
        bought.
    buying
        [J] each. `who` is a buyer's third of base need, plus three where it knows an arbitrageur
        that is in the market.
    """

    shape: tuple[int, int, int, int]
    places: int
    buying: Buying

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
        worth = bought.surplus + bought.price
        if segment.own_routing is not None:  # the router is paid by the tick, not by the query
            worth = np.where(segment.routes_itself, worth + segment.own_routing.cost, worth)
        # attempts bought of a provider are paid as they are made; an arbitrageur asks a fixed fee
        metered = buys & ~roster.resold(bought.seller)
        buying = Buying(
            point=bought.point,
            share=bought.share,
            payer=np.where(metered, bought.seller, -1),
            asked=bought.asked,
            worth=worth,
            quality=bought.quality,
            beyond=buys & (bought.quality > highest),
            place=np.where(buys, place, places - 1),
            who=third + NEED_THIRDS * knows,
        )
        return cls(shape, places, buying)

    def count(self, some: BoolArray) -> FloatArray:
        """[W] how many of some buyers [J] there are, by whom they know and by their need."""
        found = np.bincount(self.buying.who[some], minlength=2 * NEED_THIRDS)
        return found.astype(np.float64)

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


class HeldClasses:
    """The classes of each segment's buyers, made again only when these buy otherwise."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[tuple[object, ...], list[int], BuyerClasses]] = {}

    def of(self, model: "MarketModel", segment: "ConsumerSegment") -> BuyerClasses:
        """The classes of a segment's buyers."""
        made_of = segment.bought, model.roster, segment.consideration, segment.own_routing
        known = [arbitrageur.first for arbitrageur in model.arbitrageurs]
        held = self._held.get(segment.name)
        if (
            held is not None
            and held[1] == known
            and all(new is old for new, old in zip(made_of, held[0], strict=True))
        ):
            return held[2]
        self._held.pop(segment.name, None)  # room for the new ones
        held, classes = None, BuyerClasses.of(model, segment)
        self._held[segment.name] = made_of, known, classes
        return classes
