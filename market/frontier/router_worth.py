"""Is a router worth it? Its point beside what its models could do on the same queries.

Problems are weighted by how often they were asked. Intervals are from problems drawn anew, each
with all of its queries, the market price and the frontier priced on the same draws
(:mod:`market.frontier.bootstrap`); so what they share, being the same problems, cancels.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.random_streams import Streams
from market.frontier.accuracies import least_by_choices, least_by_cost
from market.frontier.bootstrap import DRAWS, interval, priced_on
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, stage_curves
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.market_price import MarketPrice, market_price
from market.frontier.oracle import solve_oracle
from market.frontier.pass_curves import CurveTables, Estimator
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.query_signal import signal_of
from market.frontier.rates_shown import require_draws
from market.frontier.served_queries import ServedQueries
from market.frontier.signal_frontier import solve_signal
from market.population.domains import domain_shares
from market.population.population import Population
from market.population.problem_types import problem_types

ACCURACIES = (0.25, 0.5, 0.75, 1.0)
_POINTS = 24  # solve rates of the curves that are shown
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
    population, price = tables.population, np.ones(len(tables.models))
    rate, paid = float(served.solved.mean()), float(served.cost.mean())
    at = np.array([rate])
    alone = float(market_price(tables, at).price[0])
    least = float(solve_frontier(tables, at, cloud=cloud).spend[0])
    point = (_margin(alone, paid), 1000 * (paid - least))
    if not draws:
        return RouterPoint(*(Estimate(float(v)) for v in (rate, paid, *point)))
    classes = population.sample_size is not None
    rates, costs, weight = served.drawn(population.clusters, streams, draws, classes)
    each = population.strata or 1
    weight = np.repeat(weight, each, axis=1) / each
    lattice = np.linspace(rates.min(), rates.max(), _LATTICE)
    single, cascade = (_at_own(lattice, rates, c) for c in priced_on(cloud, weight, lattice, price))
    return RouterPoint(
        Estimate.of(rate, rates),
        Estimate.of(paid, costs),
        Estimate.of(point[0], np.asarray(_margin(single, costs))),
        Estimate.of(point[1], np.where(np.isfinite(cascade), 1000 * (costs - cascade), np.nan)),
    )


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


@dataclass(frozen=True)
class GroupOutcome:
    """What a router and the frontier's cascade do with the queries of one domain or type.

    Attributes
    ----------
    name
        Of the domain or type.
    share
        Of the queries.
    solve_rate, cost
        Of the router there.
    frontier_solve_rate, frontier_cost
        Of the cascade; NaN where none reaches the router's solve rate.
    regret
        Part of the regret that arises there, US dollars per thousand of all queries: what is paid
        more, less what is solved more at the frontier's marginal cost. These parts add up.
    """

    name: str
    share: float
    solve_rate: float
    cost: float
    frontier_solve_rate: float
    frontier_cost: float
    regret: float


@dataclass(frozen=True)
class RouterWorth:
    """A router beside everything that its models could do on the same queries.

    Attributes
    ----------
    tables
        Curves, weighted by the queries.
    served
        The queries.
    point
        Where the router stands.
    quality
        [G] solve rates of the curves; the router's own is at `own`.
    market, frontier
        Of single models and cascades.
    signals
        [G] least dollars per query by accuracy of the signal.
    oracle
        [G] least dollars per query of a router that knows every problem.
    least_accuracy
        Least accuracies that the choices and the cost are consistent with; None where none is.
    grouped_by
        What groups are: domain or problem type.
    groups
        By regret, the largest first.
    """

    tables: CurveTables
    served: ServedQueries
    point: RouterPoint
    quality: FloatArray
    own: int
    market: MarketPrice
    frontier: Frontier
    signals: dict[float, FloatArray]
    oracle: FloatArray
    least_accuracy: dict[str, float | None]
    grouped_by: str
    groups: tuple[GroupOutcome, ...]

    @property
    def consistent(self) -> tuple[float, float] | None:
        """From which accuracy to 1 choices and cost are consistent; None where with none."""
        least = list(self.least_accuracy.values())
        return None if None in least else (max(x for x in least if x is not None), 1.0)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON; NaN and infinite values are left for the writer to null."""
        population, at = self.tables.population, self.own
        known = self.consistent
        return {
            "source": population.source,
            "queries": len(self.served.problem),
            "problems": len(np.unique(self.served.problem)),
            "estimator": self.tables.estimator,
            "router": {name: getattr(self.point, name).to_json() for name in ("solve_rate", "cost")}
            | {
                "margin": self.point.margin.to_json(),
                "regret_per_thousand": self.point.regret.to_json(),
                "arena_score": arena_score(self.point.solve_rate.value, self.point.cost.value),
                "models_tried_first": dict(
                    zip(
                        self.served.tried,
                        np.bincount(self.served.first, minlength=len(self.served.tried)).tolist(),
                        strict=True,
                    )
                ),
            },
            "at_its_solve_rate": {
                "market_price": self.market.price[at],
                "models": dict(zip(self.tables.models, self.market.cost[:, at], strict=True)),
                "cascade": self.frontier.spend[at],
                "signals": {f"{rho:g}": spend[at] for rho, spend in self.signals.items()},
                "oracle": self.oracle[at],
            },
            "models": [
                {
                    "name": model,
                    "one_attempt_solves": population.weight @ population.solve_prob[:, m],
                    "one_attempt_costs": population.weight @ population.list_cost[:, m],
                    "max_quality": self.market.max_quality[m],
                    "cost": self.market.cost[m],
                }
                for m, model in enumerate(self.tables.models)
            ],
            "quality": self.quality,
            "market_price": self.market.price,
            "cascade": self.frontier.spend,
            "signals": {f"{rho:g}": spend for rho, spend in self.signals.items()},
            "oracle": self.oracle,
            "consistent_accuracies": None if known is None else list(known),
            "least_accuracy": self.least_accuracy,
            "grouped_by": self.grouped_by,
            "groups": [vars(group) for group in self.groups],
        }


