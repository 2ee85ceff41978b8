"""Margins of the shipped pack as its models are made more alike, with a bootstrap over problems.

All draws have one grid of budgets and one search: the policies that are best on the pack are
re-weighted, with each of their stages at all budgets of its grid. Others are not searched for anew.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, stage_curves
from market.frontier.frontier import solve_frontier
from market.frontier.least_spend import least_spend
from market.frontier.market_price import margin
from market.frontier.pass_curves import CurveTables
from market.population.packs import read_pack
from market.population.population import Population

CLAIMS_PACK = "swebench"
POINTS = 30
SAFE = 0.98  # of the highest solve rate, where curves are not yet vertical and a grid decides
Statistic = Literal["max", "mean", "at"]
Differences = Literal["all", "specialisation", "level"]
Way = tuple[Cascade, str, Cascade]  # a model at any budget, and the stages before and after it


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
) -> tuple[float, FloatArray]:
    """Arbitrage margin on the pack's frontier, and what it is on resampled problems.

    A draw redistributes the problems that the pack was made of among its classes (bootstrap, Efron
    1979); all curves have the same draws, so that they are paired.

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

    Returns
    -------
    margin, draws
        On the pack, and [draws]; NaN where no single model reaches the solve rate.
    """
    pack = read_pack(CLAIMS_PACK)
    population = made_alike(pack.population, alike, differences)
    tables = build_tables(population.select(models) if models else population)
    top = SAFE * max(float(tables.mean_curves(m)[0].max()) for m in range(len(tables.models)))
    quality = np.linspace(low if low < top else 0.7 * top, top, POINTS)
    if statistic == "at":
        quality = np.array([low])
    problems = int(pack.about["problems"])
    rng = Streams(1).generator("resampled problems")
    drawn = rng.multinomial(problems, population.weight, size=draws) / problems
    weight = np.vstack([population.weight, drawn])
    share = _margins(tables, weight, quality)
    # in a draw, the highest solve rates may be out of every model's reach
    there = np.isfinite(share)
    count = there.sum(axis=1)
    if statistic == "max":
        found = np.where(there, share, -np.inf).max(axis=1)
    else:
        found = np.where(there, share, 0.0).sum(axis=1) / np.maximum(count, 1)
    found = np.where(count > 0, found, np.nan)
    return float(found[0]), found[1:]


def _margins(tables: CurveTables, weight: FloatArray, quality: FloatArray) -> FloatArray:
    """[D, G] margins under weights [D, n]; NaN where no single model reaches."""
    nothing = Cascade(())
    alone = [
        _cheapest(tables, weight, (nothing, model, nothing), quality) for model in tables.models
    ]
    price = np.minimum.reduce(alone)
    cost = np.minimum.reduce(
        [price, *(_cheapest(tables, weight, way, quality) for way in _ways(tables, quality))]
    )
    return np.where(np.isfinite(price), margin(price, cost), np.nan)


def _ways(tables: CurveTables, quality: FloatArray) -> list[Way]:
    """Every stage of every cascade that is best on the pack, from a little below these rates up."""
    lowest, highest = 0.9 * quality[0], solve_frontier(tables, quality).max_quality
    found = dict[Way, None]()
    for policy in solve_frontier(tables, np.linspace(lowest, highest, 4 * POINTS)).policies:
        for cascade in (policy.low, policy.high) if policy is not None else ():
            for k, stage in enumerate(cascade.stages):
                before, after = Cascade(cascade.stages[:k]), Cascade(cascade.stages[k + 1 :])
                found[before, stage.model, after] = None
    return list(found)


def _cheapest(tables: CurveTables, weight: FloatArray, way: Way, quality: FloatArray) -> FloatArray:
    """[D, G] least dollars with the model at any budget; infinite out of reach."""
    before, model, after = way
    m = tables.models.index(model)
    reach, spent = weight, np.zeros((len(weight), 1))
    for stage in before.stages:
        solved, spend = stage_curves(tables, tables.models.index(stage.model), stage.budget)
        spent = spent + (reach @ spend)[:, None]
        reach = reach * (1 - solved)
    later, passed = np.zeros(weight.shape[1]), np.ones(weight.shape[1])
    for stage in after.stages:
        solved, spend = stage_curves(tables, tables.models.index(stage.model), stage.budget)
        later, passed = later + passed * spend, passed * (1 - solved)
    failed = 1 - tables.solved[m]
    bill = spent + reach @ tables.spend[m] + (reach * later) @ failed
    return least_spend(1 - (reach * passed) @ failed, bill, quality).spend
