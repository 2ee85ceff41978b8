"""The schema of a scenario, and the population that a scenario asks for.

Scenario files are read by :mod:`market.loading`.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.curves import Remainder
from market.demand import Demand
from market.designs import Sweep
from market.ledger import OUTSIDE, TREASURY
from market.parts import Part
from market.population import FloatArray
from market.pricing import ArbitrageurPricing, ListPrice, ProviderPricing, Undercut
from market.routing import CascadeRouting, Routing

FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
AGENT_NAME = r"^[^\s/\x00-\x1f\"]([^/\x00-\x1f\"]*[^\s/\x00-\x1f\"])?$"

Text = Annotated[str, Field(min_length=1)]
AgentName = Annotated[str, Field(max_length=100, pattern=AGENT_NAME)]
SolveRate = Annotated[float, Field(gt=0, lt=1)]


class QualityTiers(Part):
    """The solve rates at which quality is sold, evenly spaced."""

    min: SolveRate
    """Lowest promised solve rate, a share of queries."""
    max: SolveRate
    """Highest promised solve rate, a share of queries."""
    count: Annotated[int, Field(ge=1)]
    """Number of tiers; a single one is at `min`, which may then equal `max`."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max or (self.min == self.max and self.count > 1):
            raise PydanticCustomError("order", "min {min} must be below max {max}", dict(self))
        return self

    def values(self) -> FloatArray:
        """[G] promised solve rates, rising."""
        return np.linspace(self.min, self.max, self.count)


class BudgetGrid(Part):
    """Budgets per query at which solve rate and spend are tabulated: 0, then log-spaced."""

    low: Annotated[float, Field(gt=0)] = 1e-4
    """Lowest budget above 0, US dollars per query at list price."""
    high: Annotated[float, Field(gt=0)] = 1.0
    """Highest budget, US dollars per query at list price."""
    points: Annotated[int, Field(ge=2)] = 250
    """Number of budgets above 0."""
    remainder: Remainder = "kept"
    """What is left when the next attempt no longer fits: kept, or spent on a cut-off attempt."""

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
    """By which providers sell it."""
    ability: float
    """Item-response ability; the difficulty of problems is N(0, 1)."""
    cost: Annotated[float, Field(gt=0)]
    """Mean list cost of one attempt, US dollars."""


class Synthetic(_Source):
    """Problems drawn from an item-response law."""

    source: Literal["synthetic"] = "synthetic"
    """Where problems and prices come from: an item-response law."""
    problems: Annotated[int, Field(ge=1)]
    """Number of problems."""
    heterogeneity: Annotated[float, Field(ge=0)]
    """What models do not have in common: standard deviation of their own log-odds noise."""
    unsolvable: Annotated[float, Field(ge=0, lt=1)]
    """Share of the problems that no model ever solves."""
    models: Annotated[tuple[SyntheticModel, ...], Field(min_length=1)]
    """Every model that a provider may sell."""


class ProviderSpec(Part):
    """A provider: it owns models and sells attempts, paid as you go."""

    name: AgentName
    """Unique among sellers."""
    models: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Names of the models that it alone sells."""
    cost_ratio: Annotated[float, Field(ge=0)] = 0.5
    """Marginal cost of an attempt over its list price."""
    pricing: ProviderPricing = ListPrice()
    """How it sets its price over list price."""


class ArbitrageurGroup(Part):
    """Arbitrageurs that are alike, each an agent of its own: `name-1` to `name-count`."""

    name: AgentName
    """Unique among groups."""
    count: Annotated[int, Field(ge=0)] = 1
    """Number of arbitrageurs in the group."""
    awareness: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Chance that a buyer knows a given arbitrageur of the group."""
    routing: Routing = CascadeRouting()
    """How a promised solve rate becomes attempts."""
    pricing: ArbitrageurPricing = Undercut()
    """How the fee per query is set."""


