"""Synthetic populations by item response: abilities, difficulties and costs that are drawn."""

from collections.abc import Mapping

import numpy as np

from market.population.population import Population


def synthetic(
    ability: Mapping[str, float],
    cost: Mapping[str, float],
    *,
    problems: int,
    heterogeneity: float,
    unsolvable: float,
    rng: Mapping[str, np.random.Generator],
    discrimination: float = 1.5,
    cost_sigma: float = 0.5,
    cost_slope: float = 0.3,
) -> Population:
    """Draw a population of problems by item response.

    Difficulty dᵢ ~ N(0, 1); a model of ability θ solves a problem in one attempt with chance
    logistic(a(θ − dᵢ) + εᵢₘ), where the specialisation noise εᵢₘ ~ N(0, `heterogeneity`) is what
    models do not have in common (Rasch/2PL item response; `discrimination` is a). An attempt costs
    `cost` · exp(`cost_slope` · dᵢ + `cost_sigma` · zᵢₘ − mean correction), lognormal with mean near
    `cost`, rising with difficulty. The noise zᵢₘ mixes a part that all models share with an own
    part in proportion to `heterogeneity`/(1 + `heterogeneity`), so at heterogeneity 0 models of
    equal ability and cost are the same model.

    Parameters
    ----------
    ability, cost
        By model: θ, and US dollars per attempt.
    problems
        n.
    heterogeneity
        Standard deviation of ε, at least 0.
    unsolvable
        Share of the problems that no model ever solves.
    rng
        Generators: `"problems"`, and one per model name; adding a model moves no other draw.

    Returns
    -------
    Population
        Equal weights, no recorded counts.
    """
    from scipy.special import expit  # slow to import: only where used

    n, common = problems, rng["problems"]
    difficulty = common.standard_normal(n)
    shared_noise = common.standard_normal(n)
    dead = np.zeros(n, dtype=bool)
    dead[common.permutation(n)[: round(unsolvable * n)]] = True
    own_share = heterogeneity / (1 + heterogeneity)
    prob, price = np.empty((n, len(ability))), np.empty((n, len(ability)))
    for m, (model, theta) in enumerate(ability.items()):
        epsilon = heterogeneity * rng[model].standard_normal(n)
        own_noise = rng[model].standard_normal(n)
        noise = np.sqrt(1 - own_share) * shared_noise + np.sqrt(own_share) * own_noise
        prob[:, m] = np.where(dead, 0.0, expit(discrimination * (theta - difficulty) + epsilon))
        log_cost = cost_slope * difficulty + cost_sigma * noise
        price[:, m] = cost[model] * np.exp(log_cost - (cost_slope**2 + cost_sigma**2) / 2)
    return Population(
        models=tuple(ability),
        weight=np.full(n, 1 / n),
        solve_prob=prob,
        list_cost=price,
        source=f"synthetic: {n} problems, heterogeneity {heterogeneity:g}",
    )
