"""Old path of :mod:`market.measures.labels`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.vocabulary", "market.measures.labels")
