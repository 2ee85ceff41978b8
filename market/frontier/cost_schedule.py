"""From what a router can do at each shadow price to a policy for each promised solve rate.

Two neighbours on the convex hull are mixed, query by query, so that the promised solve rate is met
in expectation; where ignoring the signal is cheaper, it is ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cascade import Cascade, cascade_on_grid
from market.frontier.cascade_search import shadow_prices
from market.frontier.cascade_space import CascadeSpace
from market.frontier.frontier import Frontier
from market.frontier.market_price import MarketPrice
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal, RoutingPolicy, SignalMixture
from market.frontier.signal_frontier import CascadesByType, SignalFrontier, convex_frontier


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


def neighbours(rates: FloatArray, quality: float) -> tuple[int, int, float]:
    """Which two points of the hull are mixed for a solve rate, and the share of the second.

    Parameters
    ----------
    rates
        [R] solve rates of the hull, rising.
    quality
        Solve rate, at most the highest of them.
    """
    high = min(int(np.searchsorted(rates, quality - 1e-12)), len(rates) - 1)
    low = max(high - 1, 0)
    rise = rates[high] - rates[low]
    share = (quality - rates[low]) / rise if rise > 0 else 1.0
    return low, high, min(float(share), 1.0)


def signal_schedule(
    signal: SignalFrontier, query_signal: QuerySignal, blind: CostSchedule
) -> CostSchedule:
    """Policies that reach each solve rate of a router with a query signal.

    Parameters
    ----------
    signal
        What it can do, for the types of weight in `query_signal.share`.
    query_signal
        What it sees of a query.
    blind
        The cost schedule without a signal, at the same solve rates and prices.
    """
    rates = np.array([choice.solve_rate for choice in signal.hull])
    types = np.cumsum(query_signal.share > 0) - 1  # place of each type among those of weight
    spend = np.minimum(signal.spend, blind.spend)
    policies: list[RoutingPolicy | None] = []
    for u, cost, without, plain in zip(
        signal.quality, signal.spend, blind.spend, blind.policies, strict=True
    ):
        if not np.isfinite(min(cost, without)):
            policies.append(None)
        elif without <= cost:
            policies.append(plain)
        else:
            low, high, share = neighbours(rates, float(u))
            # a type that was never met when this was worked out is treated as any query
            other = getattr(plain, "high", Cascade(()))
            policies.append(
                SignalMixture(
                    query_signal,
                    _by_type(signal.hull[low], types, query_signal.share, other),
                    _by_type(signal.hull[high], types, query_signal.share, other),
                    share,
                )
            )
    return CostSchedule(signal.quality, spend, tuple(policies))


def _by_type(
    choice: CascadesByType, place: IntArray, share: FloatArray, other: Cascade
) -> tuple[Cascade, ...]:
    idle = Cascade(())
    return tuple(
        other if share[z] == 0 else choice.cascades[place[z]] if choice.cascades else idle
        for z in range(len(share))
    )


def solve_single(
    tables: CurveTables, quality: FloatArray, query_signal: QuerySignal, price: FloatArray
) -> SignalFrontier:
    """One model for each type seen, the best per dollar, and no second.

    At each shadow price λ the model and budget of the highest solve rate − λ·spend for the type;
    what most routers do that pick a model per query, and never follow up with another.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] wanted solve rates.
    query_signal
        What is seen of a query.
    price
        [M] price multipliers; infinite where a model is not for sale.
    """
    return convex_frontier(quality, _best_model_by_type(tables, query_signal, price))


def _best_model_by_type(
    tables: CurveTables, query_signal: QuerySignal, price: FloatArray
) -> Iterator[CascadesByType]:
    space = CascadeSpace(tables, price)
    models = space.candidates
    if not models:
        return
    joint = query_signal.joint(tables.population.weight)[query_signal.share > 0]
    solved = np.stack([joint @ tables.solved[m] for m in models], axis=1)  # [Z, m, X]
    bill = np.stack([price[m] * (joint @ tables.spend[m]) for m in models], axis=1)
    seen = np.arange(len(joint))
    for shadow_price in shadow_prices(space):
        best = (solved - shadow_price * bill).reshape(len(joint), -1).argmax(axis=1)
        model, budget = np.divmod(best, len(tables.budget))
        yield CascadesByType(
            float(solved[seen, model, budget].sum()),
            float(bill[seen, model, budget].sum()),
            tuple(
                cascade_on_grid(tables, [models[m]], [b])
                for m, b in zip(model.tolist(), budget.tolist(), strict=True)
            ),
        )


def single_model_schedule(market: MarketPrice) -> CostSchedule:
    """Each solve rate from the cheapest single model: what a router without a second model has."""
    cheapest = market.cost.argmin(axis=0)
    policies = tuple(market.policies[m][g] for g, m in enumerate(cheapest.tolist()))
    return CostSchedule(market.quality, market.price, policies)
