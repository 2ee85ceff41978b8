"""What targets tell of parameters: slopes of moments, directions, and how far each may move."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from market.foundation.arrays import FloatArray
from market.studies.fit.criterion import WITHIN, Criterion
from market.studies.fit.search import Effort
from market.studies.fit.surrogate import Surrogate
from market.studies.fit.trials import Trials

STEP = 0.02
"""Half of the step of a slope, as a share of the width of the bounds: wide enough for some buyers
to choose anew, narrow enough for the moments to be nearly straight."""
GRID = 8
"""Values of each parameter at which the others are fitted anew, over the whole of its bounds."""
ROUNDS = 4
"""Times that the others are fitted, again where the surrogate has learned, or an end is near."""


def slopes(trials: Trials, best: int, step: float = STEP) -> FloatArray:
    """[k, d] change of mean moments per width of each parameter's bounds, at a point.

    Differences of a step to both sides, cut at the bounds; to one side where a moment is missing at
    the other, and 0, as nothing is known, where it is missing at both.
    """
    place = trials.places[best]
    count = len(place)
    moved = step * np.eye(count)
    sides = np.clip(np.vstack([place + moved, place - moved]), 0.0, 1.0)
    points = trials.at(sides)
    means = trials.means
    missing = np.logical_not(np.isfinite(means[points]).all(axis=1, keepdims=True))[:, 0]
    sides[missing] = place
    up, down = np.split(np.where(missing[:, None], means[best], means[points]), 2)
    width = (sides[:count] - sides[count:]).diagonal()
    known = np.where(width > 0, width, 1.0)
    return np.asarray((up - down).T / known, dtype=np.float64)


@dataclass(frozen=True)
class Direction:
    """A mix of parameters, and how much the targets tell of it.

    Attributes
    ----------
    loads
        [d] of length 1, in widths of the bounds.
    told
        By how many standard errors the moments move if the parameters move by one such width.
    """

    loads: FloatArray
    told: float

    @property
    def pinned(self) -> bool:
        """Whether its 95% interval is narrower than the bounds."""
        return self.told**2 > 4 * WITHIN


def directions(scaled: FloatArray) -> tuple[Direction, ...]:
    """Mixes of parameters from the best told to the least, by singular values.

    Parameters
    ----------
    scaled
        [k, d] slopes of moments in units of noise per width of the bounds.
    """
    _, values, loads = np.linalg.svd(scaled, full_matrices=True)
    told = np.zeros(len(loads))
    told[: len(values)] = values
    return tuple(Direction(of, float(value)) for of, value in zip(loads, told, strict=True))


def standard_errors(found: Sequence[Direction]) -> FloatArray:
    """[d] of the estimate, in widths of the bounds: the diagonal of (G'V⁻¹G)⁻¹, by directions.

    A mix that is not told counts as uncertain by one such width, which is as far as it may go: it
    spoils the error of what loads on it, and of nothing else.
    """
    loads = np.array([one.loads for one in found])
    told = np.array([max(one.told, 1.0) for one in found])
    return np.asarray(np.linalg.norm(loads / told[:, None], axis=0), dtype=np.float64)


@dataclass(frozen=True)
class Profile:
    """The least loss by one parameter, the others fitted anew.

    Attributes
    ----------
    places
        [n] of the parameter, rising.
    losses
        [n] simulated at the others' best places.
    low, high
        The outermost places at which the loss is within what the 95% interval allows.
    open_low, open_high
        Whether it still is at the bound.
    """

    places: FloatArray
    losses: FloatArray
    low: float
    high: float
    open_low: bool
    open_high: bool

    @property
    def everywhere(self) -> bool:
        """Whether the targets leave it anywhere within its bounds."""
        return self.open_low and self.open_high


def profiles(trials: Trials, criterion: Criterion, effort: Effort) -> tuple[Profile, ...]:
    """How far each parameter may move while the loss stays within tolerance of the least.

    The others are fitted on the surrogate, and the market is then simulated there: where it turns
    out to be further from its targets, and where the interval ends, again with what was learned.
    """
    count = trials.places.shape[1]
    found: list[dict[float, int]] = [{} for _ in range(count)]
    asked = [np.linspace(0.0, 1.0, GRID).tolist() for _ in range(count)]
    for _ in range(ROUNDS):
        surrogate = Surrogate.through(trials.places, trials.means, criterion, effort.finest)
        wanted = [(i, at) for i in range(count) for at in asked[i]]
        if surrogate is None:  # too few points have moments to tell how to fit the others
            middle = trials.places[trials.best(criterion)]
            places = [np.where(np.arange(count) == i, at, middle) for i, at in wanted]
        else:
            places = [surrogate.best([pair]) for pair in wanted]
            places += _hopeful(trials, criterion, surrogate, found)
        if not places:
            break
        trials.at(np.array(places))
        losses = trials.losses(criterion)
        best = trials.best(criterion)
        for i in range(count):
            found[i] = _lowest(trials.places[:, i], losses, {*found[i], *asked[i]}, best)
            over = {at: float(losses[point] - losses[best]) for at, point in found[i].items()}
            asked[i] = list(_ends(over))
    losses, best = trials.losses(criterion), trials.best(criterion)
    return tuple(_profile(of, losses, losses[best]) for of in found)


def _hopeful(
    trials: Trials, criterion: Criterion, surrogate: Surrogate, found: Sequence[Mapping[float, int]]
) -> list[FloatArray]:
    """Places for what was outside, and where the others may fit better by what was learned."""
    within = float(trials.losses(criterion).min()) + WITHIN
    again = [
        surrogate.best([(i, at)])
        for i, of in enumerate(found)
        for at, point in of.items()
        if trials.loss(point, criterion) > within
    ]
    return [place for place in again if surrogate.loss(place) <= within]


def _lowest(column: FloatArray, losses: FloatArray, at: set[float], best: int) -> dict[float, int]:
    """By place of one parameter, rising, the point of the least loss that has it there."""
    found = {}
    for place in sorted({*at, float(column[best])}):
        there = np.flatnonzero(column == place)
        found[place] = int(there[np.argmin(losses[there])])
    return found


def _ends(over: Mapping[float, float]) -> Iterator[float]:
    """Where the interval ends: between places of which one is within tolerance, and one is not."""
    for (one, left), (other, right) in pairwise(over.items()):
        if (left <= WITHIN) != (right <= WITHIN):
            yield _crossing(one, other, left, right)


def _crossing(one: float, other: float, left: float, right: float) -> float:
    """Where the root of the loss, which is nearly straight, passes that of the tolerance."""
    a, b = (np.sqrt(max(over, 0.0)) if np.isfinite(over) else np.inf for over in (left, right))
    if not np.isfinite([a, b]).all() or a == b:
        return (one + other) / 2
    return float(one + (other - one) * (np.sqrt(WITHIN) - a) / (b - a))


def _profile(found: dict[float, int], losses: FloatArray, least: float) -> Profile:
    places = np.array(list(found))
    values = np.array([losses[found[at]] for at in places.tolist()])
    over = values - least
    inside = np.flatnonzero(over <= WITHIN)
    first, last = int(inside[0]), int(inside[-1])
    low, high = float(places[first]), float(places[last])
    if first > 0:
        low = _crossing(float(places[first - 1]), low, over[first - 1], over[first])
    if last < len(places) - 1:
        high = _crossing(high, float(places[last + 1]), over[last], over[last + 1])
    return Profile(places, values, low, high, first == 0, last == len(places) - 1)
