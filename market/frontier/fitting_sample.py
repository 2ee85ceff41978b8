"""What a fitting budget buys: attempts at random problems, and the curves that they show.

After arXiv:2603.22404, section 5: every model is tried on a problem until it solves it or a cap is
spent; problems are drawn until the money is gone. What is learnt of a model at a problem is a step:
it solved within that budget, or not within the cap.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.pass_curves import CurveTables, Remainder, whole_attempts
from market.population.population import Population

_BATCH = 64  # problems drawn at once


@dataclass(frozen=True)
class FittingSample:
    """Attempts bought of M models at k random problems.

    Attributes
    ----------
    problem
        [k] index of each problem in the population.
    needed
        [k, M] attempts until solved; infinite where the cap came first.
    cost
        [k, M] list dollars of one attempt.
    spend
        [M] list dollars spent.
    """

    problem: IntArray
    needed: FloatArray
    cost: FloatArray
    spend: FloatArray


def buy_attempts(
    population: Population,
    weight: FloatArray,
    price: FloatArray,
    budget: float,
    cap: float,
    rng: Mapping[str, np.random.Generator],
) -> FittingSample:
    """Try models on random problems until the budget is spent.

    Parameters
    ----------
    population
        n problems, M models.
    weight
        [n] chances of the problems.
    price
        [M] price multipliers; infinite where a model is not for sale.
    budget
        US dollars in all; the problem in hand when they are spent is finished, and paid. (Not to
        begin it would leave out dear problems more often than cheap ones.)
    cap
        US dollars that one model may cost at one problem; list dollars where it is free.
    rng
        Generators: `"problems"`, and one per model name.

    Returns
    -------
    FittingSample
        At least one problem.
    """
    sold = np.isfinite(price)
    capped_at = np.where(sold & (price > 0), price, 1.0)
    chosen: list[IntArray] = []
    needs: list[FloatArray] = []
    left, spend = budget, np.zeros(len(population.models))
    while True:
        problem = rng["problems"].choice(population.size, _BATCH, p=weight)
        cost = population.list_cost[problem]
        needed = np.column_stack(
            [
                _geometric(population.solve_prob[problem, m], rng[model])
                for m, model in enumerate(population.models)
            ]
        )
        allowed = np.where(sold, whole_attempts(cap / capped_at, cost), 0.0)
        needed = np.where(needed <= allowed, needed, np.inf)
        list_spend = np.minimum(needed, allowed) * cost
        bill = (list_spend * np.where(sold, price, 0.0)).sum(axis=1)
        fits = min(int(np.searchsorted(np.cumsum(bill), left, side="left")) + 1, _BATCH)
        chosen.append(problem[:fits])
        needs.append(needed[:fits])
        spend += list_spend[:fits].sum(axis=0)
        left -= float(bill[:fits].sum())
        if left <= 0 or not bill.any():  # nothing is for sale within the cap: nothing to learn
            break
    drawn = np.concatenate(chosen)
    return FittingSample(drawn, np.concatenate(needs), population.list_cost[drawn], spend)


def _geometric(solve_prob: FloatArray, rng: np.random.Generator) -> FloatArray:
    effort = rng.standard_exponential(len(solve_prob))
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.ceil(effort / -np.log1p(-solve_prob))
    return np.where(solve_prob > 0, np.maximum(needed, 1.0), np.inf)


def sampled_tables(
    sample: FittingSample, models: tuple[str, ...], budget: FloatArray, remainder: Remainder
) -> CurveTables:
    """Curves as a sample shows them: each a step where the problem was solved.

    Parameters
    ----------
    sample
        At least one problem.
    models
        The M names.
    budget
        [X] budget grid in list dollars, rising from 0.
    remainder
        Whether what is left of a budget is kept or spent.

    Returns
    -------
    CurveTables
        Over the k problems of the sample, at equal weights; a model that did not solve one within
        the cap is taken never to solve it.
    """
    k = len(sample.problem)
    needed, cost = sample.needed.T[:, :, None], sample.cost.T[:, :, None]
    allowed = whole_attempts(budget[None, None, :], cost)
    solved = (allowed >= needed).astype(np.float64)
    spend = np.minimum(allowed, needed) * cost
    if remainder == "spent":
        spend += (1 - solved) * np.maximum(budget[None, None, :] - allowed * cost, 0.0)
    population = Population(
        models=models,
        weight=np.full(k, 1 / k),
        solve_prob=np.where(np.isfinite(sample.needed), 1 / sample.needed, 0.0),
        list_cost=sample.cost,
        source=f"a sample of {k} problems",
    )
    return CurveTables(population, "geometric", remainder, budget, solved, spend)
