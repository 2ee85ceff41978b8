"""The schema of a scenario, and the population that a scenario asks for.

Scenario files are read by :mod:`market.scenario.files`.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import Part, Text, nearest, one_of
from market.scenario.policy import Levers
from market.scenario.population_source import PopulationSource, Synthetic
from market.scenario.sweep_schema import Sweep
from market.strategies.arbitrageur_pricing import ArbitrageurPricing, Undercut
from market.strategies.demand import Demand
from market.strategies.distillation import Distillation
from market.strategies.provider_pricing import ListPrice, ProviderPricing
from market.strategies.query_mix import AllProblems, Problems
from market.strategies.routing import (
    CascadeRouting,
    FullKnowledge,
    Knowledge,
    Routing,
)

TREASURY = "treasury"  # accounts that no agent may be named after
OUTSIDE = "outside"

FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
AGENT_NAME = r"^[^\s/\x00-\x1f\"]([^/\x00-\x1f\"]*[^\s/\x00-\x1f\"])?$"

AgentName = Annotated[str, Field(max_length=100, pattern=AGENT_NAME)]
SolveRate = Annotated[float, Field(gt=0, lt=1)]


class QualityTiers(Part):
    """The solve rates at which quality is sold, evenly spaced."""

    min: SolveRate
    """Lowest promised solve rate, a share of queries."""
    max: SolveRate
    """Highest promised solve rate, a share of queries."""
    count: Annotated[int, Field(ge=1, le=1000)]
    """Number of tiers; a single one is at `min`, which may then equal `max`."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max or (self.min == self.max and self.count > 1):
            raise PydanticCustomError("order", "min {min} must be below max {max}", dict(self))
        return self

    def values(self) -> FloatArray:
        """[G] promised solve rates, rising."""
        return np.linspace(self.min, self.max, self.count)


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
    router: bool = False
    """Whether it routes among its own models and sells cascades over them, paid as you go."""
    fixed_cost: Annotated[float, Field(ge=0)] = 0.0
    """US dollars per tick that it costs to be in the market."""
    active_from: Annotated[int, Field(ge=0)] = 0
    """Tick at which it enters."""
    active_until: Annotated[int, Field(ge=1)] | None = None
    """Tick at which it leaves; never if not given."""
    loss_limit: Annotated[float, Field(ge=0)] | None = None
    """US dollars of losses in all beyond which it leaves; never if not given."""

    @model_validator(mode="after")
    def _enters_before_it_leaves(self) -> Self:
        if self.active_until is not None and self.active_until <= self.active_from:
            raise PydanticCustomError(
                "order",
                "active_until {active_until} must be above active_from {active_from}",
                {"active_until": self.active_until, "active_from": self.active_from},
            )
        return self


class ArbitrageurGroup(Part):
    """Arbitrageurs that are alike, each an agent of its own: `name-1` to `name-count`."""

    name: AgentName
    """Unique among groups."""
    count: Annotated[int, Field(ge=0, le=1000)] = 1
    """Number of arbitrageurs in the group."""
    awareness: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Chance that a buyer knows a given arbitrageur of the group."""
    routing: Routing = CascadeRouting()
    """How a promised solve rate becomes attempts."""
    knowledge: Knowledge = FullKnowledge()
    """What it knows of the models' curves."""
    pricing: ArbitrageurPricing = Undercut()
    """How the fee per query is set."""
    segment_menus: bool = False
    """Whether it posts a menu for each segment's mix of problems, or one for all."""
    capital: Annotated[float, Field(ge=0)] | None = None
    """US dollars that each may lose before it is bankrupt; without limit if not given."""
    distillation: Distillation | None = None
    """A student that each may distil, if given."""

    @model_validator(mode="after")
    def _knows_what_it_needs(self) -> Self:
        if self.knowledge.from_sample:
            if getattr(self.routing, "knows_every_problem", False):
                raise PydanticCustomError(
                    "order", "an oracle knows every problem; give it knowledge full", {}
                )
            if self.distillation is not None:
                raise PydanticCustomError(
                    "order", "a student is in nobody's sample: give knowledge full", {}
                )
            if self.segment_menus:
                raise PydanticCustomError(
                    "order", "segment_menus need to know each segment: give knowledge full", {}
                )
        return self


class ConsumerGroup(Part):
    """A segment of buyers, each of them simulated."""

    name: AgentName
    """Unique among segments."""
    size: Annotated[int, Field(ge=1, le=100_000_000)]
    """Number of buyers."""
    queries_per_tick: Annotated[float, Field(gt=0, le=1e6)]
    """Mean number of queries that one buyer sends per tick (Poisson)."""
    price_sensitivity: Annotated[float, Field(gt=0)]
    """β: price elasticity of demand for one seller among close substitutes."""
    switching_cost: Annotated[float, Field(ge=0)] = 0.0
    """What leaving the present seller adds, as a share of the new seller's price."""
    demand: Demand
    """What a buyer wants, and which seller it takes."""
    problems: Problems = AllProblems()
    """Which problems its queries are of."""
    tastes: bool = True
    """Whether buyers have a taste for each seller; if not, they take the best price."""
    knows: Annotated[tuple[AgentName, ...], Field(min_length=1)] | None = None
    """Providers and groups of arbitrageurs that its buyers may know; all if not given."""


