"""What an arbitrageur knows after spending a fitting budget.

For each problem and model a cost-to-solve is drawn; the draws of a sample make step curves.
Source: arXiv:2603.22404.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.paper.cascades import Join, join
from market.paper.paper_curves import PaperMarket, Position, locate

CAP = 0.50  # US dollars spent at most on one problem with one model while sampling
PASSES = 8  # passes over the problems drawn at a time


@dataclass(frozen=True)
class PairCascades:
    """All cascades of two models whose thresholds are on one list, ready to be joined.

    Parameters
    ----------
    thresholds
        [P, 2] US dollars.
    budget
        [B] US dollars.
    first, second
        Where the thresholds lie on the budget grid.
    joining
        How the two stages are joined.
    """

    thresholds: FloatArray
    budget: FloatArray
    first: Position
    second: Position
    joining: Join

    @classmethod
    def of(cls, thresholds: FloatArray, budget: FloatArray) -> "PairCascades":
        """Precompute everything that does not depend on the pass curves."""
        first, second = (locate(budget, thresholds[:, stage]) for stage in (0, 1))
        return cls(thresholds, budget, first, second, join(thresholds, budget))

    def curves(self, solved: FloatArray) -> FloatArray:
        """Solve rates [P, B] of the cascades.

        Parameters
        ----------
        solved
            [B+1, B+1] chance that the first model solves a problem within one budget and the
            second within another; the last row and column stand for no condition.
        """
        points = len(self.budget)
        alone = solved[:points, points]
        held = self.first.read(alone)
        both = self.first.read(solved[:points, :points].T).T
        added = solved[points, :points] - both
        row, low = np.arange(len(held)), self.second.lower
        rise = added[row, low + 1] - added[row, low]
        values = np.zeros((len(held), 2 * points + 3))
        values[:, :points] = alone
        values[:, points] = held
        values[:, points + 1 : -2] = held[:, None] + added
        values[:, -2] = held + self.second.reached * (added[row, low] + self.second.weight * rise)
        return self.joining.apply(values)


def draw_costs(market: PaperMarket, passes: int, rng: np.random.Generator) -> FloatArray:
    """Draw costs-to-solve [passes·n, M], pass after pass, in one drawn order of the problems.

    A pass curve is read as a distribution and inverted, linearly in log budget. Infinite where
    unsolved within `CAP`.
    """
    # Records come sorted by id; in that order a small sample would be all of one domain. And any
    # one order kept for good would leave its mark on the mean over all samples.
    order = rng.permutation(len(market.solve))
    problems, models, _ = market.solve.shape
    luck = rng.random((passes, problems, models))
    cost = np.empty_like(luck)
    log_budget = np.log(market.budget)
    for problem, model in np.ndindex(problems, models):
        curve = market.solve[order[problem], model]
        chance = luck[:, problem, model]
        cost[:, problem, model] = np.exp(np.interp(chance, curve, log_budget))
        cost[chance > curve[-1], problem, model] = np.inf
    cost[cost > CAP] = np.inf
    return cost.reshape(passes * problems, models)


def draw_samples(
    market: PaperMarket, spend: float, count: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Cut one stream of draws into `count` samples [·, M], each worth `spend` US dollars.

    The second model's costs are counted, a problem it does not solve at `CAP`; the draw that
    reaches the amount is the last of its sample.
    """
    costs = np.empty((0, len(market.models)))
    for _ in range(count):
        while True:
            paid = np.cumsum(np.minimum(costs[:, 1], CAP))
            if len(paid) and paid[-1] >= spend:
                break
            costs = np.concatenate([costs, draw_costs(market, PASSES, rng)])
        end = int(np.searchsorted(paid, spend)) + 1
        yield costs[:end]
        costs = costs[end:]


def sampled_solves(sample: FloatArray, budget: FloatArray) -> FloatArray:
    """[B+1, B+1] joint step curves of a sample [·, 2] of two models' costs-to-solve."""
    points = len(budget)
    first, second = (np.searchsorted(budget, sample[:, model]) for model in (0, 1))
    counts = np.bincount(first * (points + 1) + second, minlength=(points + 1) ** 2)
    table = counts.reshape(points + 1, points + 1).cumsum(axis=0).cumsum(axis=1)
    solved: FloatArray = table / len(sample)
    return solved
