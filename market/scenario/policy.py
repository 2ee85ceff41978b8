"""Policy levers: what a regulator sets, and how providers restrict resale."""

from typing import Annotated

from pydantic import Field

from market.foundation.arrays import FloatArray
from market.foundation.config import Part

Share = Annotated[float, Field(ge=0, le=1)]


class Levers(Part):
    """Policy levers of the market; all off by default."""

    routing_tax: Share = 0.0
    """Share of each arbitrageur's fee that goes to the treasury."""
    distillation_ban: bool = False
    """Whether training, selling and running students is forbidden."""
    resale_markup: Annotated[float, Field(ge=0)] = 0.0
    """How much more providers charge arbitrageurs than consumers, as a share of the price."""
    gated: tuple[str, ...] = ()
    """Providers that do not sell to arbitrageurs."""
    price_floor: Share = 0.0
    """Lowest allowed fee, as a share of the market price."""
    transparency: bool = False
    """Whether every buyer knows every seller, whatever the awareness."""

    def tax_on(self, fees: FloatArray) -> FloatArray:
        """What of an arbitrageur's fees goes to the treasury."""
        return self.routing_tax * fees

    def after_tax(self, fees: FloatArray) -> FloatArray:
        """What of its fees an arbitrageur keeps."""
        return fees * (1 - self.routing_tax)

    def break_even(self, cost: FloatArray) -> FloatArray:
        """The fee that leaves a cost after tax; the tax is below 1."""
        return cost / (1 - self.routing_tax)
