"""A model that there are no records of, from what is publicly known: how much it solves, and costs.

Its solve probabilities follow those of a model that is there, the *like* one. Let gᵢ be the normal
score of problem i by the like model's solve probability pᵢ (the standard normal quantile of the
share of problems that are harder for it), cᵢ that by how easy the problem is for all models of the
source, and ρ the slope of g on c: gᵢ − ρcᵢ is the like model's own. The added model finds problem i
as easy as

    sᵢ = ρ·cᵢ + a·(gᵢ − ρ·cᵢ) + √(1 − a²)·σ·zᵢ,    σ = sd(g − ρ·c),  zᵢ ~ N(0, 1),

a being `alike`. At 1 the same problems are hard for both. At 0 they have in common what all models
have, and the added model has noise of its own, of the size of the like model's: so do two models of
an item-response law (:mod:`market.population.item_response`), of which the noise is
`heterogeneity`. The k-th easiest problem of the added model has the k-th highest pᵢ, so that it
leaves as many unsolved for ever; then all logits move by one number, and the stated rate is met.
A logit cannot move from 0 or 1: what is never solved stays so, and what no model of the source
solves is not solved by this one. An attempt costs what the like model's costs at the same problem,
times the number that meets the stated mean.

How well that does: taking each of the six models of the shipped pack as unknown and each other as
like it, with its true rate and cost, the mean margin of the two is 5.8% over the 30 pairs, and by
this law 6.6, 5.5, 4.3, 2.7 and 1.0% with a = 0, ¼, ½, ¾ and 1, off by 4.9, 4.4, 4.2, 4.9 and 6.5
points of margin (root of the mean square) in single pairs. Of the records that the pack is made
from, at solve rates that the like model can be shifted to (22 pairs), 7.5%, and 7.0, 6.0, 4.6, 2.8
and 0.3%, off by 5.2, 4.9, 5.1, 6.2 and 8.7 points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.population.population import Population
from market.population.stated_rates import at_rate, at_rates


@dataclass(frozen=True)
class PublicFigures:
    """What is known of a model, and what is assumed.

    Attributes
    ----------
    solve_rate
        Share of problems that one attempt solves, in the mean; or that share by domain.
    cost
        US dollars of a mean attempt at list price.
    like
        The model whose solve probabilities and costs it follows.
    alike
        From 1, the same problems are hard for both, to 0, they have in common what all models do.
    """

    solve_rate: float | Mapping[str, float]
    cost: float
    like: str
    alike: float


def with_added_model(
    population: Population, name: str, known: PublicFigures, z: FloatArray
) -> Population:
    """Add a model that there are no records of, as the last.

    Recorded counts are dropped, since it has none: all models are then known by their solve
    probabilities. What problems are told apart by stays.

    Parameters
    ----------
    population
        Problems and models.
    name
        Of the new one.
    known
        What is known of it.
    z
        [n] draws of N(0, 1), one per problem.

    Raises
    ------
    DataError
        There is a model of that name, or none to be like; domains that the problems have not; a
        rate that cannot be met; or nothing that tells how models differ, and `alike` below 1.
    """
    if name in population.models:
        raise DataError(f"name: {name!r} is a model of the population; choose another")
    column = population.index(known.like)
    prob = _rearranged(population, column, known.alike, z)
    if isinstance(known.solve_rate, Mapping):
        prob = at_rates(population, prob, known.solve_rate)
    else:
        prob = at_rate(population.weight, prob, known.solve_rate, "solve_rate")
    times = known.cost / float(population.weight @ population.list_cost[:, column])

    def with_cost(cost: FloatArray) -> FloatArray:
        return np.column_stack((cost, times * cost[:, column]))

    failed, solved = population.failed_cost, population.solved_cost
    return replace(
        population,
        models=(*population.models, name),
        solve_prob=np.column_stack((population.solve_prob, prob)),
        list_cost=with_cost(population.list_cost),
        failed_cost=None if failed is None else with_cost(failed),
        solved_cost=None if solved is None else with_cost(solved),
        successes=None,
        attempts=None,
        source=f"{population.source}; {name}: assumed, like {known.like}",
    )


def _rearranged(population: Population, column: int, alike: float, z: FloatArray) -> FloatArray:
    """[n] the like model's solve probabilities, at the problems that are as easy for the new."""
    prob = population.solve_prob[:, column].copy()
    if alike == 1:
        return prob
    solvable = (population.solve_prob > 0).any(axis=1)
    if population.traits is not None:
        solvable |= (population.traits > 0).any(axis=1)
    ease = population.solve_prob.mean(axis=1)
    if population.strata is None and population.difficulty is not None:
        ease = (
            1 - population.difficulty
        )  # of all models of the source; strata have one of their own
    weight = population.weight[solvable]
    g, c = (_normal_scores(values[solvable], weight) for values in (prob, ease))
    spread = float(weight @ c**2)
    common = (float(weight @ (g * c)) / spread if spread > 0 else 0.0) * c
    own = g - common
    noise = float(np.sqrt(weight @ own**2 / weight.sum()))
    if noise < 1e-9:  # of scores, whose standard deviation is 1
        raise DataError(
            f"alike: {alike:g} is below 1, but nothing in this population tells how models differ; "
            "set alike = 1, or take a source of several models"
        )
    ranked = common + alike * own + np.sqrt(1 - alike**2) * noise * z[solvable]
    easy, new = np.argsort(prob[solvable], kind="stable"), np.argsort(ranked, kind="stable")
    place = np.empty(len(weight))
    place[new] = np.cumsum(weight[new]) - weight[new] / 2
    at = np.searchsorted(np.cumsum(weight[easy]), place)
    prob[solvable] = prob[solvable][easy[np.minimum(at, len(weight) - 1)]]
    return prob


def _normal_scores(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Normal scores of ranks, ties in the middle of theirs; of weighted mean 0."""
    from scipy.special import ndtri  # slow to import: only where used

    _, which = np.unique(values, return_inverse=True)
    mass = np.bincount(which, weight)
    below = (np.cumsum(mass) - mass / 2) / mass.sum()
    scores: FloatArray = ndtri(below)[which]
    return scores - float(weight @ scores) / float(weight.sum())