def judge_router(
    population: Population,
    served: ServedQueries,
    *,
    estimator: Estimator | None = None,
    types: int = 8,
    accuracies: tuple[float, ...] = ACCURACIES,
    draws: int = DRAWS,
    seed: int = 1,
) -> RouterWorth:
    """Judge a router by its queries.

    Parameters
    ----------
    population
        Records of the candidates at the problems, which `served` counts from 0.
    served
        What the router did.
    estimator
        As :func:`market.frontier.budget_grid.build_tables` takes it.
    types
        Number of problem types that a signal tells apart.
    accuracies
        Of the signals, rising.
    draws, seed
        Of the resamples.
    """
    require_draws(draws)
    tables = build_tables(population, estimator=estimator)
    tables = tables.weighted(served.weights(population.clusters))
    cloud = PolicyCloud(tables)
    point = router_point(cloud, served, Streams(seed), draws)
    rate = point.solve_rate.value
    top = cloud.max_solve_rate(np.ones(len(tables.models)))
    around = [] if np.isnan(point.solve_rate.low) else [point.solve_rate.low, point.solve_rate.high]
    quality = np.unique([*np.linspace(min(top, rate) / 2, top, _POINTS), rate, *around])
    quality = quality[quality > 0]
    own = int(np.searchsorted(quality, rate)) if rate > 0 else 0
    market, frontier = (
        market_price(tables, quality),
        solve_frontier(tables, quality, cloud=cloud),
    )
    fewer = min(types, len(np.unique(served.problem)))
    label = problem_types(tables.population, fewer)
    signals = {
        rho: solve_signal(
            tables, quality, signal_of(tables.population, label, rho), None, frontier, quick=True
        ).spend
        for rho in accuracies
    }
    of_problem = label[:: population.strata or tables.population.strata or 1]
    classes = population.sample_size is not None
    unit = np.arange(len(served.problem)) if classes else served.problem
    highest = point.cost.value
    if np.isfinite(point.regret.high):
        highest = frontier.spend[own] + point.regret.high / 1000
    least = {
        "choices": least_by_choices(of_problem[served.problem], served.first, unit),
        "cost": least_by_cost(
            np.array([0.0, *accuracies]),
            np.array([frontier.spend[own], *(spend[own] for spend in signals.values())]),
            float(highest),
        ),
    }
    grouped_by, groups = _groups(tables, served, frontier, own, of_problem)
    return RouterWorth(
        tables,
        served,
        point,
        quality,
        own,
        market,
        frontier,
        signals,
        solve_oracle(tables, quality, None, frontier).spend,
        least,
        grouped_by,
        groups,
    )


def _groups(
    tables: CurveTables, served: ServedQueries, frontier: Frontier, own: int, label: IntArray
) -> tuple[str, tuple[GroupOutcome, ...]]:
    each = tables.population.strata or 1
    names, share = domain_shares(tables.population)
    by = "domain"
    if len(names) < 2:
        by, kinds = "problem type", np.unique(label)
        names = tuple(f"type {kind}" for kind in kinds.tolist())
        share = np.equal.outer(np.repeat(label, each), kinds).astype(np.float64)
    member = share[::each][served.problem]  # [Q, groups]
    policy = frontier.policies[own]
    solved = bill = np.full(len(tables.population.weight), np.nan)
    if policy is not None:
        solved, bill = _by_row(policy, tables)
    theirs = [v.reshape(-1, each).mean(axis=1)[served.problem] for v in (solved, bill)]
    slope = _slope(frontier, own)
    worse = served.cost - theirs[1] - slope * (served.solved - theirs[0])
    found = []
    for g, name in enumerate(names):
        of = member[:, g]
        total = of.sum()
        if total > 0:
            rates = [float(of @ v / total) for v in (served.solved, served.cost, *theirs)]
            regret = 1000 * float(of @ worse) / len(of)
            found.append(GroupOutcome(name, float(total / len(of)), *rates, regret))
    return by, tuple(sorted(found, key=lambda g: (-np.nan_to_num(g.regret), -g.share)))


def _slope(frontier: Frontier, own: int) -> float:
    """Dollars per solve rate at the router's own: between the neighbouring rates in reach."""
    low, high = max(own - 1, 0), min(own + 1, len(frontier.quality) - 1)
    high = high if np.isfinite(frontier.spend[high]) else own
    if high == low or not np.isfinite(frontier.spend[high]):
        return 0.0
    rise = frontier.quality[high] - frontier.quality[low]
    return float((frontier.spend[high] - frontier.spend[low]) / rise)


def _by_row(policy: Mixture, tables: CurveTables) -> tuple[FloatArray, FloatArray]:
    """[n] chance to solve and list dollars of a mixture, row by row."""
    solved, bill = np.zeros(tables.population.size), np.zeros(tables.population.size)
    for cascade, share in ((policy.high, policy.share), (policy.low, 1 - policy.share)):
        if share > 0:
            rate, spend = _cascade_by_row(cascade, tables)
            solved, bill = solved + share * rate, bill + share * spend
    return solved, bill


def _cascade_by_row(cascade: Cascade, tables: CurveTables) -> tuple[FloatArray, FloatArray]:
    reach, bill = np.ones(tables.population.size), np.zeros(tables.population.size)
    for stage in cascade.stages:
        rate, spend = stage_curves(tables, tables.population.index(stage.model), stage.budget)
        bill = bill + reach * spend
        reach = reach * (1 - rate)
    return 1 - reach, bill
