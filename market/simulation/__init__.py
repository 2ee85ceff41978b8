"""The market as a Mesa model: its agents, what a tick does, expectations and accounting.

It imports `results` and below. The tick is in :mod:`market.simulation.model`. Names are imported
when first asked for: what a base market is, say, is known without Mesa.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.simulation.model import MarketModel, run

_NAMES = {"market.simulation.model": "MarketModel run"}

__all__ = ["MarketModel", "run"]

__getattr__, __dir__ = lazy_exports(__name__, _NAMES)
