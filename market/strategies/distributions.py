"""Named distributions of what buyers differ in, drawn by their quantiles.

Quantiles of uniforms make a change of a parameter move every buyer a little, instead of dealing
the buyers anew: two scenarios stay paired buyer by buyer.
"""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import Part


class Constant(Part):
    """The same value for everybody."""

    kind: Literal["constant"] = "constant"
    value: Annotated[float, Field(ge=0)]
    """Everybody's value."""

    def quantile(self, u: FloatArray) -> FloatArray:
        """Values at the quantiles `u` in (0, 1)."""
        return np.full(u.shape, self.value)


class _Bounded(Part):
    low: Annotated[float, Field(ge=0)]
    """Least value."""
    high: Annotated[float, Field(ge=0)]
    """Highest value."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise PydanticCustomError(
                "order", "low {low} is above high {high}", {"low": self.low, "high": self.high}
            )
        return self


class Uniform(_Bounded):
    """Even between `low` and `high`."""

    kind: Literal["uniform"] = "uniform"

    def quantile(self, u: FloatArray) -> FloatArray:
        """Values at the quantiles `u` in (0, 1)."""
        return self.low + (self.high - self.low) * u


class Lognormal(Part):
    """median · exp(sigma · z), z ~ N(0, 1)."""

    kind: Literal["lognormal"] = "lognormal"
    median: Annotated[float, Field(gt=0)]
    """Value that half of them exceed."""
    sigma: Annotated[float, Field(ge=0, le=20)]
    """Standard deviation of the logarithm."""

    def quantile(self, u: FloatArray) -> FloatArray:
        """Values at the quantiles `u` in (0, 1)."""
        from scipy.special import ndtri  # slow to import: only where used

        return np.asarray(self.median * np.exp(self.sigma * ndtri(u)), dtype=np.float64)


class Beta(_Bounded):
    """Beta(a, b), stretched from [0, 1] to [low, high]."""

    kind: Literal["beta"] = "beta"
    low: Annotated[float, Field(ge=0)] = 0.0
    """Least value."""
    high: Annotated[float, Field(ge=0)] = 1.0
    """Highest value."""
    a: Annotated[float, Field(gt=0)]
    """First shape; above `b`, values lean to `high`."""
    b: Annotated[float, Field(gt=0)]
    """Second shape."""

    def quantile(self, u: FloatArray) -> FloatArray:
        """Values at the quantiles `u` in (0, 1)."""
        from scipy.special import betaincinv  # slow to import: only where used

        return np.asarray(
            self.low + (self.high - self.low) * betaincinv(self.a, self.b, u), dtype=np.float64
        )


Distribution = Annotated[Constant | Uniform | Lognormal | Beta, Field(discriminator="kind")]


class RelativeLognormal(Lognormal):
    """exp(sigma · z), z ~ N(0, 1), on any scale."""

    median: Annotated[float, Field(gt=0)] = 1.0
    """Value that half of them exceed; only how it compares with others' matters."""


Volume = Annotated[Constant | Uniform | RelativeLognormal | Beta, Field(discriminator="kind")]
"""Of volumes, of which only the proportions matter."""


def draw(
    distribution: Constant | Uniform | Lognormal | Beta, rng: np.random.Generator, size: int
) -> FloatArray:
    """[size] independent draws."""
    return distribution.quantile(rng.uniform(np.finfo(np.float64).tiny, 1.0, size))


def draw_relative(
    distribution: Constant | Uniform | Lognormal | Beta, rng: np.random.Generator, size: int
) -> FloatArray:
    """[size] independent draws over their mean; 1 each where all are 0."""
    drawn = draw(distribution, rng, size)
    top = drawn.max()
    if not top > 0:
        return np.ones(size)
    drawn = drawn / top  # a sum of very large ones would overflow
    return np.asarray(drawn / drawn.mean(), dtype=np.float64)
