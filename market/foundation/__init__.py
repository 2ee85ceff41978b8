"""What every room stands on: errors, array types, random streams, configuration, files.

It imports no other room. Array types come when asked for, so that errors alone cost no numpy.
"""

from typing import TYPE_CHECKING

from market.foundation.errors import (
    ConservationError,
    DataError,
    MarketError,
    RunError,
    ScenarioError,
)
from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.foundation.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "BoolArray",
    "ConservationError",
    "DataError",
    "FloatArray",
    "IntArray",
    "MarketError",
    "RunError",
    "ScenarioError",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {"market.foundation.arrays": "BoolArray FloatArray IntArray"},
)
