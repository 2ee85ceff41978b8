"""The agents: they hold state, and leave every decision to a rule."""

from market.simulation.agents.arbitrageur import Arbitrageur
from market.simulation.agents.consumer_segment import ConsumerSegment
from market.simulation.agents.provider import Provider
from market.simulation.agents.seller import Seller

__all__ = ["Arbitrageur", "ConsumerSegment", "Provider", "Seller"]
