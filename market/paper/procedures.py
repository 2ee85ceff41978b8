"""The paper's procedures, one function per group of figures.

Each takes markets (pass curves by model) and gives a frozen result; budgets and prices are US
dollars per problem. Source: arXiv:2603.22404, sections on SWE-bench Verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.paper.cascades import cascade_curves, ordered_thresholds, pair_thresholds, stage_spend
from market.paper.pairs import PairSearch, search_pair
from market.paper.paper_curves import (
    PaperMarket,
    cost_of_solve_rate,
    expected_spend,
    margin_or_zero,
)


def two_models(market: PaperMarket) -> PairSearch:
    """GPT-5 mini then DeepSeek: thresholds that sum to 1 USD, solve rates from 0.68 to the top."""
    rate = np.linspace(0.68, market.highest_solve_rate, 1000)
    return search_pair(market, pair_thresholds(0.01, 0.5, 1.0), rate)


def solve_rate_together(market: PaperMarket) -> float:
    """Solve rate of all models in cascade, each with the whole budget of the grid."""
    return float((1 - np.prod(1 - market.solve[:, :, -1], axis=1)).mean())


@dataclass(frozen=True)
class PricePath:
    """Prices while two arbitrageurs undercut each other in turn.

    Parameters
    ----------
    solve_rate
        The quality that is sold.
    prices
        First the market price, then the price after each move, US dollars per problem.
    cost
        What the solve rate costs an arbitrageur.
    """

    solve_rate: float
    prices: tuple[float, ...]
    cost: float


def price_competition(pair: PairSearch, solve_rate: float = 0.75, step: float = 0.93) -> PricePath:
    """Each move multiplies the going price by `step`; a price is never set below cost."""
    rate = np.array([solve_rate])
    cost, price = float(pair.cost(rate)[0]), float(pair.market.price(rate)[0])
    prices = [price]
    while np.isfinite(prices[-1]) and prices[-1] > cost:
        prices.append(max(cost, prices[-1] * step))
    return PricePath(solve_rate, tuple(prices), cost)


@dataclass(frozen=True)
class Revenue:
    """Who earns what, as shares of the market price, by solve rate; NaN where there is no price.

    Parameters
    ----------
    models
        M names of the models that are sold.
    rate
        [K] solve rates.
    without, with_arbitrage
        [M, K] share of each model's provider.
    arbitrageur
        [K] share of the arbitrageur, 0 where it does not undercut the market.
    """

    models: tuple[str, ...]
    rate: FloatArray
    without: FloatArray
    with_arbitrage: FloatArray
    arbitrageur: FloatArray

    @property
    def change(self) -> FloatArray:
        """[K] providers' revenue with arbitrage over that without."""
        change: FloatArray = self.with_arbitrage.sum(axis=0) / self.without.sum(axis=0)
        return change


def shares_without(alone: FloatArray) -> FloatArray:
    """[M, K] all to the cheapest model, of costs [M, K]; NaN where no model gets that far."""
    cheapest = alone.argmin(axis=0) == np.arange(len(alone))[:, None]
    return np.where(np.isfinite(alone.min(axis=0)), cheapest, np.nan)


def stage_revenue(
    market: PaperMarket, thresholds: FloatArray, curve: FloatArray, rate: FloatArray
) -> FloatArray:
    """[J, K] spend on each stage of a cascade (curve [B]) at the solve rates that it reaches."""
    spend = stage_spend(market.solve, thresholds, market.budget)
    # A stage not yet begun has spent nothing, and log 0 cannot be interpolated.
    log_spend = np.log(np.maximum(spend, np.finfo(np.float64).tiny))
    earned: FloatArray = np.exp(np.array([np.interp(rate, curve, stage) for stage in log_spend]))
    return earned


