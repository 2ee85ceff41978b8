"""Where a router stands: solve rate, cost, margin at market price and regret, with intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.bootstrap import DRAWS, interval, market_price_on, priced_on
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.served_queries import Redrawn, ServedQueries

_LATTICE = 33  # solve rates between which the draws are priced
_CHEAPEST, _DEAREST = 0.0044, 200.0  # US dollars per thousand queries, RouterArena's scale
_BETA = 0.1


def arena_score(solve_rate: float, cost: float) -> float:
    """RouterArena's score, S = (1+β)·A·C / (β·A + C), C the place of the cost on a log scale.

    Parameters
    ----------
    solve_rate
        A.
    cost
        US dollars per query.
    """
    per_thousand = min(max(1000 * cost, _CHEAPEST), _DEAREST)
    place = float(np.log2(_DEAREST / per_thousand) / np.log2(_DEAREST / _CHEAPEST))
    below = _BETA * solve_rate + place
    return (1 + _BETA) * solve_rate * place / below if below > 0 else 0.0


@dataclass(frozen=True)
class Estimate:
    """A figure and the ends of its 95% interval; NaN where they are not known."""

    value: float
    low: float = float("nan")
    high: float = float("nan")

    @classmethod
    def of(cls, value: float, draws: FloatArray) -> "Estimate":
        """By draws [D]; none of them is none of its ends."""
        low, high = interval(draws).tolist() if len(draws) else (np.nan, np.nan)
        return cls(value, low, high)

    def to_json(self) -> dict[str, float]:
        """Value and ends."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class RouterPoint:
    """A router's solve rate, cost, margin at market price and regret against the frontier.

    Attributes
    ----------
    solve_rate
        Share of its queries that were solved.
    cost
        US dollars per query.
    margin
        (C(u) − cost) / C(u), below 0 where it is dearer than the cheapest single model; NaN where
        no single model solves as many.
    regret
        US dollars per thousand queries above the cheapest cascade that solves as many.
    """

    solve_rate: Estimate
    cost: Estimate
    margin: Estimate
    regret: Estimate


def router_margin(tables: CurveTables, served: ServedQueries, drawn: Redrawn | None) -> Estimate:
    """Margin at the market price of the router's solve rate.

    Parameters
    ----------
    tables
        Curves, weighted by the queries.
    served, drawn
        The queries, and draws of them; None for no interval.
    """
    rate, paid = float(served.solved.mean()), float(served.cost.mean())
    margin = float(_margin(float(market_price(tables, np.array([rate])).price[0]), paid))
    if drawn is None:
        return Estimate(margin)
    lattice = _lattice(drawn)
    single = market_price_on(tables, drawn.weight, lattice, np.ones(len(tables.models)))
    price = _at_own(lattice, drawn.solve_rate, single)
    return Estimate.of(margin, np.asarray(_margin(price, drawn.cost)))


def router_point(
    cloud: PolicyCloud, served: ServedQueries, streams: Streams, draws: int = DRAWS
) -> RouterPoint:
    """Where a router stands, with intervals.

    Parameters
    ----------
    cloud
        What a search found on curves that are weighted by the router's queries.
    served
        Its queries.
    streams, draws
        Of the resamples.
    """
    tables = cloud.fine.tables
    rate, paid = float(served.solved.mean()), float(served.cost.mean())
    least = float(solve_frontier(tables, np.array([rate]), cloud=cloud).spend[0])
    regret = 1000 * (paid - least) if np.isfinite(least) else float("nan")
    if not draws:
        margin = router_margin(tables, served, None)
        return RouterPoint(Estimate(rate), Estimate(paid), margin, Estimate(regret))
    drawn = served.resampled(tables.population, streams, draws)
    lattice = _lattice(drawn)
    _, cascade = priced_on(cloud, drawn.weight, lattice, np.ones(len(tables.models)))
    spend = _at_own(lattice, drawn.solve_rate, cascade)
    worse = np.where(np.isfinite(spend), 1000 * (drawn.cost - spend), np.nan)
    return RouterPoint(
        Estimate.of(rate, drawn.solve_rate),
        Estimate.of(paid, drawn.cost),
        router_margin(tables, served, drawn),
        Estimate.of(regret, worse),
    )


def _lattice(drawn: Redrawn) -> FloatArray:
    return np.linspace(drawn.solve_rate.min(), drawn.solve_rate.max(), _LATTICE)


def _margin(price: Any, cost: Any) -> Any:
    known = np.isfinite(price) & (np.asarray(price) > 0)
    return np.where(known, 1 - cost / np.where(known, price, 1.0), np.nan)[()]


def _at_own(lattice: FloatArray, rate: FloatArray, cost: FloatArray) -> FloatArray:
    """[D] cost [D, G] of each draw at its own solve rate, straight between two of the lattice."""
    step = lattice[1] - lattice[0]
    if step <= 0:
        return cost[:, 0]
    place = np.clip((rate - lattice[0]) / step, 0, len(lattice) - 1)
    low = np.minimum(place.astype(np.int64), len(lattice) - 2)
    below, above = (np.take_along_axis(cost, k[:, None], 1)[:, 0] for k in (low, low + 1))
    part = place - low
    with np.errstate(invalid="ignore"):
        return np.where(part > 0, below + part * (above - below), below)
