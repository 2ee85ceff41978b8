"""Old path of :mod:`market.foundation.random_streams`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.streams", "market.foundation.random_streams")
