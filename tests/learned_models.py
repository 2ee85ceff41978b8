"""Two unlike models, for tests of routers that learn."""

import numpy as np

from market.frontier.budget_grid import build_tables
from market.frontier.pass_curves import CurveTables
from market.population.item_response import synthetic


def small_and_large(problems: int) -> CurveTables:
    """Curves of a cheap model and an abler one, each with problems of its own."""
    models = {"small": (-1.0, 0.002), "large": (0.5, 0.03)}
    draws = {name: np.random.default_rng([0, k]) for k, name in enumerate(("problems", *models))}
    return build_tables(
        synthetic(
            {name: ability for name, (ability, _) in models.items()},
            {name: cost for name, (_, cost) in models.items()},
            problems=problems,
            heterogeneity=1.5,
            unsolvable=0.1,
            rng=draws,
        )
    )
