"""Buyers' lasting tastes for what is offered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.simulation.offers import RESELLERS
from market.strategies.own_routing import OwnRouting
from market.strategies.tastes import log_stable, nested_tastes

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def lasting_tastes(
    model: "MarketModel", segment: str, size: int, dissimilarity: float
) -> list[FloatArray]:
    """[J] tastes of a segment's buyers per offer, and last for not buying.

    Parameters
    ----------
    model
        The market.
    segment, size
        Name of the segment, and its number J of buyers.
    dissimilarity
        How unlike tastes for those are who sell the same, from 0 to 1.
    """
    streams = model.streams
    nests: dict[int, FloatArray] = {}
    tastes: list[FloatArray] = []
    for offer in model.offers:
        if offer.segment not in ("", segment):
            tastes.append(np.zeros(size))  # others' own routers are not for them
            continue
        own = streams.generator("tastes", f"{segment}/{offer.name}").gumbel(size=size)
        if offer.nest >= 0:
            if offer.nest not in nests:
                key = _nest_key(model, segment, offer.nest)
                rng = streams.generator("taste nest", key)
                nests[offer.nest] = log_stable(dissimilarity, rng, size)
            own = nested_tastes(own, nests[offer.nest], dissimilarity)
        tastes.append(own)
    outside = streams.generator("tastes for not buying", segment).gumbel(size=size)
    return [*tastes, outside]


def _nest_key(model: "MarketModel", segment: str, nest: int) -> str:
    """What the draws of a nest are keyed by."""
    if nest == RESELLERS:
        return segment
    return f"{segment}/{model.costs.tables.models[nest - 1]}"


def as_the_best_liked(
    routing: OwnRouting,
    own: FloatArray,
    tastes: Sequence[FloatArray],
    consideration: Sequence[BoolArray | None],
) -> FloatArray:
    """[J] tastes for own routers: those for the best liked arbitrageur that a buyer knows.

    Parameters
    ----------
    routing
        What it costs buyers to route for themselves.
    own
        [J] tastes of who knows no arbitrageur.
    tastes, consideration
        [J] tastes per offer, and whether each buyer considers it; None if all do.
    """
    liked = np.where(routing.alone(consideration), own, -np.inf)
    for s in routing.arbitrageurs:
        known = consideration[s]
        taste = tastes[s] if known is None else np.where(known, tastes[s], -np.inf)
        liked = np.maximum(liked, taste)
    return liked
