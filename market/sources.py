"""Old path of :mod:`market.scenario.sources`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.sources", "market.scenario.sources")
