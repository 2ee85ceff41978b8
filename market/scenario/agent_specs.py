"""The schema of agents: providers, groups of arbitrageurs, and segments of buyers."""

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Money, Part, Printable, Text
from market.scenario.paths import LONGEST_NAME
from market.scenario.rule_families import ArbitrageurPricing, Demand, ProviderPricing, Routing
from market.scenario.self_routing import SelfRouting
from market.scenario.verifier_spec import BuyersVerifier
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

AGENT_NAME = r"^[^\s/\x00-\x1f\"]([^/\x00-\x1f\"]*[^\s/\x00-\x1f\"])?$"

AgentName = Annotated[str, Field(max_length=LONGEST_NAME, pattern=AGENT_NAME), Printable]
ArbitrageurKnowledge = Annotated[
    FullKnowledge | FittedKnowledge | LearningKnowledge, Field(discriminator="kind")
]


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
