"""The market as a Mesa model: its agents, what a tick does, expectations and accounting.

It imports `results` and below. The tick is in :mod:`market.simulation.model`.
"""

from market.simulation.model import MarketModel, run

__all__ = ["MarketModel", "run"]
