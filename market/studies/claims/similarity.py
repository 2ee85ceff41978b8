"""Margins of the shipped pack as its models are made more alike, with a bootstrap over problems."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.bootstrap import resample
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.verifier import Verifier
from market.population.packs import read_pack
from market.population.population import Population

CLAIMS_PACK = "swebench"
POINTS = 30
SAFE = 0.98  # of the highest solve rate, where curves are not yet vertical and a grid decides
Statistic = Literal["max", "mean", "at"]
Differences = Literal["all", "specialisation", "level"]


def made_alike(
    population: Population, share: float, differences: Differences = "all"
) -> Population:
    """Take a share of the differences between models away.

    Of logit solve probabilities and log costs. A problem that a model never solves counts as one of
    half a success in 1000 attempts on the way. In `x_im = level_m + problem_i + rest_im` the rest
    is specialisation. Where levels stay, so does each model's mean solve probability; where they
    go, it becomes the models' mean.

    Parameters
    ----------
    population
        n problems, M models.
    share
        From 0 (they stay) to 1 (there are no such differences).
    differences
        Which: `all`, `specialisation` or `level`.
    """
    if share == 0:
        return population
    odds = logit(np.clip(population.solve_prob, 5e-4, 1 - 5e-4))
    cost = np.log(population.list_cost)
    if differences == "all":
        solve_prob, spent = expit(_all(odds, share)), _all(cost, share)
    else:
        level = population.weight @ population.solve_prob
        if differences == "level":
            level = level + share * (level.mean() - level)
        moved = (_apart(x, population.weight, share, differences) for x in (odds, cost))
        solve_prob, spent = _with_level(next(moved), population.weight, level), next(moved)
    return replace(
        population, solve_prob=solve_prob, list_cost=np.exp(spent), successes=None, attempts=None
    )


def _all(values: FloatArray, share: float) -> FloatArray:
    mean = values.mean(axis=1, keepdims=True)
    # at 1 exactly the same, so that equal models are seen to be equal
    if share == 1:
        return np.repeat(mean, values.shape[1], axis=1)
    return np.asarray(mean + (1 - share) * (values - mean))


def _apart(
    values: FloatArray, weight: FloatArray, share: float, differences: Differences
) -> FloatArray:
    """[n, M] values with less specialisation, or with models' levels closer together."""
    level = weight @ values
    problem = (values - level).mean(axis=1, keepdims=True)
    rest = values - level - problem
    if differences == "specialisation":
        return np.asarray(level + problem + (1 - share) * rest)
    return np.asarray(level + share * (level.mean() - level) + problem + rest)


def _with_level(odds: FloatArray, weight: FloatArray, level: FloatArray) -> FloatArray:
    """[n, M] solve probabilities of these log odds, each model's shifted to its mean level [M]."""
    shifted = [
        brentq(lambda s, x=column, u=mean: float(weight @ expit(x + s)) - u, -20, 20)
        for column, mean in zip(odds.T, level, strict=True)
    ]
    return np.asarray(expit(odds + np.array(shifted)))


@cache
def margin_draws(
    models: Sequence[str],
    low: float,
    statistic: Statistic,
    alike: float,
    draws: int,
    differences: Differences = "all",
    false_accept: float = 0.0,
) -> tuple[float, FloatArray]:
    """Arbitrage margin on the pack's frontier, and what it is on resampled problems.

    As :func:`market.frontier.bootstrap.resample` draws them; all curves have the same draws, so
    that they are paired.

    Parameters
    ----------
    models
        Which; all if empty.
    low
        Solve rates from here, or 70% of the highest where that is out of reach, to 98% of the
        highest of one model.
    statistic
        Over those solve rates; or `at` the first of them.
    alike, differences
        As for :func:`made_alike`.
    draws
        Number of draws.
    false_accept
        Share of wrong answers that the verifier accepts; solve rates are of right ones.

    Returns
    -------
    margin, draws
        On the pack, and [draws]; NaN where no single model reaches the solve rate.
    """
    population = made_alike(read_pack(CLAIMS_PACK).population, alike, differences)
    verifier = Verifier(false_accept=false_accept)
    chosen = population.select(models) if models else population
    tables = build_tables(chosen, verifier=verifier)
    top = SAFE * max(float(tables.mean_curves(m)[0].max()) for m in range(len(tables.models)))
    quality = np.linspace(low if low < top else 0.7 * top, top, POINTS)
    if statistic == "at":
        quality = np.array([low])
    cloud, price = PolicyCloud(tables), np.ones(len(tables.models))
    market, frontier = market_price(tables, quality), solve_frontier(tables, quality, cloud=cloud)
    found = resample(cloud, market, frontier, price, Streams(1), draws=draws)
    point, *drawn = (_over(share, statistic) for share in (found.of_sample, *found.margin))
    return point, np.array(drawn)


def _over(share: FloatArray, statistic: Statistic) -> float:
    """A statistic over the solve rates [G] that a single model reaches; NaN where it is none."""
    known = share[np.isfinite(share)]
    if not len(known):
        return float("nan")
    return float(known.max() if statistic == "max" else known.mean())
