"""How far the economics of a pack are from those of the records that it stands for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from market.calibration.sample_errors import MeanMargin, SampleErrors
from market.foundation.arrays import FloatArray
from market.foundation.json_values import finite
from market.frontier.bootstrap import price_interval
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import margin, margin_summary, market_price
from market.frontier.pass_curves import CurveTables
from market.population.population import Population

_TOP = 0.98  # of the highest solve rate: beyond, curves are so steep that they say little of a fit
_LOWEST = 0.25  # of it: below, little is sold
_SOLVE_RATES = (
    *(0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    *(0.55, 0.6, 0.65, 0.7, 0.74, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99),
)


@dataclass(frozen=True)
class Economics:
    """What one table says of the market, at list prices.

    Attributes
    ----------
    price
        Market price in US dollars by solve rate; infinite where no model reaches.
    pair_max_margin, pair_mean_margin, all_max_margin, all_mean_margin
        Arbitrage margin of the two models and of all, up to 0.98 of the highest
        single-model solve rate.
    solve_rate, attempt_cost, max_solve_rate
        Per model: of one attempt; US dollars of one; within the highest budget.
    """

    price: tuple[float, ...]
    pair_max_margin: float
    pair_mean_margin: float
    all_max_margin: float
    all_mean_margin: float
    solve_rate: tuple[float, ...]
    attempt_cost: tuple[float, ...]
    max_solve_rate: tuple[float, ...]


def solve_rates(top: float) -> tuple[float, ...]:
    """Round solve rates up to the highest of a single model, and from a quarter of it."""
    return tuple(rate for rate in _SOLVE_RATES if _LOWEST * top <= rate <= top) or (top,)


@dataclass(frozen=True)
class FitErrors:
    """Records against pack. `pair_from` and `all_from` are where the margins' ranges begin.

    `sure` says how well the records themselves are known.
    """

    quality: tuple[float, ...]
    pair: tuple[str, ...]
    pair_from: float
    all_from: float
    records: Economics
    pack: Economics
    sure: SampleErrors

    @property
    def price_error(self) -> FloatArray:
        """Pack / records − 1 of the market price, by solve rate.

        NaN where one cannot reach, or where it costs nothing.
        """
        pair = np.array([self.pack.price, self.records.price])
        pack, records = np.where(np.isfinite(pair) & (pair > 0), pair, np.nan)
        return np.asarray(pack / records - 1, dtype=np.float64)

    def to_json(self) -> dict[str, object]:
        """Fields and price errors by name: floats to 6 digits, None where not finite."""
        content = asdict(self) | {"price_error": self.price_error.tolist()}
        return {key: finite(value, digits=6) for key, value in content.items()}


def economics(
    tables: CurveTables,
    quality: Sequence[float],
    pair: Sequence[str],
    pair_from: float,
    all_from: float,
) -> Economics:
    """Market price at some solve rates, margins (100 solve rates each) and per-model figures."""
    population = tables.population
    market = market_price(tables, np.array(quality))
    two = _pair_of(tables, pair)
    return Economics(
        tuple(market.price.tolist()),
        *_margins(two, pair_from),
        *_margins(tables, all_from),
        tuple((population.weight @ population.solve_prob).tolist()),
        tuple((population.weight @ population.list_cost).tolist()),
        tuple(market.max_quality.tolist()),
    )


def _pair_of(tables: CurveTables, pair: Sequence[str]) -> CurveTables:
    population = tables.population
    budget = tables.budget[[population.index(model) for model in pair]]
    return build_tables(population.select(pair), budget, tables.estimator, tables.remainder)


def _rates(tables: CurveTables, low: float) -> FloatArray:
    """100 solve rates from `low` up to where curves are too steep; none if that is below."""
    high = _TOP * max(float(tables.mean_curves(m)[0].max()) for m in range(len(tables.models)))
    return np.linspace(low, high, 100) if high > max(low, 0.0) else np.empty(0)


def _margins(tables: CurveTables, low: float) -> tuple[float, float]:
    quality = _rates(tables, low)
    price, cost = market_price(tables, quality).price, solve_frontier(tables, quality).spend
    known = margin_summary(margin(price[price > 0], cost[price > 0]))
    return known["max_margin"], known["mean_margin"]


def _sure(
    records: CurveTables,
    pack: CurveTables,
    quality: Sequence[float],
    pair: Sequence[str],
    lows: tuple[float, float],
) -> SampleErrors:
    both = (_pair_of(records, pair), _pair_of(pack, pair)), (records, pack)
    rates = [_rates(of_records, low) for (of_records, _), low in zip(both, lows, strict=True)]
    low, high = price_interval(records, np.array(quality))
    return SampleErrors(
        tuple(low.tolist()),
        tuple(high.tolist()),
        tuple(MeanMargin.of(*tables, quality) for tables, quality in zip(both, rates, strict=True)),
    )


def fit_errors(
    records: CurveTables, pack: CurveTables, pair: Sequence[str] | None = None
) -> FitErrors:
    """Compare the economics of records and pack, tables on the same budget grid.

    Margins of the pair (the two models of the highest solve rates if None) begin at 0.9 of the
    highest single-model solve rate of the records, those of all models at 0.53, rounded to 0.01.
    """
    top = np.array([records.mean_curves(m)[0].max() for m in range(len(records.models))])
    best = np.sort(np.argsort(-top, kind="stable")[:2])
    chosen = tuple(pair) if pair is not None else tuple(records.models[m] for m in best)
    low = round(0.9 * float(top.max()), 2), round(0.53 * float(top.max()), 2)
    quality = solve_rates(float(top.max()))
    return FitErrors(
        quality,
        chosen,
        *low,
        economics(records, quality, chosen, *low),
        economics(pack, quality, chosen, *low),
        _sure(records, pack, quality, chosen, low),
    )


@dataclass(frozen=True)
class Calibration:
    """Problem classes (without counts or ids), their fit, of how many problems, thin evidence."""

    population: Population
    fit: FitErrors
    problems: int
    evidence: tuple[str, ...] = ()
