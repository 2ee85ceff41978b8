"""What a fitting budget buys: attempts at random problems, and the curves that they show.

After arXiv:2603.22404, section 5: every model is tried on a problem until it solves it or a cap is
spent; problems are drawn until the money is gone. What is learnt of a model at a problem is a step:
it solved within that budget, or not within the cap.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.attempt_costs import AttemptCosts, Remainder, most_attempts
from market.frontier.pass_curves import CurveTables
from market.population.population import Population

_BATCH = 64  # problems drawn at once
USUAL_ATTEMPTS = 20  # of mean cost, after which a model is given up on at a problem


@dataclass(frozen=True)
class FittingSample:
    """Attempts bought of M models at k random problems.

    Attributes
    ----------
    problem
        [k] index of each problem in the population.
    needed
        [k, M] attempts until solved; infinite where the cap came first.
    failed_cost, solved_cost
        [k, M] list dollars of a failed and of a successful attempt.
    spend
        [M] list dollars spent.
    most_attempts
        Of the population.
    """

    problem: IntArray
    needed: FloatArray
    failed_cost: FloatArray
    solved_cost: FloatArray
    spend: FloatArray
    most_attempts: int | None = None


def usual_cap(population: Population, price: FloatArray) -> FloatArray:
    """[M] US dollars that a model may cost at one problem: 20 attempts of mean cost.

    arXiv:2603.22404 stops at 0.50 USD, where an attempt costs about 0.02 to 0.04 USD. Infinite
    where a model is not for sale.

    Parameters
    ----------
    population
        Problems and models.
    price
        [M] price multipliers; infinite where a model is not for sale.
    """
    cap: FloatArray = USUAL_ATTEMPTS * (population.weight @ population.list_cost) * price
    return cap


def buy_attempts(
    population: Population,
    weight: FloatArray,
    price: FloatArray,
    budget: float,
    cap: FloatArray,
    rng: Mapping[str, np.random.Generator],
    remainder: Remainder = "spent",
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
        [M] US dollars that each model may cost at one problem; list dollars where it is free.
    rng
        Generators: `"problems"`, and one per model name.
    remainder
        Whether what is left of the cap is spent on an attempt that is cut off, or kept.

    Returns
    -------
    FittingSample
        At least one problem.
    """
    sold = np.isfinite(price)
    capped_at = np.where(sold, cap, 0.0) / np.where(sold & (price > 0), price, 1.0)
    chosen: list[IntArray] = []
    needs: list[FloatArray] = []
    left, spend = budget, np.zeros(len(population.models))
    while True:
        problem = rng["problems"].choice(population.size, _BATCH, p=weight)
        costs = AttemptCosts(
            population.cost_of_failure[problem],
            population.cost_of_success[problem],
            remainder,
            most_attempts(population),
        )
        needed = np.column_stack(
            [
                draw_attempts(population.solve_prob[problem, m], rng[model])
                for m, model in enumerate(population.models)
            ]
        )
        allowed = np.where(sold, costs.attempts(capped_at), 0.0)
        needed = np.where(needed <= allowed, needed, np.inf)
        list_spend = costs.spend(needed, allowed, capped_at)
        bill = (list_spend * np.where(sold, price, 0.0)).sum(axis=1)
        fits = min(int(np.searchsorted(np.cumsum(bill), left, side="left")) + 1, _BATCH)
        chosen.append(problem[:fits])
        needs.append(needed[:fits])
        spend += list_spend[:fits].sum(axis=0)
        left -= float(bill[:fits].sum())
        if left <= 0 or not bill.any():  # nothing is for sale within the cap: nothing to learn
            break
    drawn = np.concatenate(chosen)
    return FittingSample(
        drawn,
        np.concatenate(needs),
        population.cost_of_failure[drawn],
        population.cost_of_success[drawn],
        spend,
        population.most_attempts,
    )


def draw_attempts(solve_prob: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw attempts until solved, geometric with these chances; infinite where they are 0."""
    effort = rng.standard_exponential(solve_prob.shape)
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
        [M, X] budget grids in list dollars, each rising from 0.
    remainder
        Whether what is left of a budget is spent or kept.

    Returns
    -------
    CurveTables
        Over the k problems of the sample, at equal weights; a model that did not solve one within
        the cap is taken never to solve it.
    """
    k = len(sample.problem)
    failed, succeeded = (
        values.T[:, :, None] for values in (sample.failed_cost, sample.solved_cost)
    )
    needed, grid = sample.needed.T[:, :, None], budget[:, None, :]
    population = Population(
        models=models,
        weight=np.full(k, 1 / k),
        solve_prob=np.where(np.isfinite(sample.needed), 1 / sample.needed, 0.0),
        list_cost=sample.failed_cost,
        failed_cost=sample.failed_cost,
        solved_cost=sample.solved_cost,
        source=f"a sample of {k} problems",
        most_attempts=sample.most_attempts,
    )
    costs = AttemptCosts(failed, succeeded, remainder, most_attempts(population))
    allowed = costs.attempts(grid)
    return CurveTables(
        population,
        "geometric",
        remainder,
        budget,
        (allowed >= needed).astype(np.float64),
        costs.spend(needed, allowed, grid),
    )
