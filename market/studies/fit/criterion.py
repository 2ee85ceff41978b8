"""How far simulated moments are from their targets, and what that says of parameters.

Simulated moments after McFadden (Econometrica 57, 1989, 995-1026) and Gouriéroux & Monfort
(Simulation-Based Econometric Methods, 1996, ch. 2). With k targets t of covariance D, and m(θ) the
mean of R runs whose moments have covariance S, the loss is g'Wg with g = m(θ) − t, and the noise of
g is V = D + S/R. With G = ∂m/∂θ the covariance of the estimate is (G'WG)⁻¹ G'WVWG (G'WG)⁻¹; it is
least, and the least loss has a χ² distribution of k − d degrees, with W = V⁻¹, which is used: then
it is (G'V⁻¹G)⁻¹.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from market.foundation.arrays import FloatArray
from market.measures.intervals import LEVEL

WITHIN = float(chi2.ppf(LEVEL, 1))
"""How far the loss may rise above its least while one parameter is in its 95% interval."""


@dataclass(frozen=True)
class Criterion:
    """The loss: squared distance of moments from their targets, in units of their noise.

    Attributes
    ----------
    target
        [k] figures to reach.
    noise
        [k, k] covariance V of what is left of the distance at the true parameters.
    """

    target: FloatArray
    noise: FloatArray

    @classmethod
    def of(cls, target: FloatArray, error: FloatArray, moments: FloatArray) -> "Criterion":
        """The loss whose noise is that of targets, and of runs as they are at one point.

        Parameters
        ----------
        target, error
            [k] figures to reach, and their standard errors.
        moments
            [R, k] in R runs.
        """
        return cls(target, np.diag(error**2) + simulation_noise(moments))

    def whitened(self, distance: FloatArray) -> FloatArray:
        """[..., k] a distance [..., k] in independent units of noise: the loss is its square."""
        root = np.linalg.cholesky(self.noise)
        flat = distance.reshape(-1, len(self.target)).T
        return np.asarray(np.linalg.solve(root, flat).T.reshape(distance.shape), dtype=np.float64)

    def loss(self, moments: FloatArray) -> FloatArray:
        """[...] of moments [..., k]; infinite where one is missing."""
        there = np.asarray(np.isfinite(moments).all(axis=-1))
        distance = np.where(there[..., None], moments - self.target, 0.0)
        squares = (self.whitened(distance) ** 2).sum(axis=-1)
        return np.asarray(np.where(there, squares, np.inf), dtype=np.float64)


def simulation_noise(moments: FloatArray) -> FloatArray:
    """[k, k] covariance of the mean of R runs, of their moments [R, k]: S/R."""
    runs, count = moments.shape
    return np.asarray(np.cov(moments.T).reshape(count, count) / runs, dtype=np.float64)


def p_value(loss: float, degrees: int) -> float:
    """Chance of a loss as large if the market is right (J test); NaN without degrees of freedom.

    Sargan (1958), Hansen (1982).
    """
    return float(chi2.sf(loss, degrees)) if degrees > 0 else float("nan")
