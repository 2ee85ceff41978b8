"""Policy levers: what a regulator sets, and how providers restrict resale."""

from typing import Annotated

from pydantic import Field

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
