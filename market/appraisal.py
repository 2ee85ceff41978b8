"""Old path of :mod:`market.frontier.appraisal`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.appraisal", "market.frontier.appraisal")
