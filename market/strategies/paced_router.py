"""A learning router with so much to spend per query, whatever a solution is worth.

A bandit with a knapsack (Badanidiyuru, Langford and Slivkins 2014): what a dollar is worth, in
solutions, is its shadow price λ, which rises where the router spends too much and falls where it
spends too little, in proportion and by what is over or under (online mirror descent, as of Agrawal
and Devanur 2016 for linear contexts). At λ the router chooses as if a solution were worth 1/λ.
"""

import math

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, zero_where_infinite
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.learning_routers import LearningRouter, Routed, Seen


class PacedRouter:
    """Have a router choose at the value of a solution at which it spends its budget.

    Parameters
    ----------
    router
        It chooses.
    tree
        Its cascades.
    budget
        US dollars per query, above 0.
    step
        How far λ moves when a batch costs twice the budget, as a share; more is quicker, and less
        steady.
    """

    def __init__(
        self, router: LearningRouter, tree: CascadeTree, budget: float, *, step: float = 0.1
    ) -> None:
        self.router, self.budget, self.step = router, budget, step
        self._tree = tree
        self._price = np.ones(len(tree.models))
        self.value: float | None = None

    def route(
        self, seen: Seen, price: FloatArray, value: float, rng: np.random.Generator
    ) -> Routed:
        """Choose at its own value of a solution; it begins with the one that is given."""
        self._price = zero_where_infinite(price)
        self.value = value if self.value is None else self.value
        return self.router.route(seen, price, self.value, rng)

    def observe(self, seen: Seen, trials: Trials) -> None:
        """Learn, and move the value of a solution towards where the budget is spent."""
        self.router.observe(seen, trials)
        if self.value is not None and len(trials.row):
            spent = float(trials.list_spend(self._tree) @ self._price) / len(trials.row)
            over = min(spent / self.budget - 1, 1.0)
            self.value *= math.exp(-self.step * over)

    def observe_sample(self, seen: Seen, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn; samples are bought beside the budget."""
        self.router.observe_sample(seen, draws, sold)
