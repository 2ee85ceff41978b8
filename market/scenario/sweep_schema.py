"""The `[sweep]` table of a scenario: which values are tried, in which design, how often."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Part

DesignKind = Literal["grid", "list", "latin_hypercube", "morris", "sobol"]
SAMPLED = ("latin_hypercube", "morris", "sobol")


class Range(Part):
    """All values from `low` to `high`; sampled designs sample them, the others take steps."""

    low: int | float
    """Lowest value."""
    high: int | float
    """Highest value, included."""
    points: Annotated[int, Field(ge=2)] | None = None
    """Number of evenly spaced values, in a grid or list; all whole numbers if not given."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError
        return self

    @property
    def count(self) -> int:
        """How many values a grid or a list takes; 0 where the steps are not known."""
        if self.points is not None:
            return self.points
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        return int(self.high) - int(self.low) + 1 if whole else 0

    def values(self) -> tuple[int | float, ...]:
        """Values of a grid or a list, rising; none where the steps are not known."""
        low, high = self.low, self.high
        if self.points is not None:
            step = (high - low) / (self.points - 1)
            return (*(low + i * step for i in range(self.points - 1)), high)
        if isinstance(low, int) and isinstance(high, int):
            return tuple(range(low, high + 1))
        return ()


def _say_what_they_may_be(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError:
        raise PydanticCustomError(
            "values",
            "must be a list of values, or a table of numbers with low, a higher high "
            "and, for steps, points",
        ) from None


Values = Annotated[
    Range | Annotated[tuple[Any, ...], Field(min_length=1)], WrapValidator(_say_what_they_may_be)
]


def _count(values: Range | tuple[Any, ...]) -> int:
    return values.count if isinstance(values, Range) else len(values)


class Sweep(Part):
    """Design points, and replicates of each."""

    design: DesignKind = "grid"
    """How values are combined: all combinations, the i-th of each, or a sample."""
    vary: Annotated[dict[str, Values], Field(min_length=1)]
    """Values of each parameter, by its dotted path."""
    samples: Annotated[int, Field(ge=1)] | None = None
    """Size of a sampled design: Latin hypercube points, Morris trajectories, Sobol base points."""
    replicates: Annotated[int, Field(ge=1)] = 10
    """Runs of each design point, on the same seeds at every point."""
    baseline: dict[str, Any] | None = None
    """The design point that others are compared with; the first if not given."""

    @property
    def runs(self) -> int:
        """How many runs there are, at most: points that give the same scenario share theirs."""
        parameters = len(self.vary)
        if self.design in SAMPLED:
            each = {"latin_hypercube": 1, "morris": parameters + 1, "sobol": 2 * parameters + 2}
            points = (self.samples or 0) * each[self.design]
        elif self.design == "grid":
            points = math.prod(map(_count, self.vary.values()))
        else:
            points = max(map(_count, self.vary.values()))
        return points * self.replicates

    @model_validator(mode="after")
    def _fits_the_design(self) -> Self:
        found = [*self._misplaced_samples(), *self._unsuitable_values(), *self._unknown_baseline()]
        if found:
            text = "; ".join(message for _, message in found)
            raise PydanticCustomError("disagreement", "{text}", {"text": text, "found": found})
        return self

    def _misplaced_samples(self) -> Iterator[tuple[tuple[str, ...], str]]:
        path = ("sweep", "samples")
        if self.design not in SAMPLED and self.samples is not None:
            yield (
                path,
                f"a {self.design} design takes no samples; leave them out",
            )
        if self.design in SAMPLED and self.samples is None:
            yield path, f"is missing; give the size of the {self.design} design"
        if self.design in ("morris", "sobol") and self.samples == 1:
            yield path, f"a {self.design} design needs at least 2"
        if self.design == "sobol" and self.samples and self.samples & (self.samples - 1):
            yield path, f"must be a power of 2 for sobol, for example 64 (value: {self.samples})"

    def _unsuitable_values(self) -> Iterator[tuple[tuple[str, ...], str]]:
        lengths: dict[str, int] = {}
        for path, values in self.vary.items():
            place = ("sweep", "vary", path)
            if path.strip() == "seed" or path.split(".")[0].strip() == "sweep":
                yield place, "cannot be varied; replicates differ by their seeds"
            if self.design in SAMPLED:
                if not isinstance(values, Range):
                    yield place, f"must be a range for {self.design}: {{ low = …, high = … }}"
                elif values.points is not None:
                    yield place, f"a {self.design} design samples the range; leave out points"
            else:
                lengths[path] = _count(values)
                if not lengths[path]:
                    yield place, "low and high are not whole numbers; give the number of points"
        if self.design == "list" and len(set(lengths.values())) > 1:
            these = ", ".join(f"{path} {count}" for path, count in lengths.items())
            yield (("sweep", "vary"), f"a list design needs lists of equal length (these: {these})")

    def _unknown_baseline(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for path in self.baseline or {}:
            if path not in self.vary:
                message = f"is not varied; choose from: {', '.join(self.vary)}"
                yield ("sweep", "baseline", path), message
