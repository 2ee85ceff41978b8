"""The agents: they hold state, and leave every decision to a rule."""

from market.agents.segments import ConsumerSegment
from market.agents.sellers import Arbitrageur, Provider, Seller

__all__ = ["Arbitrageur", "ConsumerSegment", "Provider", "Seller"]
