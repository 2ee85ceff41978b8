"""From attempt records to a pack: problem classes that keep the records' curves and frontier.

It imports `frontier`, `population` and `foundation`.
"""

from market.calibration.calibrate import (
    calibrate,
    calibrate_answers,
    calibrate_records,
)
from market.calibration.fit_errors import Calibration
from market.calibration.write_pack import write_pack

__all__ = ["Calibration", "calibrate", "calibrate_answers", "calibrate_records", "write_pack"]
