"""Old path of :mod:`market.strategies`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.parts", "market.strategies")