class ConsumerGroup(Part):
    """A segment of buyers, each of them simulated."""

    name: AgentName
    """Unique among segments."""
    size: Annotated[int, Field(ge=1)]
    """Number of buyers."""
    queries_per_tick: Annotated[float, Field(gt=0)]
    """Mean number of queries that one buyer sends per tick (Poisson)."""
    price_sensitivity: Annotated[float, Field(gt=0)]
    """β: price elasticity of demand for one seller among close substitutes."""
    switching_cost: Annotated[float, Field(ge=0)] = 0.0
    """What leaving the present seller adds, as a share of the new seller's price."""
    demand: Demand
    """What a buyer wants, and which seller it takes."""


Source = Annotated[Calibrated | Records | Synthetic, Field(discriminator="source")]


class Scenario(Part):
    """A market and a run of it."""

    name: Annotated[str, Field(max_length=100, pattern=FILE_NAME)]
    """Names the run and its folder: letters, digits, `.`, `_` and `-`."""
    description: str = ""
    """What question the scenario asks."""
    ticks: Annotated[int, Field(ge=1)]
    """Length of the run, in ticks."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Root of all random streams."""
    measure_every: Annotated[int, Field(ge=1)] = 1
    """Ticks from one measurement of marginal revenue to the next."""
    record_queries: bool = False
    """Whether every single query is kept as a row."""
    quality_tiers: QualityTiers
    """The solve rates at which quality is sold."""
    population: Source
    """Where problems, solve rates and list costs come from."""
    providers: Annotated[tuple[ProviderSpec, ...], Field(min_length=1)]
    """Who owns and sells models."""
    arbitrageurs: tuple[ArbitrageurGroup, ...] = ()
    """Who resells solved work at a fixed fee per query."""
    consumers: Annotated[tuple[ConsumerGroup, ...], Field(min_length=1)]
    """Who buys."""
    sweep: Sweep | None = None
    """What `market sweep` varies."""

    @property
    def models(self) -> tuple[str, ...]:
        """All models sold, in the order of their providers."""
        return tuple(model for provider in self.providers for model in provider.models)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        found = [*self._repeated_names(), *self._clashing_sellers(), *self._models_sold_twice()]
        if found:
            text = "; ".join(f"{dotted(path)}: {message}" for path, message in found)
            raise PydanticCustomError("disagreement", "{text}", {"text": text, "found": found})
        return self

    def _repeated_names(self) -> Iterator[tuple[tuple[str, ...], str]]:
        lists: dict[tuple[str, ...], list[str]] = {
            ("providers",): [provider.name for provider in self.providers],
            ("arbitrageurs",): [group.name for group in self.arbitrageurs],
            ("consumers",): [group.name for group in self.consumers],
        }
        if isinstance(self.population, Synthetic):
            models = lists["population", "models"] = [m.name for m in self.population.models]
            if "problems" in models:  # the key of the generator that all models share
                yield ("population", "models", "problems"), "this name is reserved; choose another"
        for path, names in lists.items():
            for name in dict.fromkeys(name for name in names if names.count(name) > 1):
                yield (
                    (*path, name),
                    f"{names.count(name)} entries have this name; rename all but one",
                )

    def _clashing_sellers(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in (provider.name for provider in self.providers):
            if name in (TREASURY, OUTSIDE):
                yield ("providers", name), "this name is reserved for an account; choose another"
            for group in self.arbitrageurs:
                stem, _, number = name.rpartition("-")
                k = int(number) if number.isdecimal() else 0
                if stem == group.name and number == str(k) and 1 <= k <= group.count:
                    message = f"an arbitrageur of the group {stem!r} has this name too; rename one"
                    yield ("providers", name), message

    def _models_sold_twice(self) -> Iterator[tuple[tuple[str, ...], str]]:
        seller: dict[str, str] = {}
        for provider in self.providers:
            for model in provider.models:
                if model in seller:
                    message = f"{model!r} is already sold by {seller[model]!r}; keep it in one list"
                    yield ("providers", provider.name, "models"), message
                seller[model] = provider.name


def dotted(path: Sequence[str]) -> str:
    """Write a path as a user may type it: segments that hold a dot, `=` or space are quoted."""
    return ".".join(f'"{s}"' if not s or set(s) & set(".='\" \t") else s for s in path)
