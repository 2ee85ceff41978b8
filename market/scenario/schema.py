"""The schema of a scenario, and the population that a scenario asks for.

Scenario files are read by :mod:`market.scenario.files`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import NameOfFile, Part, one_of
from market.foundation.shown import Shown
from market.scenario.added_models import AddedModel, SolveRate
from market.scenario.agent_specs import (
    AgentName,
    ArbitrageurGroup,
    ArbitrageurKnowledge,
    ConsumerGroup,
    ProviderSpec,
)
from market.scenario.consistency import disagreements
from market.scenario.paths import LONGEST_NAME
from market.scenario.paths import dotted as dotted
from market.scenario.policy import Levers
from market.scenario.population_source import PopulationSource
from market.scenario.prices import Prices
from market.scenario.sweep_schema import Sweep
from market.scenario.verifier_spec import VerifierSpec

TREASURY = "treasury"  # accounts that no agent may be named after
OUTSIDE = "outside"

FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

Together = Annotated[tuple[AgentName, ...], Field(min_length=2)]


class QualityTiers(Part):
    """The solve rates that tables and charts tell apart, evenly spaced."""

    min: SolveRate
    """Lowest solve rate shown, a share of queries; what is bought below counts with it."""
    max: SolveRate
    """Highest solve rate shown, a share of queries; what is bought above counts with it."""
    count: Annotated[int, Field(ge=1, le=1000)]
    """Number of tiers; a single tier is at `min`, which may then equal `max`."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max or (self.min == self.max and self.count > 1):
            raise PydanticCustomError("order", "min {min} must be below max {max}", dict(self))
        return self

    def values(self) -> FloatArray:
        """[G] promised solve rates, rising."""
        return np.linspace(self.min, self.max, self.count)


class Intervention(Part):
    """A change of the scenario during the run."""

    name: AgentName
    """Unique among interventions."""
    at: Annotated[int, Field(ge=0)]
    """First tick under the change."""
    set: Annotated[dict[str, Any], Field(min_length=1)]
    """Values by dotted path, as after `--set`: `{ "policy.routing_tax" = 0.1 }`."""


class Scenario(Shown, Part):
    """A market and a run of it."""

    name: Annotated[str, Field(max_length=LONGEST_NAME, pattern=FILE_NAME), NameOfFile]
    """Names the run and its folder: letters, digits, `.`, `_` and `-`."""
    description: str = ""
    """The question that the scenario asks."""
    ticks: Annotated[int, Field(ge=1, le=1_000_000)]
    """Length of the run, in ticks."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of all random streams."""
    measure_every: Annotated[int, Field(ge=1)] = 1
    """Ticks between measurements of marginal revenue."""
    record_queries: bool = False
    """Whether the result has a table with a row for every query."""
    quality_tiers: QualityTiers
    """The solve rates that tables and charts tell apart; trade knows every solve rate."""
    menu_points: Annotated[int, Field(ge=2, le=10_000)] = 64
    """Solve rates that a menu lists; those between are interpolated."""
    population: PopulationSource
    """Where problems, solve rates and list costs come from."""
    prices: Prices | None = None
    """List prices other than the source's; marginal costs stay."""
    added_models: tuple[AddedModel, ...] = ()
    """Models that the source has no records of: assumed."""
    providers: Annotated[tuple[ProviderSpec, ...], Field(min_length=1)]
    """Who owns and sells models."""
    arbitrageurs: tuple[ArbitrageurGroup, ...] = ()
    """Who resells solved queries at a fixed fee."""
    consumers: Annotated[tuple[ConsumerGroup, ...], Field(min_length=1)]
    """Who buys."""
    verifier: VerifierSpec | None = None
    """How answers are checked: a table, or `none`; at once, free and without error if not given."""
    merge: Annotated[
        tuple[AgentName, ...] | tuple[Together, ...],
        one_of('must be names of providers, ["A", "B"], or lists of such, two or more in each'),
    ] = ()
    """Providers that have one owner: `["A", "B"]`, or several such lists. The first of each decides
    the prices of all; buyers still know each by its own name, and their tastes stay."""
    remove: tuple[AgentName, ...] = ()
    """Providers that are not in the market."""
    policy: Levers = Levers()
    """Policy levers: what a regulator sets."""
    interventions: tuple[Intervention, ...] = ()
    """What changes during the run."""
    perturb_every: Annotated[
        Literal["end", "never"] | Annotated[int, Field(ge=1)],
        one_of("must be a number of ticks, at least 1, or 'end' or 'never'"),
    ] = "end"
    """Ticks between measurements of elasticity, which perturb prices; or `end` or `never`."""
    sweep: Sweep | None = None
    """What `market sweep` varies."""

    def change(self, values: Mapping[str, object] | None = None, **named: object) -> "Scenario":
        """Make a scenario with other values, checked again.

        Parameters
        ----------
        values
            By dotted path, as `--set` takes them: `{"policy.routing_tax": 0.1}`; also verbs.
        **named
            Of the scenario's own keys: `ticks=30`.

        Raises
        ------
        ScenarioError
            What results is no scenario: all problems, a line each.
        """
        from market.scenario.files import override  # which itself needs this class

        return override(self, {**(values or {}), **named}, option="change")

    @property
    def models(self) -> tuple[str, ...]:
        """All models sold, each once, in the order of the first provider of each."""
        return tuple(self.weights_of)

    @property
    def weights_of(self) -> dict[str, str]:
        """By all models sold, the name of each in the population, which may be shifted."""
        return {m: base for provider in self.providers for m, base in provider.sold.items()}

    @property
    def knowledge(self) -> dict[tuple[str, ...], ArbitrageurKnowledge]:
        """What routers know, by the path that says so: arbitrageurs', and buyers' own."""
        own = [(c.name, c.self_routing) for c in self.consumers]
        return {
            **{("arbitrageurs", g.name, "knowledge"): g.knowledge for g in self.arbitrageurs},
            **{
                ("consumers", name, "self_routing", "knowledge"): routing.knowledge
                for name, routing in own
                if routing is not None
            },
        }

    @property
    def mergers(self) -> tuple[tuple[str, ...], ...]:
        """Names of the providers that have one owner, a tuple for each such owner."""
        one = tuple(names for names in self.merge if isinstance(names, str))
        several = tuple(names for names in self.merge if not isinstance(names, str))
        return (one,) if one else several

    @property
    def recorded_models(self) -> tuple[str, ...]:
        """Those that are taken from the source: sold, or only there for an added one to be like."""
        added = [model.name for model in self.added_models]
        sold = [model for model in self.weights_of.values() if model not in added]
        return tuple(dict.fromkeys([*sold, *(model.like for model in self.added_models)]))

    @property
    def assumed(self) -> tuple[str, ...]:
        """Sentences on the models that are assumed."""
        return tuple(model.in_words for model in self.added_models)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        found = list(disagreements(self, reserved=(TREASURY, OUTSIDE)))
        if found:
            text = "; ".join(f"{dotted(path)}: {message}" for path, message in found)
            raise PydanticCustomError("disagreement", "{text}", {"text": text, "found": found})
        return self


def joint_name(names: Sequence[str]) -> str:
    """What providers with one owner are called together."""
    return " + ".join(names)
