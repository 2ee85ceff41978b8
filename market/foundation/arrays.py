"""Array types that all rooms share, and arrays that refuse writes."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def read_only(array: npt.ArrayLike) -> FloatArray:
    """Copy into a contiguous array of floats that refuses writes."""
    copy = np.array(array, dtype=np.float64, order="C", copy=True)
    copy.flags.writeable = False
    return copy


def read_only_counts(array: npt.ArrayLike) -> IntArray:
    """Copy into a contiguous array of whole numbers that refuses writes."""
    copy = np.array(array, dtype=np.int64, order="C", copy=True)
    copy.flags.writeable = False
    return copy


def zero_where_infinite(price: FloatArray) -> FloatArray:
    """The same, 0 where it is infinite: nothing is bought there, so nothing is paid."""
    return np.where(np.isfinite(price), price, 0.0)
