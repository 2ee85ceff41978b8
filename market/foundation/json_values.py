"""Values for JSON, which has neither NaN nor infinity."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def finite(value: Any, digits: int | None = None) -> Any:
    """Make a value ready for JSON: numbers that are not finite become None.

    Floats are rounded to so many significant `digits` if given.
    """
    if isinstance(value, Mapping):
        return {str(key): finite(item, digits) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return finite(value.tolist(), digits)
    if isinstance(value, list | tuple):
        return [finite(item, digits) for item in value]
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            return None
        return float(value) if digits is None else float(f"{value:.{digits}g}")
    return value
