"""A model that is served worse than its maker does, as from quantised weights."""

from dataclasses import replace

import numpy as np

from market.foundation.arrays import FloatArray
from market.population.population import Population


def with_shifted(population: Population, model: str, name: str, shift: float) -> Population:
    """Add a model like another, its logit solve probability moved at every problem, as the last.

    Its attempts cost the same. What a model never solves, or always, the other does, too. The
    recorded counts are dropped, since the new model has none.

    Parameters
    ----------
    population
        Problems and models.
    model, name
        Names of the model that is there, and of the new one.
    shift
        Of ln(p / (1 − p)); below 0 for a worse model.

    Raises
    ------
    DataError
        There is no such model.
    """
    from scipy.special import expit, logit  # slow to import: only where used

    column = population.index(model)
    with np.errstate(divide="ignore"):
        prob = expit(logit(population.solve_prob[:, column]) + shift)

    def again(cost: FloatArray) -> FloatArray:
        return np.column_stack((cost, cost[:, column]))

    failed, solved = population.failed_cost, population.solved_cost
    return replace(
        population,
        models=(*population.models, name),
        solve_prob=np.column_stack((population.solve_prob, prob)),
        list_cost=again(population.list_cost),
        failed_cost=None if failed is None else again(failed),
        solved_cost=None if solved is None else again(solved),
        successes=None,
        attempts=None,
        source=f"{population.source}; {name}: {model}, logit solve probability {shift:+g}",
    )