class Intervention(Part):
    """A change of the scenario while it runs."""

    name: AgentName
    """Unique among interventions."""
    at: Annotated[int, Field(ge=0)]
    """Tick from which it holds."""
    set: Annotated[dict[str, Any], Field(min_length=1)]
    """Values by dotted path, as after `--set`: `{ "policy.routing_tax" = 0.1 }`."""


class Scenario(Part):
    """A market and a run of it."""

    name: Annotated[str, Field(max_length=100, pattern=FILE_NAME)]
    """Names the run and its folder: letters, digits, `.`, `_` and `-`."""
    description: str = ""
    """What question the scenario asks."""
    ticks: Annotated[int, Field(ge=1, le=1_000_000)]
    """Length of the run, in ticks."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Root of all random streams."""
    measure_every: Annotated[int, Field(ge=1)] = 1
    """Ticks from one measurement of marginal revenue to the next."""
    record_queries: bool = False
    """Whether every single query is kept as a row."""
    quality_tiers: QualityTiers
    """The solve rates at which quality is sold."""
    population: PopulationSource
    """Where problems, solve rates and list costs come from."""
    providers: Annotated[tuple[ProviderSpec, ...], Field(min_length=1)]
    """Who owns and sells models."""
    arbitrageurs: tuple[ArbitrageurGroup, ...] = ()
    """Who resells solved work at a fixed fee per query."""
    consumers: Annotated[tuple[ConsumerGroup, ...], Field(min_length=1)]
    """Who buys."""
    policy: Levers = Levers()
    """What is imposed on the market."""
    interventions: tuple[Intervention, ...] = ()
    """What changes while it runs."""
    perturb_every: Annotated[
        Literal["end", "never"] | Annotated[int, Field(ge=1)],
        one_of("must be a number of ticks, at least 1, or 'end' or 'never'"),
    ] = "end"
    """Ticks from one measurement by perturbed prices (elasticity) to the next, or when."""
    sweep: Sweep | None = None
    """What `market sweep` varies."""

    @property
    def models(self) -> tuple[str, ...]:
        """All models sold, in the order of their providers."""
        return tuple(model for provider in self.providers for model in provider.models)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        found = [
            *self._repeated_names(),
            *self._clashing_sellers(),
            *self._models_sold_twice(),
            *self._unknown_names(),
        ]
        if found:
            text = "; ".join(f"{dotted(path)}: {message}" for path, message in found)
            raise PydanticCustomError("disagreement", "{text}", {"text": text, "found": found})
        return self

    def _repeated_names(self) -> Iterator[tuple[tuple[str, ...], str]]:
        lists: dict[tuple[str, ...], list[str]] = {
            ("providers",): [provider.name for provider in self.providers],
            ("arbitrageurs",): [group.name for group in self.arbitrageurs],
            ("consumers",): [group.name for group in self.consumers],
            ("interventions",): [change.name for change in self.interventions],
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
                if _numbered(name, group):
                    message = (
                        f"an arbitrageur of the group {group.name!r} has this name too; rename one"
                    )
                    yield ("providers", name), message

    def _models_sold_twice(self) -> Iterator[tuple[tuple[str, ...], str]]:
        seller: dict[str, str] = {}
        for provider in self.providers:
            for model in provider.models:
                if model in seller:
                    message = f"{model!r} is already sold by {seller[model]!r}; keep it in one list"
                    yield ("providers", provider.name, "models"), message
                seller[model] = provider.name

    def _unknown_names(self) -> Iterator[tuple[tuple[str, ...], str]]:
        providers = [provider.name for provider in self.providers]
        sellers = providers + [group.name for group in self.arbitrageurs]
        for name in self.policy.gated:
            if name not in providers:
                yield ("policy", "gated"), f"no provider {name!r}; {nearest(name, providers)}"
        for segment in self.consumers:
            for name in segment.knows or ():
                if name not in sellers:
                    message = f"no seller {name!r}; {nearest(name, sellers)}"
                    yield ("consumers", segment.name, "knows"), message
        for group in self.arbitrageurs:
            plan = group.distillation
            if plan is not None and plan.teacher not in self.models:
                message = f"no model {plan.teacher!r}; {nearest(plan.teacher, list(self.models))}"
                yield ("arbitrageurs", group.name, "distillation", "teacher"), message
            for model in self.models:
                if plan is not None and _numbered(model, group):
                    message = (
                        f"a student is named as its owner, and {model!r} is a model's name too"
                    )
                    yield ("arbitrageurs", group.name, "name"), f"{message}; rename the group"
        for change in self.interventions:
            if change.at >= self.ticks:
                message = f"tick {change.at} is not before the end of the run, {self.ticks}"
                yield ("interventions", change.name, "at"), message


def _numbered(name: str, group: ArbitrageurGroup) -> bool:
    """Whether an arbitrageur of the group has this name."""
    stem, _, number = name.rpartition("-")
    k = int(number) if number.isdecimal() else 0
    return stem == group.name and number == str(k) and 1 <= k <= group.count


def dotted(path: Sequence[str]) -> str:
    """Write a path as a user may type it: segments that hold a dot, `=` or space are quoted."""
    return ".".join(f'"{s}"' if not s or set(s) & set(".='\" \t") else s for s in path)
