"""Where a scenario's problems come from: a calibrated pack, attempt records, or a law."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Part, Text
from market.frontier.pass_curves import Remainder


class BudgetGrid(Part):
    """Budgets per query at which solve rate and spend are tabulated: 0, then log-spaced."""

    low: Annotated[float, Field(gt=0)] = 1e-4
    """Lowest budget above 0, US dollars per query at list price."""
    high: Annotated[float, Field(gt=0)] = 1.0
    """Highest budget, US dollars per query at list price."""
    points: Annotated[int, Field(ge=2, le=10_000)] = 250
    """Number of budgets above 0."""
    remainder: Remainder = "kept"
    """Budget too small for the next attempt: kept, or spent on a cut-off attempt."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise PydanticCustomError("order", "low {low} must be below high {high}", dict(self))
        return self


class _Source(Part):
    budget: BudgetGrid = BudgetGrid()
    """Budgets at which solve rate and spend are tabulated."""


class Calibrated(_Source):
    """Problem classes from a calibrated pack."""

    source: Literal["calibrated"] = "calibrated"
    """Where problems and prices come from: a calibrated pack."""
    pack: Text
    """Name of a shipped pack, or a folder that holds one."""


class Records(_Source):
    """Problems from attempt records."""

    source: Literal["records"] = "records"
    """Where problems and prices come from: attempt records."""
    folder: Text
    """Folder with one `<model>.jsonl` per model; relative to the scenario file."""


class SyntheticModel(Part):
    """A model of a synthetic population."""

    name: Text
    """The name under which a provider sells it."""
    ability: float
    """Item-response ability; the difficulty of problems is N(0, 1)."""
    cost: Annotated[float, Field(gt=0)]
    """Mean list cost of one attempt, US dollars."""


class Synthetic(_Source):
    """Problems drawn from an item-response law."""

    source: Literal["synthetic"] = "synthetic"
    """Where problems and prices come from: an item-response law."""
    problems: Annotated[int, Field(ge=1, le=100_000)]
    """Number of problems."""
    heterogeneity: Annotated[float, Field(ge=0)]
    """How much models differ: standard deviation of each model's own log-odds noise."""
    unsolvable: Annotated[float, Field(ge=0, lt=1)]
    """Share of the problems that no model ever solves."""
    models: Annotated[tuple[SyntheticModel, ...], Field(min_length=1)]
    """Every model that a provider may sell."""


PopulationSource = Annotated[Calibrated | Records | Synthetic, Field(discriminator="source")]
