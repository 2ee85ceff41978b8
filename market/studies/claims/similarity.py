"""Margins of the shipped pack as its models are made more alike, with a bootstrap over problems."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import margin, market_price
from market.population.packs import read_pack
from market.population.population import Population

CLAIMS_PACK = "swebench"
POINTS = 30


def made_alike(population: Population, share: float) -> Population:
    """Move every model towards the models' common mean, problem by problem.

    Logit solve probabilities and log costs go `share` of the way to their means over models: at 0
    they stay, at 1 all models are the same. A problem that a model never solves counts as one of
    half a success in 1000 attempts on the way.

    Parameters
    ----------
    population
        n problems, M models.
    share
        From 0 to 1.
    """
    if share == 0:
        return population
    odds = logit(np.clip(population.solve_prob, 5e-4, 1 - 5e-4))
    cost = np.log(population.list_cost)

    def blended(values: FloatArray) -> FloatArray:
        mean = values.mean(axis=1, keepdims=True)
        # at 1 exactly the same, so that equal models are seen to be equal
        return (
            mean + (1 - share) * (values - mean)
            if share < 1
            else np.repeat(mean, values.shape[1], axis=1)
        )

    return replace(
        population,
        solve_prob=expit(blended(odds)),
        list_cost=np.exp(blended(cost)),
        successes=None,
        attempts=None,
    )


@cache
def margin_draws(
    models: Sequence[str],
    low: float,
    statistic: Literal["max", "mean"],
    alike: float,
    draws: int,
) -> tuple[float, FloatArray]:
    """Arbitrage margin on the pack's frontier, and what it is on resampled problems.

    A draw redistributes the problems that the pack was made of among its classes (bootstrap, Efron
    1979); all curves have the same draws, so that they are paired.

    Parameters
    ----------
    models
        Which; all if empty.
    low
        Solve rates from here, or 70% of it where that is out of reach, to the highest of one model.
    statistic
        Over those solve rates.
    alike
        As for :func:`made_alike`.
    draws
        Number of draws.

    Returns
    -------
    margin, draws
        On the pack, and [draws].
    """
    pack = read_pack(CLAIMS_PACK)
    population = made_alike(pack.population, alike)
    chosen = population.select(models) if models else population
    problems = int(pack.about["problems"])
    rng = np.random.default_rng(1)
    sample = []
    for _ in range(draws):
        count = rng.multinomial(problems, population.weight)
        kept = count > 0
        sample.append(_margin(chosen, count / problems, low, statistic) if kept.any() else np.nan)
    return _margin(chosen, population.weight, low, statistic), np.array(sample)


def _margin(
    population: Population, weight: FloatArray, low: float, statistic: Literal["max", "mean"]
) -> float:
    tables = build_tables(replace(population, weight=weight))
    top = max(float(tables.mean_curves(m)[0].max()) for m in range(len(tables.models)))
    quality = np.linspace(low if low < top else 0.7 * top, top, POINTS)
    price = market_price(tables, quality).price
    cost = solve_frontier(tables, quality).spend
    share = margin(price, cost)
    return float(share.max() if statistic == "max" else share.mean())
