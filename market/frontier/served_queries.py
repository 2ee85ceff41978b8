"""What a router of one's own did with queries, and what draws of them anew would have shown."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.population.population import Population


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
        There is no query, or none is solved.
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
        if not self.solved.any():
            raise DataError(
                f"none of the {len(self.problem)} queries was solved, so there is no solve rate to "
                "price; see that the log's field of results is the right one (--solved FIELD, and "
                "--solved-at for scores)"
            )

    def weights(self, problems: int) -> FloatArray:
        """[P] share of the queries that are of each problem."""
        return np.bincount(self.problem, minlength=problems) / len(self.problem)

    def resampled(self, population: Population, streams: Streams, draws: int) -> "Redrawn":
        """Draw problems anew, each with all its queries.

        Where classes stand for problems, every query is a problem of its own, and queries are drawn
        one by one.

        Parameters
        ----------
        population
            Whose problems these are.
        streams, draws
            Of the draws, D of them.
        """
        own = population.sample_size is not None
        unit = (
            np.arange(len(self.problem)) if own else np.unique(self.problem, return_inverse=True)[1]
        )
        units = int(unit.max()) + 1
        rng = streams.generator("resampled queries")
        times = rng.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)
        count, solved, cost = (
            np.bincount(unit, weights=values, minlength=units)
            for values in (np.ones(len(unit)), self.solved, self.cost)
        )
        queries = times @ count
        weight = np.empty((draws, population.clusters))
        for d, of_unit in enumerate(times):
            weight[d] = np.bincount(self.problem, of_unit[unit], minlength=population.clusters)
        each = population.strata or 1
        rows = np.repeat(weight / queries[:, None], each, axis=1) / each
        return Redrawn(times @ solved / queries, times @ cost / queries, rows)


@dataclass(frozen=True, eq=False)
class Redrawn:
    """What D draws of the problems show: solve rate and cost [D], weights of the rows [D, n]."""

    solve_rate: FloatArray
    cost: FloatArray
    weight: FloatArray
