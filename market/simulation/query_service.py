"""A segment's queries meet the sellers that its buyers chose."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.results.flows import QueryLog, SegmentFlow
from market.simulation.agents import ConsumerSegment
from market.simulation.queries import PolicyTable, Queries, serve
from market.strategies.demand import OUTSIDE_OPTION


@dataclass(frozen=True)
class SellerOffers:
    """What the S sellers offer this tick to buyers of one mix of problems.

    Attributes
    ----------
    book
        The policies of all sellers, seller by seller and tier by tier: S·G of them.
    menus
        [S, G] posted prices.
    price
        [M] price multipliers.
    providers
        How many of the sellers, the first ones, are providers.
    """

    book: PolicyTable
    menus: FloatArray
    price: FloatArray
    providers: int


def trade(
    segment: ConsumerSegment, batches: Iterable[Queries], stalls: SellerOffers, *, log: bool
) -> tuple[SegmentFlow, QueryLog | None]:
    """Serve a segment's queries, batch by batch.

    Parameters
    ----------
    segment
        Its buyers have chosen.
    batches
        Queries as drawn.
    stalls
        The sellers' offers.
    log
        Whether to keep a row per query.
    """
    served = [_trade_batch(segment, queries, stalls, log) for queries in batches]
    logs = [rows for _, rows in served if rows]
    return SegmentFlow.total([flow for flow, _ in served]), QueryLog.join(logs) if logs else None


def _trade_batch(
    segment: ConsumerSegment, queries: Queries, stalls: SellerOffers, log: bool
) -> tuple[SegmentFlow, QueryLog | None]:
    menus = stalls.menus
    policy = segment.policy.take(queries.buyer)
    # attempts bought of a provider are paid as they are made; an arbitrageur asks a fixed fee
    metered = np.arange(menus.size) < stalls.providers * menus.shape[1]
    served = serve(stalls.book, policy, queries, stalls.price, metered)
    fee = np.append(np.where(metered, 0.0, menus.ravel()), 0.0)  # the last is nobody's
    paid = served.bill + fee.take(policy)
    place = policy + 1  # nobody's first

    def total(weights: FloatArray | None = None) -> FloatArray:
        counted = np.bincount(place, weights=weights, minlength=menus.size + 1)
        return counted[1:].reshape(menus.shape).astype(np.float64)

    flow = SegmentFlow(
        sent=len(policy),
        served=total(),
        solved=total(served.solved.astype(np.float64)),
        paid=total(paid),
        list_spend=served.list_spend.reshape(*menus.shape, -1),
        attempts=served.attempts,
        surplus=float((segment.worth.take(queries.buyer) - paid).sum()),
        payments=float(paid.sum()),
    )
    if not log:
        return flow, None
    seller, tier = np.divmod(policy, menus.shape[1])
    tier[policy == OUTSIDE_OPTION] = OUTSIDE_OPTION
    return flow, QueryLog(
        segment.name, queries.buyer, queries.problem, seller, tier, served.solved, paid
    )
