"""Moments between the points that were simulated: thin-plate splines through them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.optimize import least_squares

from market.foundation.arrays import FloatArray
from market.studies.fit.criterion import Criterion

_CLOSE = 1e-4  # relative, of a fit of the surrogate: what it finds is simulated anyway
_STARTS = 2  # best points so far, and points nearest to what is held, from which a fit begins
_INSIDE = 1e-9  # of the width of the bounds: a start of least squares must not lie on one


@dataclass(frozen=True)
class Surrogate:
    """Moments by place, cheap to ask.

    Attributes
    ----------
    places
        [n, d] simulated, each from 0 to 1.
    losses
        [n] there.
    criterion
        What the loss is.
    spline
        Through the moments.
    """

    places: FloatArray
    losses: FloatArray
    criterion: Criterion
    spline: RBFInterpolator

    @classmethod
    def through(
        cls, places: FloatArray, moments: FloatArray, criterion: Criterion, apart: float
    ) -> "Surrogate | None":
        """Lay it through points; None where they are too few, or on one plane.

        Parameters
        ----------
        places, moments
            [n, d] and [n, k]; points with a missing moment are left out.
        criterion
            What the loss is.
        apart
            Of points nearer to each other than this, the best is used alone: noise between
            neighbours would look like a steep slope.
        """
        loss = criterion.loss(moments)
        used: list[int] = []
        for n in np.argsort(loss, kind="stable").tolist():
            far = np.linalg.norm(places[used] - places[n], axis=1) if used else np.array([np.inf])
            if np.isfinite(loss[n]) and far.min() >= apart:
                used.append(n)
        level = np.column_stack([np.ones(len(used)), places[used]])
        if np.linalg.matrix_rank(level) < level.shape[1]:
            return None
        spline = RBFInterpolator(places[used], moments[used], kernel="thin_plate_spline", degree=1)
        return cls(places[used], loss[used], criterion, spline)

    def best(self, held: Sequence[tuple[int, float]] = ()) -> FloatArray:
        """[d] the place of the least loss, some coordinates being held at a place.

        Parameters
        ----------
        held
            Pairs of coordinate and place.
        """
        count = self.places.shape[1]
        fixed = dict(held)
        free = [i for i in range(count) if i not in fixed]
        place = np.zeros(count)
        for i, at in fixed.items():
            place[i] = at
        if not free:
            return place
        near = np.zeros(len(self.places))
        for i, at in fixed.items():
            near += (self.places[:, i] - at) ** 2
        orders = np.argsort(self.losses), np.lexsort((self.losses, near))
        starts = {tuple(self.places[n, free]) for order in orders for n in order[:_STARTS].tolist()}

        def distance(at: FloatArray) -> FloatArray:
            place[free] = at
            found = self.spline(place[None])[0] - self.criterion.target
            return self.criterion.whitened(np.asarray(found, dtype=np.float64))

        fits = [
            least_squares(
                distance,
                np.clip(np.array(start), _INSIDE, 1 - _INSIDE),
                bounds=(0.0, 1.0),
                method="trf",
                ftol=_CLOSE,
                xtol=_CLOSE,
            )
            for start in sorted(starts)
        ]
        found = min(fits, key=lambda fit: float(fit.cost))
        place[free] = found.x
        return np.clip(place, 0.0, 1.0)

    def loss(self, place: FloatArray) -> float:
        """At a place [d]."""
        return float(self.criterion.loss(np.asarray(self.spline(place[None])[0])))
