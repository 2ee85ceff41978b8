"""Small markets on which the paper's procedures have closed forms."""

import numpy as np

from market.paper.paper_curves import PaperMarket, budget_grid
from market.population.population import Population

GRID = budget_grid(1.0)


def recorded(successes, attempts, cost, models=("a", "b")):
    successes, attempts = np.array(successes), np.array(attempts)
    return Population(
        models=models,
        weight=np.full(len(successes), 1 / len(successes)),
        solve_prob=successes / attempts,
        list_cost=np.array(cost, dtype=float),
        successes=successes,
        attempts=attempts,
    )


def geometric_market(prob, cost, budget=GRID):
    """Smooth pass curves 1 − (1 − p)^(b / c): [n, M, B]."""
    prob, cost = np.array(prob)[..., None], np.array(cost)[..., None]
    solve = 1 - (1 - prob) ** (budget / cost)
    return PaperMarket(("cheap", "good"), budget, solve)
