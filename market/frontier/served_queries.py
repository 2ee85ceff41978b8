"""What a router of one's own did with queries, and what draws of them anew would have shown."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams


@dataclass(frozen=True, eq=False)
class ServedQueries:
    """Q queries that a router served.

    Parameters
    ----------
    problem
        [Q] which problem each is, as an index.
    first
        [Q] the model that was tried first, as an index of `tried`.
    tried
        Names of these models.
    cost
        [Q] US dollars paid for each.
    solved
        [Q] whether it was solved, 0 or 1.

    Raises
    ------
    DataError
        There is no query.
    """

    problem: IntArray
    first: IntArray
    tried: tuple[str, ...]
    cost: FloatArray
    solved: FloatArray

    def __post_init__(self) -> None:
        """Refuse what cannot be judged."""
        if not len(self.problem):
            raise DataError("no query to judge a router by")

    def weights(self, problems: int) -> FloatArray:
        """[P] share of the queries that are of each problem."""
        return np.bincount(self.problem, minlength=problems) / len(self.problem)

    def drawn(
        self, problems: int, streams: Streams, draws: int, each_its_own: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Draw problems anew with all their queries: solve rate [D], cost [D], weights [D, P].

        Parameters
        ----------
        problems
            P.
        streams, draws
            Of the draws, D of them.
        each_its_own
            Whether every query is a problem of its own, as where classes stand for problems: then
            queries are drawn one by one.
        """
        unit = (
            np.arange(len(self.problem))
            if each_its_own
            else np.unique(self.problem, return_inverse=True)[1].ravel()
        )
        units = int(unit.max()) + 1
        rng = streams.generator("resampled queries")
        times = rng.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)
        count, solved, cost = (
            np.bincount(unit, weights=values, minlength=units)
            for values in (np.ones(len(unit)), self.solved, self.cost)
        )
        queries = times @ count
        weight = np.empty((draws, problems))
        for d, of_unit in enumerate(times):
            weight[d] = np.bincount(self.problem, weights=of_unit[unit], minlength=problems)
        return times @ solved / queries, times @ cost / queries, weight / queries[:, None]
