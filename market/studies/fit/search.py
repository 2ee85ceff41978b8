"""The search for the least loss: a design, a surrogate of the moments, and COBYQA.

All seeds are the same at every point, so that the loss is a function of the parameters and not a
noisy one. It has no derivatives, and is not smooth where a buyer's choice jumps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, minimize
from scipy.stats import qmc

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.studies.fit.criterion import Criterion
from market.studies.fit.surrogate import Surrogate
from market.studies.fit.trials import Trials


@dataclass(frozen=True)
class Effort:
    """How long is searched, in points of the market for d parameters, and how finely.

    Attributes
    ----------
    spread
        Points of the first design per parameter, rounded up to a power of 2.
    rounds
        Fits of the surrogate that are simulated, at most.
    steps
        Points of the local search per parameter, and one more.
    finest
        Width of its last steps, as a share of that of the bounds.
    near
        Standard errors of a target within which it counts as reached.
    """

    spread: int = 8
    rounds: int = 6
    steps: int = 15
    finest: float = 1e-3
    near: float = 0.01

    def designed(self, count: int) -> int:
        """Points of the first design."""
        return 1 << (self.spread * count - 1).bit_length()

    def most(self, count: int) -> int:
        """Points that a search looks at, at most, without its start."""
        return self.designed(count) + self.rounds + self.steps * (count + 1)


def design(count: int, effort: Effort, start: Sequence[float | None], seed: int) -> FloatArray:
    """[n, d] places of the first design: the start where it is known, and a Sobol' sequence."""
    key = int(Streams(seed).generator("fit", "design").integers(2**63))  # scipy spawns its own
    points = effort.designed(count).bit_length() - 1
    drawn = qmc.Sobol(count, scramble=True, rng=key).random_base2(points)
    middle = [0.5 if place is None else place for place in start]
    return np.vstack([middle, drawn])


def refine(trials: Trials, criterion: Criterion, effort: Effort) -> int:
    """From what was simulated, the point of the least loss that is found."""
    reached = len(criterion.target) * effort.near**2
    for _ in range(effort.rounds):
        before = trials.losses(criterion).min()
        if before <= reached:
            break
        surrogate = Surrogate.through(trials.places, trials.means, criterion, effort.finest)
        if surrogate is None:
            break
        trials.at(surrogate.best()[None])
        if not trials.losses(criterion).min() < before:
            break
    best = trials.best(criterion)
    if trials.losses(criterion)[best] > reached:
        _climb_down(trials, criterion, effort, trials.places[best], reached)
    return trials.best(criterion)


def _climb_down(
    trials: Trials, criterion: Criterion, effort: Effort, start: FloatArray, reached: float
) -> None:
    """COBYQA (Ragonneau & Zhang 2023) from a place, with bounds and without derivatives."""
    count = len(start)
    losses = trials.losses(criterion)
    worst = 10 * float(losses[np.isfinite(losses)].max())  # of a point without all moments

    def loss(place: FloatArray) -> float:
        (point,) = trials.at(np.clip(place, 0.0, 1.0)[None])
        return min(trials.loss(point, criterion), worst)

    minimize(  # every point that it looks at is among the trials
        loss,
        start,
        method="COBYQA",
        bounds=Bounds(np.zeros(count), np.ones(count)),
        options={
            "initial_tr_radius": effort.finest ** (1 / 3),
            "final_tr_radius": effort.finest,
            "maxfev": effort.steps * (count + 1),
            "f_target": reached,
        },
    )
