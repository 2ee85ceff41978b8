"""From attempt records to a pack: problem classes that keep the records' curves and frontier.

It imports `frontier`, `population` and `foundation`.
"""

from market.calibration.calibrate import Calibration, calibrate, calibrate_records, write_pack

__all__ = ["Calibration", "calibrate", "calibrate_records", "write_pack"]
