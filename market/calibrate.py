"""Old path of :mod:`market.calibration.calibrate`, kept for one release."""

from market.foundation.moved import moved

__getattr__ = moved("market.calibrate", "market.calibration.calibrate")
