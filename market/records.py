"""Old path of :mod:`market.population.records`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.records", "market.population.records")
