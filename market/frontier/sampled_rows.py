"""A sample of very many problems, to search for cascades on before all are gone over.

Which cascade is the best hardly hangs on which problems of one kind are counted: a policy chosen on
a sample costs more than the best by about the square of what the sample errs by. So problems are
put in order of how many models solve them how surely, and taken at even steps of their weight
(systematic sampling, Madow and Madow 1944): each part of the order counts for as much as it weighs.
"""

import math

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.pass_curves import CurveTables
from market.population.population import Population

ERROR = 0.01  # of what a model solves or spends: standard error of what a sample says of it
_PAYS = 2  # times as many problems as the sample that there must be, so that it is worth its care


def sample_rows(
    tables: CurveTables, weight: FloatArray, level: IntArray, error: float = ERROR
) -> tuple[IntArray, FloatArray] | None:
    """Few rows that stand for all of them.

    Parameters
    ----------
    tables, weight
        Curves of n rows and their weights [n].
    level
        [M, x] few budgets of each model, as indices.
    error
        Standard error of a model's mean solve rate and mean spend, as a share of it. It is that of
        neighbours in the order (Wolter 1984), at the lowest budget at which the model solves half
        of what it can and at its highest.

    Returns
    -------
    Rows, and their weights; None where all rows are searched on, as so few would not do.
    """
    counted = np.flatnonzero(weight > 0)
    share = weight[counted] / weight[counted].sum()
    prob = tables.population.solve_prob[counted]
    cost = tables.population.list_cost[counted]
    order = np.lexsort((cost.sum(axis=1), prob.sum(axis=1)))
    rows, share = counted[order], share[order]
    most = max(
        (_variance(curve[rows], share) for curve in _told(tables, level)),
        default=0.0,
    )
    wanted = max(math.ceil(most / error**2), 1)
    if wanted * _PAYS > len(rows):
        return None
    chance = share * _favoured(share, prob[order].max(axis=1) > 0)
    chance /= chance.sum()
    steps = (np.arange(wanted) + 0.5) / wanted
    at = np.minimum(np.searchsorted(chance.cumsum(), steps), len(rows) - 1)
    at, times = np.unique(at, return_counts=True)
    stands_for = times * share[at] / chance[at]
    chosen = np.argsort(rows[at])
    return rows[at][chosen], stands_for[chosen] / stands_for.sum()


def _favoured(share: FloatArray, solvable: BoolArray) -> FloatArray:
    """[n] how much likelier a row of those in order is to be taken than by its weight.

    What the last few solve rates cost rests on the few hardest problems that are solved at all. So
    half of the sample is spread evenly over the logarithm of the weight that is as hard or harder.
    """
    favoured = np.ones(len(share))
    if solvable.any():
        harder = share[solvable].cumsum()
        even = 1 / harder
        favoured[solvable] += even / (share[solvable] @ even)
    return favoured


def on_rows(tables: CurveTables, rows: IntArray, weight: FloatArray) -> CurveTables:
    """Curves of some rows alone, with weights of their own; what a verifier accepts among them."""
    whole = tables.population
    costs = (whole.failed_cost, whole.solved_cost)
    failed, right = (None if of is None else of[rows] for of in costs)
    few = Population(
        whole.models,
        weight,
        whole.solve_prob[rows],
        whole.list_cost[rows],
        failed_cost=failed,
        solved_cost=right,
    )
    optional = (tables.accepted, tables.checks, tables.harm)
    accepted, checks, harm = (None if of is None else of[:, rows] for of in optional)
    return CurveTables(
        few,
        tables.estimator,
        tables.remainder,
        tables.budget,
        tables.solved[:, rows],
        tables.spend[:, rows],
        accepted=accepted,
        checks=checks,
        harm=harm,
    )


def _told(tables: CurveTables, level: IntArray) -> list[FloatArray]:
    """[n] each: what models solve and spend, by which a sample is told to be large enough."""
    curves = []
    for model, own in enumerate(level):
        solved, spend = tables.solved[model], tables.spend[model]
        mean = tables.population.weight @ solved[:, own]
        for at in {int(own[np.searchsorted(mean, mean[-1] / 2)]), int(own[-1])}:
            curves += [solved[:, at], spend[:, at]]
    return curves


def _variance(values: FloatArray, share: FloatArray) -> float:
    """Variance of one row of a sample in order, as a share of the squared mean."""
    mean = float(share @ values)
    if mean == 0:
        return 0.0
    apart = np.diff(values) / mean
    return float(share[1:] @ (apart * apart)) / 2
