"""Is a router worth it? Its point beside what its models could do on the same queries.

Problems are weighted by how often they were asked. Intervals are from problems drawn anew, each
with all of its queries, the market price and the frontier priced on the same draws
(:mod:`market.frontier.bootstrap`); so what they share, being the same problems, cancels.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.foundation.threads import on_one_thread
from market.frontier.accuracies import least_by_choices, least_by_cost
from market.frontier.bootstrap import DRAWS
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.market_price import MarketPrice, market_price
from market.frontier.oracle import solve_oracle
from market.frontier.pass_curves import CurveTables, Estimator
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.query_signal import signal_of
from market.frontier.rates_shown import require_draws
from market.frontier.router_groups import GroupOutcome, group_outcomes
from market.frontier.router_point import RouterPoint, arena_score, router_point
from market.frontier.served_queries import ServedQueries
from market.frontier.signal_frontier import solve_signal
from market.population.population import Population
from market.population.problem_types import problem_types

ACCURACIES = (0.25, 0.5, 0.75, 1.0)
_POINTS = 24  # solve rates of the curves that are shown


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


@on_one_thread
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
    grouped_by, groups = group_outcomes(tables, served, frontier, own, of_problem)
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
