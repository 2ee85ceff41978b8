"""Points that were simulated, each once."""

from collections.abc import Callable

import numpy as np

from market.foundation.arrays import FloatArray
from market.studies.fit.criterion import Criterion

Simulate = Callable[[FloatArray], FloatArray]
"""From places [n, d] to the moments [n, R, k] of R runs at each, all on the same R seeds."""


class Trials:
    """What was simulated so far.

    Parameters
    ----------
    simulate
        Runs the market at places.
    count
        d, the number of parameters.
    """

    def __init__(self, simulate: Simulate, count: int) -> None:
        self._simulate = simulate
        self._at: dict[bytes, int] = {}
        self.places: FloatArray = np.empty((0, count))
        self._moments: list[FloatArray] = []

    def at(self, places: FloatArray) -> list[int]:
        """Numbers of these places [n, d] among the points; those that are new are simulated."""
        new = {place.tobytes(): place for place in places if place.tobytes() not in self._at}
        if new:
            fresh = np.array(list(new.values()))
            for key, moments in zip(new, self._simulate(fresh), strict=True):
                self._at[key] = len(self._moments)
                self._moments.append(moments)
            self.places = np.vstack([self.places, fresh])
        return [self._at[place.tobytes()] for place in places]

    def moments(self, point: int) -> FloatArray:
        """[R, k] of one point."""
        return self._moments[point]

    @property
    def means(self) -> FloatArray:
        """[n, k] means over the runs at each point; NaN where one lacks a moment."""
        return np.array([moments.mean(axis=0) for moments in self._moments])

    def losses(self, criterion: Criterion) -> FloatArray:
        """[n] of all points."""
        return criterion.loss(self.means)

    def loss(self, point: int, criterion: Criterion) -> float:
        """Of one point."""
        return float(criterion.loss(self._moments[point].mean(axis=0)))

    def best(self, criterion: Criterion) -> int:
        """The point of the least loss."""
        return int(np.argmin(self.losses(criterion)))
