"""A policy for each promised solve rate, and what keeping the promise costs."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.cascade import Cascade
from market.frontier.frontier import Frontier
from market.frontier.market_price import MarketPrice
from market.frontier.query_signal import QuerySignal, RoutingPolicy, SignalMixture
from market.frontier.search_by_type import MixtureByType
from market.frontier.signal_frontier import SignalFrontier


@dataclass(frozen=True)
class CostSchedule:
    """What each promised solve rate costs a router, and how it is kept.

    Attributes
    ----------
    quality
        [G] promised solve rates.
    spend
        [G] expected US dollars per query, as far as the router knows; infinite out of reach.
    policies
        G policies; None out of reach.
    """

    quality: FloatArray
    spend: FloatArray
    policies: tuple[RoutingPolicy | None, ...]

    @classmethod
    def of(cls, frontier: Frontier) -> "CostSchedule":
        """Build that of a frontier of plain cascades."""
        return cls(frontier.quality, frontier.spend, frontier.policies)


def signal_schedule(
    signal: SignalFrontier, query_signal: QuerySignal, plain: Frontier
) -> CostSchedule:
    """Policies that reach each solve rate of a router with a query signal.

    Parameters
    ----------
    signal
        What it can do, for the types of weight in `query_signal.share`.
    query_signal
        What it sees of a query.
    plain
        What it does without a signal, at the same solve rates and prices.
    """
    weighted = query_signal.share > 0
    types = np.cumsum(weighted) - 1  # place of each type among those of weight
    policies: list[RoutingPolicy | None] = []
    for policy, unseeing in zip(signal.policies, plain.policies, strict=True):
        if not isinstance(policy, MixtureByType):
            policies.append(policy)
            continue
        # a type that was never met when this was worked out is treated as any query
        other = Cascade(()) if unseeing is None else unseeing.high
        low, high = (
            tuple(of[place] if met else other for place, met in zip(types, weighted, strict=True))
            for of in (policy.low, policy.high)
        )
        policies.append(SignalMixture(query_signal, low, high, policy.share))
    return CostSchedule(signal.quality, signal.spend, tuple(policies))


def single_models(market: MarketPrice) -> Frontier:
    """Each solve rate from the cheapest single model: what a router without a second model has."""
    cheapest = market.cost.argmin(axis=0)
    policies = tuple(market.policies[m][g] for g, m in enumerate(cheapest.tolist()))
    return Frontier(market.quality, market.price, policies, float(market.max_quality.max()))
