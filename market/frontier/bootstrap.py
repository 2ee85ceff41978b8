"""How sure market price, arbitrage cost and margin are: a population is a sample of problems.

A draw takes as many problems anew as there are, each whole, with all that was recorded of it
(bootstrap, Efron 1979; by clusters, since attempts at one problem are alike). What an estimator
says of a problem from its attempts errs by chance, and that chance is in how problems differ: so
the draws show both, the sample of problems and that of attempts. Strata of few attempts are drawn
one by one, from a law that is not fitted anew: their intervals are too narrow.

The policies that are best on the sample are re-weighted, with each of their models at all budgets
of its grid, and the cheapest is taken draw by draw; other policies are not searched for anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from market.foundation.answer_cache import kept_or_found
from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.content_digest import content_digest
from market.foundation.random_streams import Streams
from market.frontier.cascade_space import coarse_levels
from market.frontier.crossing import crossings, ways
from market.frontier.frontier import Frontier
from market.frontier.grid_cascade import GridCascade
from market.frontier.market_price import MarketPrice, margin
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud

DRAWS = 200
LEVEL = 0.95
_TOLERANCE = 0.01  # of a cost: how far off the budgets may be that draws are priced at
_TAIL = 0.025


@dataclass(frozen=True)
class Resamples:
    """Market price and arbitrage cost on D resamples, at G fixed solve rates.

    Attributes
    ----------
    quality
        [G] solve rates.
    of_sample
        [G] margin on the sample itself; NaN where there is no market price.
    market_price, cost
        [D, G] US dollars per query; infinite where no model, or no cascade, reaches.
    """

    quality: FloatArray
    of_sample: FloatArray
    market_price: FloatArray
    cost: FloatArray

    @cached_property
    def margin(self) -> FloatArray:
        """[D, G] share of the market price; NaN where there is none."""
        return margin(self.market_price, self.cost)

    @cached_property
    def steady(self) -> BoolArray:
        """[G] where so many resamples have a margin that its interval is known."""
        return np.isfinite(interval(self.margin)).all(axis=0) & np.isfinite(self.of_sample)

    @property
    def mean_margin(self) -> tuple[float, FloatArray]:
        """Mean margin over the steady solve rates: of the sample, and [D] of the resamples.

        NaN where no solve rate is steady.
        """
        if not self.steady.any():
            return float("nan"), np.full(len(self.cost), np.nan)
        of_sample = float(self.of_sample[self.steady].mean())
        known = np.isfinite(self.margin) & self.steady
        total, count = np.where(known, self.margin, 0.0).sum(axis=1), known.sum(axis=1)
        mean = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
        return of_sample, mean

    @property
    def mean_with_interval(self) -> tuple[float, float, float] | None:
        """Mean margin over the steady solve rates and the ends of its interval; None without."""
        mean, draws = self.mean_margin
        low, high = interval(draws).tolist()
        return (mean, low, high) if np.isfinite(low + high) else None

    def to_json(self) -> dict[str, Any]:
        """Ends of the intervals by name; NaN and infinite values are left for the writer."""
        named = {
            "market_price": self.market_price,
            "arbitrage_cost": self.cost,
            "margin": self.margin,
        }
        ends = {name: interval(draws) for name, draws in named.items()}
        mean, draws = self.mean_margin
        low, high = interval(draws).tolist()
        over = self.quality[self.steady]
        return {
            "draws": len(self.cost),
            "level": LEVEL,
            **{name: {"low": low, "high": high} for name, (low, high) in ends.items()},
            "mean_margin": {
                "estimate": mean,
                "low": low,
                "high": high,
                "from": float(over[0]) if len(over) else None,
                "to": float(over[-1]) if len(over) else None,
            },
        }


def interval(draws: FloatArray) -> FloatArray:
    """Percentile interval over the first axis, [2, ...] its ends.

    NaN where draws are missing (NaN) so often that an end could be any of them.

    Parameters
    ----------
    draws
        [D, ...].
    """
    ends = np.array([_TAIL, 1 - _TAIL])
    missing = np.isnan(draws)
    found = np.quantile(np.where(missing, np.inf, draws), ends, axis=0, method="inverted_cdf")
    low = np.quantile(np.where(missing, -np.inf, draws), ends[0], axis=0, method="inverted_cdf")
    known = missing.mean(axis=0) < ends[0]
    return np.where(known, np.stack((low, found[1])), np.nan)


def resample(
    cloud: PolicyCloud,
    market: MarketPrice,
    frontier: Frontier,
    price: FloatArray,
    streams: Streams,
    *,
    draws: int = DRAWS,
    direct: CurveTables | None = None,
) -> Resamples:
    """Draw problems anew, and price the same solve rates on each draw.

    Parameters
    ----------
    cloud
        What a search found on the population.
    market, frontier
        Of the population itself, at the same [G] solve rates.
    price
        [M] their multipliers; infinite where a model is not for sale.
    streams
        Of the draws, which are the same for the same problems.
    draws
        D.
    direct
        Curves of the market price, where those who buy directly have another verifier.
    """
    problems = cloud.fine.tables.population.problems
    weight = problem_draws(cloud.fine.weight, problems, streams, draws)
    single, cost = priced_on(cloud, weight, market.quality, price)
    if direct is not None:
        single = market_price_on(direct, weight, market.quality, price)
    return Resamples(market.quality, margin(market.price, frontier.spend), single, cost)


def priced_on(
    cloud: PolicyCloud, weight: FloatArray, quality: FloatArray, price: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """[D, G] market price, and arbitrage cost by the policies that are best on the sample.

    Parameters
    ----------
    cloud
        What a search found on the sample.
    weight
        [D, n] weights of its rows in each draw.
    quality
        [G] solve rates.
    price
        [M] multipliers; infinite where a model is not for sale.
    """

    def find() -> dict[str, FloatArray]:
        chosen = dict.fromkeys(_chosen(cloud, price))
        on = _Resampled(cloud.fine.tables, weight, quality, price)
        single = market_price_on(cloud.fine.tables, weight, quality, price)
        cost = np.minimum.reduce([single, *(on.cheapest(rest, m) for rest, m in chosen if rest)])
        return {"single": single, "cost": cost}

    key = content_digest("resamples", cloud.content, weight, quality, price)
    found = kept_or_found(key, find)
    return found["single"], found["cost"]


def market_price_on(
    tables: CurveTables, weight: FloatArray, quality: FloatArray, price: FloatArray
) -> FloatArray:
    """[D, G] market price at [G] solve rates under weights [D, n] and multipliers [M]."""
    on = _Resampled(tables, weight, quality, price)
    sold = np.flatnonzero(np.isfinite(price)).tolist()
    return np.asarray(np.minimum.reduce([on.cheapest((), m) for m in sold]))


def price_interval(
    tables: CurveTables, quality: FloatArray, *, draws: int = DRAWS, seed: int = 1
) -> FloatArray:
    """[2, G] interval of the market price at list prices; an end may be infinite, NaN of strata.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] solve rates.
    draws, seed
        Of the resamples.
    """
    population = tables.population
    if population.strata is not None:
        return np.full((2, len(quality)), np.nan)
    weight = problem_draws(population.weight, population.problems, Streams(seed), draws)
    return interval(market_price_on(tables, weight, quality, np.ones(len(tables.models))))


def problem_draws(
    weight: FloatArray, problems: int, streams: Streams, draws: int = DRAWS
) -> FloatArray:
    """[D, n] weights when so many problems are drawn anew by their weights [n]."""
    count = streams.generator("resampled problems").multinomial(problems, weight, size=draws)
    return np.asarray(count / problems, dtype=np.float64)


def _chosen(cloud: PolicyCloud, price: FloatArray) -> Iterable[tuple[GridCascade, int]]:
    """The best policies of the sample near every solve rate, each as a model put among others.

    Whatever solve rates are asked for, so that one interval does not depend on the others.
    """
    _, picks = cloud.families(price, cloud.rates(price)).cheapest(price)
    for pick in picks:
        if pick is not None:
            yield pick.placement.rest, pick.placement.model


@dataclass(frozen=True)
class _Resampled:
    """Curves under D weightings `weight` [D, n], at [G] solve rates and [M] multipliers."""

    tables: CurveTables
    weight: FloatArray
    quality: FloatArray
    price: FloatArray

    @cached_property
    def level(self) -> IntArray:
        """[M, X] the budgets that are tried, as indices of each model's grid."""
        return coarse_levels(self.tables, _TOLERANCE)

    def cheapest(self, rest: GridCascade, model: int) -> FloatArray:
        """[D, G] least dollars with a model at any place among other stages and any budget.

        As :class:`market.frontier.grid_cascade.Placement` has it for one weighting.
        """
        if self.tables.checked is not None:
            return self._cheapest_checked(rest, model)
        at = self.level[model]
        solved, spend = self.tables.solved[model][:, at], self.tables.spend[model][:, at]
        reach, later = self.weight, []
        own = [reach @ spend]
        base = np.zeros(len(reach))
        for m, budget in rest:
            due = reach * (self.price[m] * self.tables.spend[m][:, budget])
            base += due.sum(axis=1)
            later.append(due @ solved)  # saved where the model comes before the stage
            reach = reach * (1 - self.tables.solved[m][:, budget])
            own.append(reach @ spend)
        rate = (1 - reach.sum(axis=1))[:, None] + reach @ solved
        low, high, share, reached = crossings(rate, self.quality)
        least = np.full(low.shape, np.inf)
        saved = np.zeros(rate.shape)
        for place in reversed(range(len(own))):
            if place < len(later):
                saved = saved + later[place]
            bill = self.price[model] * own[place] - saved
            below, above = (np.take_along_axis(bill, index, axis=1) for index in (low, high))
            least = np.minimum(least, below + share * (above - below))
        return np.where(reached, base[:, None] + least, np.inf)

    def _cheapest_checked(self, rest: GridCascade, model: int) -> FloatArray:
        """The same where a verifier errs or costs: each place has solve rates of its own."""
        tables, at = self.tables, self.level[model]
        assert tables.beside is not None
        solved, end = tables.solved[model][:, at], tables.ends[model][:, at]
        bill = self.price[model] * tables.spend[model][:, at] + tables.beside[model][:, at]
        reach, lost = self.weight, []
        own = [(reach @ solved, reach @ bill)]
        whole = np.zeros((2, len(reach)))
        for m, budget in rest:
            costs = self.price[m] * tables.spend[m][:, budget] + tables.beside[m][:, budget]
            due = [reach * tables.solved[m][:, budget], reach * costs]
            whole += [part.sum(axis=1) for part in due]
            lost.append([part @ end for part in due])  # where the model comes before the stage
            reach = reach * (1 - tables.ends[m][:, budget])
            own.append((reach @ solved, reach @ bill))
        least = np.full((len(self.weight), len(self.quality)), np.inf)
        later = np.zeros((2, *own[0][0].shape))
        for place in reversed(range(len(own))):
            if place < len(lost):
                later = later + lost[place]
            rate, paid = (whole[i][:, None] + own[place][i] - later[i] for i in range(2))
            for low, high, share, reached in ways(rate, self.quality):
                below, above = (np.take_along_axis(paid, index, axis=1) for index in (low, high))
                cost = np.where(reached, below + share * (above - below), np.inf)
                least = np.minimum(least, cost)
        return least
