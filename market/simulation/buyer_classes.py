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
from market.strategies.demand import parts
from market.strategies.menu import ROUNDING

if TYPE_CHECKING:
    from market.simulation.agents import ConsumerSegment
    from market.simulation.model import MarketModel


def need_edges(segments: Sequence["ConsumerSegment"], bins: int) -> FloatArray:
    """Solve rates that split base demand, by the quality that buyers would take, into equal bins.

    Fewer than `bins` − 1 where many buyers take the same.
    """
    quality = np.concatenate([segment.basket_quality for segment in segments])
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
        roster, points = model.roster, segment.bought.points
        shape = len(roster.sellers), len(roster.quality), NEED_BINS, len(roster.models)
        knows = np.zeros(segment.size, dtype=bool)
        for arbitrageur in model.arbitrageurs:
            considered = segment.consideration[arbitrageur.first]
            knows |= True if considered is None else considered
        places = shape[0] * shape[1] * shape[2] + 1
        place = np.full(segment.size, places - 1, dtype=np.int32)
        who = np.empty(segment.size, dtype=np.int8)
        for span in parts(segment.size):
            bought, wanted = segment.bought.part(span), segment.basket_quality[span]
            tier = np.searchsorted(roster.quality, bought.quality * (1 - ROUNDING), side="left")
            tier = np.minimum(tier, shape[1] - 1)
            need = np.searchsorted(roster.need_edges, wanted, side="left")
            of_bought = (bought.seller * shape[1] + tier) * shape[2] + need
            np.copyto(place[span], of_bought, where=bought.buys, casting="same_kind")
            who[span] = np.searchsorted(roster.third_edges, wanted, side="left")
            who[span] += NEED_THIRDS * knows[span]
        own_cost = np.empty(0)
        if segment.own_routing is not None:  # the router is paid by the tick, not by the query
            own_cost = np.where(segment.routes_itself, segment.own_routing.cost, 0.0)
        # attempts bought of a provider are paid as they are made; an arbitrageur asks a fixed fee
        billed = (points.seller != OUTSIDE_OPTION) & ~roster.resold(points.seller)
        buying = Buying(
            point=segment.bought.point,
            share=segment.bought.share,
            surplus=segment.bought.surplus,
            own_cost=own_cost,
            place=place,
            who=who,
            lower=points.lower,
            quality=points.quality,
            price=points.price,
            asked=np.where(billed, 0.0, points.asked),
            payer=np.where(billed, points.seller, len(roster.sellers)),
            reach=segment.base_reach * (1 + ROUNDING),
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
        self.forget(segment.name)
        held, classes = None, BuyerClasses.of(model, segment)
        self._held[segment.name] = made_of, known, classes
        return classes

    def forget(self, segment: str) -> None:
        """Forget the classes of a segment's buyers: room for new ones."""
        self._held.pop(segment, None)