def revenue(pair: PairSearch, rate: FloatArray) -> Revenue:
    """Revenue of two providers without arbitrage and with the best cascade of their models.

    Without arbitrage the cheapest model earns its cost. With it, where the cascade is cheaper,
    each model earns its stage's expected spend.
    """
    alone = pair.market.costs(rate)
    price, cost = alone.min(axis=0), pair.cost(rate)
    priced, without = np.isfinite(price), shares_without(alone)
    spend = stage_revenue(pair.market, pair.best_thresholds, pair.curves[pair.best], rate)
    return Revenue(
        pair.market.models,
        rate,
        without,
        np.where(priced & (cost < price), spend / price, without),
        np.where(priced, margin_or_zero(price, cost), np.nan),
    )


@dataclass(frozen=True)
class SixModels:
    """The cheapest cascade of the threshold grid at every solve rate.

    Parameters
    ----------
    thresholds
        Number of rows in the grid.
    rate, price, cost
        [K] solve rate; market price; cost with the cheapest row, US dollars per problem.
    pair_cost
        [K] the same with cascades of the last two cascade models alone.
    revenue
        Shares of all models in the market.
    """

    thresholds: int
    rate: FloatArray
    price: FloatArray
    cost: FloatArray
    pair_cost: FloatArray
    revenue: Revenue

    @property
    def margin(self) -> FloatArray:
        """[K] margin with the cheapest row."""
        return margin_or_zero(self.price, self.cost)

    @property
    def pair_margin(self) -> FloatArray:
        """[K] margin with the pair alone."""
        return margin_or_zero(self.price, self.pair_cost)


def six_models(market: PaperMarket, stages: tuple[str, ...]) -> SixModels:
    """Search cascades of the models `stages`, while all of `market` set the market price.

    The pair is the last two of `stages`, over the thresholds of :func:`two_models`.
    """
    rate = np.linspace(0.4, market.highest_solve_rate, 100)
    levels = np.concatenate([[0.0], np.geomspace(1e-3, 1.0, 20)])
    thresholds = ordered_thresholds(len(stages), levels, 1.0)
    sold, budget = market.select(stages), market.budget
    curves = cascade_curves(sold.solve, thresholds, budget)
    cost = cost_of_solve_rate(rate, curves, expected_spend(curves, budget))
    cheapest = cost.argmin(axis=0)
    pair = cascade_curves(sold.solve[:, -2:], pair_thresholds(0.01, 0.5, 1.0), budget)
    pair_cost = cost_of_solve_rate(rate, pair, expected_spend(pair, budget)).min(axis=0)
    alone = market.costs(rate)
    price, least = alone.min(axis=0), cost.min(axis=0)
    without = shares_without(alone)
    shares = without.copy()
    columns = [market.models.index(model) for model in stages]
    for place in np.flatnonzero(least < price):
        row = cheapest[place]
        spend = stage_revenue(sold, thresholds[row], curves[row], rate[place : place + 1])
        shares[:, place] = 0.0
        shares[columns, place] = spend[:, 0] / price[place]
    return SixModels(
        len(thresholds),
        rate,
        price,
        least,
        pair_cost,
        Revenue(market.models, rate, without, shares, margin_or_zero(price, least)),
    )


def distillation(students: Mapping[str, PaperMarket]) -> dict[str, PairSearch]:
    """Each student then its teacher: thresholds summing to 1 USD, the top 0.10 of solve rates."""
    searches = {}
    for name, market in students.items():
        top = market.highest_solve_rate
        rate = np.linspace(top - 0.1, top, 100)
        searches[name] = search_pair(market, pair_thresholds(1e-3, 0.15, 1.0), rate)
    return searches


def entry(market: PaperMarket) -> PairSearch:
    """A small model then GPT-5 mini: thresholds summing to 0.50 USD, solve rates from 0.05.

    The market's budget grid must end at 0.50 USD.
    """
    rate = np.linspace(0.05, market.highest_solve_rate, 100)
    return search_pair(market, pair_thresholds(0.01, 0.3, 0.5), rate)
