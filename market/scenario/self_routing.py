"""Buyers who may route for themselves, as a scenario says it."""

from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Money, Part
from market.scenario.rule_families import Routing
from market.strategies.routing import CascadeRouting, FullKnowledge, Knowledge


class SelfRouting(Part):
    """A router of a buyer's own: it buys attempts directly, at consumers' prices.

    A buyer pays for it in the ticks in which it uses it, so it may stop at any tick.
    """

    cost: Money
    """What running it costs a buyer, US dollars per tick, however many queries it sends."""
    routing: Routing = CascadeRouting()
    """How a solve rate becomes attempts, as of arbitrageurs."""
    knowledge: Knowledge = FullKnowledge()
    """What it knows about the models' pass curves. Its buyers share what a fitting budget shows,
    and pay for it together, once."""

    @model_validator(mode="after")
    def _knows_what_it_needs(self) -> Self:
        if self.knowledge.from_sample and getattr(self.routing, "knows_every_problem", False):
            raise PydanticCustomError(
                "order", "an oracle knows every problem; set its knowledge to full", {}
            )
        return self
