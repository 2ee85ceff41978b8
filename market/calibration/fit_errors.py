"""How far the economics of a pack are from those of the records that it stands for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.json_values import finite
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import margin, market_price
from market.frontier.pass_curves import CurveTables

_TOP = 0.98  # of the highest solve rate: beyond, curves are so steep that they say little of a fit
SOLVE_RATES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.74, 0.75)


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


@dataclass(frozen=True)
class FitErrors:
    """Records against pack. `pair_from` and `all_from` are where the margins' ranges begin."""

    quality: tuple[float, ...]
    pair: tuple[str, ...]
    pair_from: float
    all_from: float
    records: Economics
    pack: Economics

    @property
    def price_error(self) -> FloatArray:
        """Pack / records − 1 of the market price, by solve rate; NaN where one cannot reach."""
        pair = np.array([self.pack.price, self.records.price])
        pack, records = np.where(np.isfinite(pair), pair, np.nan)
        return np.asarray(pack / records - 1, dtype=np.float64)

    def to_json(self) -> dict[str, object]:
        """Fields and price errors by name: floats to 6 digits, None where not finite."""
        content = asdict(self) | {"price_error": self.price_error.tolist()}
        return {key: finite(value, digits=6) for key, value in content.items()}


def economics(
    tables: CurveTables, pair: Sequence[str], pair_from: float, all_from: float
) -> Economics:
    """Market price at `SOLVE_RATES`, margins (100 solve rates each) and per-model figures."""
    population = tables.population
    market = market_price(tables, np.array(SOLVE_RATES))
    budget = tables.budget[[population.index(model) for model in pair]]
    two = build_tables(population.select(pair), budget, tables.estimator, tables.remainder)
    return Economics(
        tuple(market.price.tolist()),
        *_margins(two, pair_from),
        *_margins(tables, all_from),
        tuple((population.weight @ population.solve_prob).tolist()),
        tuple((population.weight @ population.list_cost).tolist()),
        tuple(market.max_quality.tolist()),
    )


def _margins(tables: CurveTables, low: float) -> tuple[float, float]:
    high = _TOP * max(float(tables.mean_curves(m)[0].max()) for m in range(len(tables.models)))
    if high <= max(low, 0.0):
        return float("nan"), float("nan")
    quality = np.linspace(low, high, 100)
    price, cost = market_price(tables, quality).price, solve_frontier(tables, quality).spend
    share = margin(price[price > 0], cost[price > 0])
    return float(share.max()), float(share.mean())


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
    both = (economics(tables, chosen, *low) for tables in (records, pack))
    return FitErrors(SOLVE_RATES, chosen, *low, *both)
