"""The agents: they hold state, and leave every decision to a rule."""

from market.simulation.agents.consumer_segment import ConsumerSegment
from market.simulation.agents.sellers import Arbitrageur, Provider, Seller

__all__ = ["Arbitrageur", "ConsumerSegment", "Provider", "Seller"]
