"""The schema of a scenario, and the population that a scenario asks for.

Scenario files are read by :mod:`market.scenario.files`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import Money, NameOfFile, Part, Printable, Text, one_of
from market.foundation.shown import Shown
from market.scenario.added_models import AddedModel, SolveRate
from market.scenario.consistency import disagreements
from market.scenario.paths import dotted as dotted
from market.scenario.policy import Levers
from market.scenario.population_source import PopulationSource
from market.scenario.prices import Prices
from market.scenario.rule_families import ArbitrageurPricing, Demand, ProviderPricing, Routing
from market.scenario.self_routing import SelfRouting
from market.scenario.sweep_schema import Sweep
from market.scenario.verifier_spec import BuyersVerifier, VerifierSpec
from market.strategies.arbitrageur_pricing import Undercut
from market.strategies.distillation import Distillation
from market.strategies.distributions import Volume
from market.strategies.host_choice import POWER, HostChoice
from market.strategies.learning_knowledge import LearningKnowledge, Learns
from market.strategies.provider_pricing import ListPrice, price_unit
from market.strategies.query_mix import AllProblems, Problems
from market.strategies.routing import (
    CascadeRouting,
    FittedKnowledge,
    FullKnowledge,
    Learnable,
)

TREASURY = "treasury"  # accounts that no agent may be named after
OUTSIDE = "outside"

FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
AGENT_NAME = r"^[^\s/\x00-\x1f\"]([^/\x00-\x1f\"]*[^\s/\x00-\x1f\"])?$"

AgentName = Annotated[str, Field(max_length=100, pattern=AGENT_NAME), Printable]
ArbitrageurKnowledge = Annotated[
    FullKnowledge | FittedKnowledge | LearningKnowledge, Field(discriminator="kind")
]
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


class ProviderSpec(Part):
    """A provider: it owns models and sells attempts, paid as you go."""

    name: AgentName
    """Unique among sellers."""
    models: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Names of its models. Other providers may sell them, too: each is then a host of the model."""
    solve_shift: Annotated[float, Field(ge=-20, le=20)] = 0.0
    """How far its models' logit solve probability is from what the population says: below 0 for
    quantised weights. They are then models of their own."""
    cost_ratio: Annotated[float, Field(ge=0)] = 0.5
    """Marginal cost of an attempt, as a share of its list price."""
    pricing: ProviderPricing = ListPrice()
    """How it sets its price relative to list price."""
    router: bool = False
    """Whether it routes among its own models and sells cascades over them, paid as you go."""
    fixed_cost: Money = 0.0
    """Cost of being in the market, US dollars per tick."""
    active_from: Annotated[int, Field(ge=0)] = 0
    """Tick at which it enters."""
    active_until: Annotated[int, Field(ge=1)] | None = None
    """Tick at which it leaves; never if not given."""
    loss_limit: Money | None = None
    """Total losses, US dollars, after which it leaves; never if not given."""

    @property
    def sold(self) -> dict[str, str]:
        """By what its models are called in tables, their names in the population."""
        if self.solve_shift == 0:
            return {model: model for model in self.models}
        return {f"{model} ({self.solve_shift:+g})": model for model in self.models}

    @model_validator(mode="after")
    def _a_router_has_one_price(self) -> Self:
        if self.router and price_unit(self.pricing) == "model":
            raise PydanticCustomError(
                "order",
                'a router sells cascades over all its models at one price; leave out per = "model"',
                {},
            )
        return self

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
    """A group of like arbitrageurs, each an agent of its own: `name-1` to `name-count`."""

    name: AgentName
    """Unique among groups."""
    count: Annotated[int, Field(ge=0, le=1000)] = 1
    """Number of arbitrageurs in the group."""
    awareness: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Chance that a buyer knows a given arbitrageur of the group."""
    routing: Routing = CascadeRouting()
    """How a promised solve rate becomes attempts."""
    knowledge: ArbitrageurKnowledge = FullKnowledge()
    """What it knows about the models' pass curves."""
    host_choice: HostChoice = "cheapest"
    """Where several providers sell one model: attempts are bought from the `cheapest`, or spread
    over all by weights p^−2 (`price_power`)."""
    pricing: ArbitrageurPricing = Undercut()
    """How the fee per query is set."""
    segment_menus: bool = False
    """Whether it posts a menu for each segment's query mix, or one menu for all."""
    capital: Money | None = None
    """US dollars that each may lose before it is bankrupt; no limit if not given."""
    distillation: Distillation | None = None
    """The student that each may distil; none if not given."""

    @property
    def host_power(self) -> float:
        """K of the weights p^−k over hosts of one model; infinite: the cheapest alone."""
        return POWER[self.host_choice]

    @property
    def invests(self) -> bool:
        """Whether it pays for anything that no query asks for."""
        return self.count > 0 and (self.knowledge.from_sample or self.distillation is not None)

    @model_validator(mode="after")
    def _knows_what_it_needs(self) -> Self:
        learns = isinstance(self.knowledge, Learns)
        if learns and not isinstance(self.routing, Learnable):
            raise PydanticCustomError(
                "order",
                "its routing says no types that it could learn by; set knowledge to full, or "
                "routing to cascade, signal or single",
                {},
            )
        if self.knowledge.from_sample:
            if getattr(self.routing, "knows_every_problem", False):
                raise PydanticCustomError(
                    "order", "an oracle knows every problem; set its knowledge to full", {}
                )
            if self.distillation is not None:
                raise PydanticCustomError(
                    "order", "what it buys has no student in it; set knowledge to full", {}
                )
            if self.segment_menus:
                raise PydanticCustomError(
                    "order", "segment_menus need each segment's problems; set knowledge to full", {}
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
    volume: Volume | None = None
    """How unlike buyers' numbers of queries are: relative, their mean stays `queries_per_tick`; all
    alike if not given."""
    price_sensitivity: Annotated[float, Field(gt=0)]
    """β: about the price elasticity of a small seller at list prices. The scale of a buyer's tastes
    is the price of its basket at list over β."""
    switching_cost: Annotated[float, Field(ge=0)] = 0.0
    """Cost of leaving the incumbent seller, as a share of the price of a buyer's basket at list."""
    demand: Demand
    """What a buyer wants and which seller it chooses."""
    problems: Problems = AllProblems()
    """The query mix: which problems its queries are."""
    tastes: bool = True
    """Whether buyers have tastes for sellers; if not, they take the best price."""
    taste_correlation: Annotated[float, Field(ge=0, le=1)] = 0.9
    """How alike a buyer's tastes are for those who sell the same: arbitrageurs, and hosts of one
    model. 0 as unlike as for any two sellers, 1 the same."""
    knows: Annotated[tuple[AgentName, ...], Field(min_length=1)] | None = None
    """Consideration set: sellers and groups that its buyers may know; all if not given."""
    verifier: BuyersVerifier | None = None
    """What its buyers check answers with when they buy attempts directly: a table, or `none`; the
    market's verifier if not given."""
    self_routing: SelfRouting | None = None
    """The router that each of its buyers may run itself; none if not given."""

    @model_validator(mode="after")
    def _somebody_sends_queries(self) -> Self:
        if self.volume is not None and not self.volume.quantile(np.array([1 - 1e-9]))[0] > 0:
            raise PydanticCustomError(
                "order", "its volumes are all 0; only proportions matter, so give others", {}
            )
        return self


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

    name: Annotated[str, Field(max_length=100, pattern=FILE_NAME), NameOfFile]
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
