"""Policy levers: what a regulator, or the providers together, may impose on resale."""

from typing import Annotated

from pydantic import Field

from market.foundation.arrays import FloatArray
from market.foundation.config import Part

Share = Annotated[float, Field(ge=0, le=1)]


class Levers(Part):
    """What is imposed on the market; nothing by default."""

    routing_tax: Share = 0.0
    """Share of every arbitrageur's fee that goes to the treasury."""
    distillation_ban: bool = False
    """Whether nobody may train, sell or run a student."""
    resale_markup: Annotated[float, Field(ge=0)] = 0.0
    """Share by which providers charge arbitrageurs more than consumers."""
    gated: tuple[str, ...] = ()
    """Providers that do not sell to arbitrageurs."""
    price_floor: Share = 0.0
    """Share of the market price below which no fee may lie."""
    transparency: bool = False
    """Whether every buyer knows every seller, whatever its awareness."""

    def tax_on(self, fees: FloatArray) -> FloatArray:
        """What of an arbitrageur's fees goes to the treasury."""
        return self.routing_tax * fees

    def after_tax(self, fees: FloatArray) -> FloatArray:
        """What of its fees an arbitrageur keeps."""
        return fees * (1 - self.routing_tax)

    def break_even(self, cost: FloatArray) -> FloatArray:
        """The fee that leaves a cost after tax; the tax is below 1."""
        return cost / (1 - self.routing_tax)
