"""Where a scenario's problems come from: a calibrated pack, attempt records, or a law."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Part, PositiveMoney, Text
from market.frontier.attempt_costs import Remainder
from market.frontier.budget_grid import TOLERANCE


class Budgets(Part):
    """What a budget buys, and how finely budgets are told apart; the grid comes from the data."""

    remainder: Remainder = "spent"
    """Budget too small for the next attempt: spent on an attempt that is cut off, or kept, which
    takes the cost of an attempt as known before it is paid: on records that leaks the outcome."""
    tolerance: Annotated[float, Field(gt=0, lt=1)] = TOLERANCE
    """How far the grid of budgets may put a cost off, as a share of it."""
    high: PositiveMoney | None = None
    """Highest budget of one stage, US dollars per query at list price; no limit if not given."""

    @model_validator(mode="before")
    @classmethod
    def _came_from_elsewhere(cls, data: Any) -> Any:
        for key in ("low", "points"):  # of version 0.1
            if isinstance(data, dict) and key in data:
                hint = "budgets come from the data now; leave it out (see tolerance)"
                raise PydanticCustomError("unknown_key", "{hint}", {"key": key, "hint": hint})
        return data


class _Source(Part):
    budget: Budgets = Budgets()
    """Budgets at which solve rate and spend are tabulated."""


class _Sample(_Source):
    resample: bool = False
    """Draw as many problems anew, by the seed: then replicates show how sure the sample is."""


class Calibrated(_Sample):
    """Problem classes from a calibrated pack."""

    source: Literal["calibrated"] = "calibrated"
    """Where problems and prices come from: a calibrated pack."""
    pack: Text
    """Name of a pack, shipped or one's own, or a folder that holds one."""


class Records(_Sample):
    """Problems from attempt records."""

    source: Literal["records"] = "records"
    """Where problems and prices come from: attempt records."""
    folder: Text
    """Folder with one `<model>.jsonl` or `.jsonl.gz` per model, or any file or folder that market
    import reads; relative to the scenario file."""
    solved_at: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Score from which on an attempt counts as solved."""
    estimator: Literal["geometric", "beta_binomial"] | None = None
    """How solve probabilities are told from attempts: as counted (geometric), or from all problems
    and models together (beta_binomial; by default below five attempts a problem on average)."""


class SyntheticModel(Part):
    """A model of a synthetic population."""

    name: Text
    """The name under which a provider sells it."""
    ability: float
    """Item-response ability; the difficulty of problems is N(0, 1)."""
    cost: PositiveMoney
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
