"""What a population is worth to an arbitrageur: costs, margin, shares, policies, ready for JSON."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.cascade import Cascade, Mixture
from market.frontier.cost_schedule import neighbours
from market.frontier.cross_validation import OutOfSample, deal_folds, out_of_sample
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.market_price import (
    MarketPrice,
    RevenueShares,
    margin,
    market_price,
    revenue_shares,
)
from market.frontier.pass_curves import CurveTables, Estimator, Remainder, build_tables
from market.frontier.signal_frontier import (
    SignalFrontier,
    problem_types,
    solve_oracle,
    solve_signal,
)
from market.population.population import Population

MOST_POINTS = 10_000


@dataclass(frozen=True)
class RouterKnowledge:
    """What the router knows of a query.

    Attributes
    ----------
    accuracy
        Chance that the type seen is the true one; None for a router without a signal.
    types
        Number of types.
    oracle
        Whether it knows every problem instead.
    """

    accuracy: float | None = None
    types: int = 8
    oracle: bool = False


def knowledge(accuracy: float | None, types: int | None, oracle: bool) -> RouterKnowledge:
    """What a router knows, from options that may contradict each other.

    Raises
    ------
    DataError
        They do.
    """
    if oracle and (accuracy is not None or types is not None):
        raise DataError("--oracle: knows every problem; leave out --signal and --types")
    if types is not None and accuracy is None:
        raise DataError(f"--types {types}: says what --signal sees; give --signal too")
    return RouterKnowledge(accuracy, RouterKnowledge.types if types is None else types, oracle)


@dataclass(frozen=True)
class Appraisal:
    """Market price, arbitrage cost and margin of one population.

    Attributes
    ----------
    tables
        Curves on the budget grid.
    price
        [M] price multipliers.
    market, frontier, shares
        Without a signal.
    signal
        Of the router's signal, if it has one.
    out_of_sample
        Of policies judged on folds left out, if asked.
    cost, margin
        [G] arbitrage cost and margin: of the signal's router if there is one.
    """

    tables: CurveTables
    price: FloatArray
    market: MarketPrice
    frontier: Frontier
    shares: RevenueShares
    signal: SignalFrontier | None
    out_of_sample: OutOfSample | None
    cost: FloatArray
    margin: FloatArray

    @property
    def max_quality(self) -> dict[str, float]:
        """Highest solve rate of the best single model, and of the router's cascades."""
        best = self.frontier if self.signal is None else self.signal
        return {
            "single": float(self.market.max_quality.max()),
            "cascade": best.max_quality,
        }

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers; NaN and infinite values are left for the writer to null."""
        population, market = self.tables.population, self.market
        answer: dict[str, Any] = {
            "source": population.source,
            "problems": population.size,
            "left_out": dict(population.left_out),
            "estimator": self.tables.estimator,
            "remainder": self.tables.remainder,
            "models": [
                {
                    "name": model,
                    "price_multiplier": self.price[m],
                    "single_attempt_solve_rate": population.weight @ population.solve_prob[:, m],
                    "mean_attempt_cost": population.weight @ population.list_cost[:, m],
                    "max_quality": market.max_quality[m],
                    "cost": market.cost[m],
                }
                for m, model in enumerate(population.models)
            ],
            "quality": market.quality,
            "market_price": market.price,
            "arbitrage_cost": self.cost,
            "margin": self.margin,
            "max_margin": _or_nan(np.max, self.margin),
            "mean_margin": _or_nan(np.mean, self.margin),
            "max_quality": self.max_quality,
        }
        plain = {
            "policies": [None if p is None else _mixture(p) for p in self.frontier.policies],
            "revenue_shares": {
                "without": dict(zip(population.models, self.shares.without, strict=True)),
                "with": dict(zip(population.models, self.shares.with_arbitrage, strict=True)),
                "arbitrageur": self.shares.arbitrageur,
            },
        }
        if self.signal is None:
            answer |= plain
        else:
            blind = margin(self.market.price, self.frontier.spend)
            answer["policies"] = _between_routes(self.signal, self.frontier)
            answer["without_signal"] = {
                "arbitrage_cost": self.frontier.spend,
                "margin": blind,
                "max_margin": _or_nan(np.max, blind),
                "mean_margin": _or_nan(np.mean, blind),
                **plain,
            }
            answer["routes"] = [
                {
                    "solve_rate": route.solve_rate,
                    "spend": route.spend,
                    "cascades": [_stages(cascade) for cascade in route.cascades],
                }
                for route in self.signal.routes
            ]
        if self.out_of_sample is not None:
            judged = self.out_of_sample
            answer["out_of_sample"] = {
                "achieved_quality": judged.achieved,
                "arbitrage_cost": judged.spend,
                "market_price": judged.market_price,
                "margin": judged.margin,
                "max_margin": _or_nan(np.max, judged.margin),
                "mean_margin": _or_nan(np.mean, judged.margin),
            }
        return answer


def _or_nan(reduce: Any, values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(reduce(known)) if len(known) else float("nan")


def _stages(cascade: Cascade) -> list[dict[str, Any]]:
    return [{"model": stage.model, "budget": stage.budget} for stage in cascade.stages]


def _mixture(mixture: Mixture) -> dict[str, Any]:
    """Write the cascade of `share`, and the one that the rest of the queries take."""
    return {
        "stages": _stages(mixture.high),
        "share": mixture.share,
        "otherwise": _stages(mixture.low) if mixture.share < 1 else None,
    }


def _between_routes(signal: SignalFrontier, blind: Frontier) -> list[dict[str, Any] | None]:
    """Per solve rate, the two routes that are mixed, by index, and the share of the second.

    The plain cascade instead where that is cheaper, None where nothing reaches.
    """
    rates = np.array([route.solve_rate for route in signal.routes])
    policies: list[dict[str, Any] | None] = []
    for u, spend, plain_spend, plain in zip(
        signal.quality, signal.spend, blind.spend, blind.policies, strict=True
    ):
        if not np.isfinite(spend):
            policies.append(None)
        elif plain is not None and plain_spend <= spend:
            policies.append(_mixture(plain))
        else:
            low, high, share = neighbours(rates, float(u))
            policies.append({"routes": [low, high], "share": share})
    return policies


def quality_grid(tables: CurveTables, wanted: tuple[float, float, int] | None) -> FloatArray:
    """Solve rates to look at: as wanted, else 41 from half of the best single model's to its own.

    Raises
    ------
    DataError
        Not 0 < min ≤ max ≤ 1, no points or too many, or no model that solves anything.
    """
    if wanted is None:
        best = max(float(tables.mean_curves(m)[0][-1]) for m in range(len(tables.models)))
        if best == 0:
            raise DataError(f"{tables.population.source}: no model solves any problem")
        return np.linspace(best / 2, best, 41)
    low, high, points = wanted
    if not (0 < low <= high <= 1) or not 1 <= points <= MOST_POINTS:
        raise DataError(
            f"quality {low:g}:{high:g}:{points}: needs 0 < MIN ≤ MAX ≤ 1 "
            f"and from 1 to {MOST_POINTS} points"
        )
    return np.linspace(low, high, points)


def appraise(
    population: Population,
    *,
    quality: tuple[float, float, int] | FloatArray | None = None,
    price: FloatArray | None = None,
    estimator: Estimator | None = None,
    budget: FloatArray | None = None,
    remainder: Remainder = "kept",
    knowledge: RouterKnowledge | None = None,
    folds: int | None = None,
    seed: int = 1,
) -> Appraisal:
    """Appraise a population: market price, arbitrage cost and margin by solve rate.

    Parameters
    ----------
    population
        Problems and models.
    quality
        Solve rates: (min, max, points), [G] values, or None for :func:`quality_grid`'s own.
    price
        [M] price multipliers, all 1 if None.
    estimator, budget, remainder
        As :func:`market.frontier.pass_curves.build_tables` takes them.
    knowledge
        What the router knows; nothing if None.
    folds
        Judge policies out of sample on this many folds.
    seed
        Of the types and of the folds.
    """
    tables = build_tables(population, budget, estimator, remainder)
    multipliers = np.ones(len(tables.models)) if price is None else price
    target = quality if isinstance(quality, np.ndarray) else quality_grid(tables, quality)
    market = market_price(tables, target, multipliers)
    frontier = solve_frontier(tables, target, multipliers)
    known = knowledge or RouterKnowledge()
    streams = Streams(seed)
    signal: SignalFrontier | None = None
    if known.oracle:
        signal = solve_oracle(tables, target, multipliers)
    elif known.accuracy is not None:
        label = problem_types(population, known.types, streams.generator("types"))
        signal = solve_signal(tables, target, label, known.accuracy, multipliers, frontier)
    judged = None
    if folds is not None:
        fold = deal_folds(population.size, folds, streams.generator("folds"))
        judged = out_of_sample(tables, target, fold, multipliers)
    cost = frontier.spend if signal is None else signal.spend
    return Appraisal(
        tables,
        multipliers,
        market,
        frontier,
        revenue_shares(tables, market, frontier, multipliers),
        signal,
        judged,
        cost,
        margin(market.price, cost),
    )
