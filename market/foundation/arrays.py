"""Array types that all rooms share, and arrays that refuse writes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
IndexArray = npt.NDArray[np.signedinteger[Any]]  # of whatever width holds all of them
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


def index_type(most: int) -> np.dtype[np.signedinteger[Any]]:
    """The narrowest signed type that holds −1 and all up to `most`."""
    narrow: tuple[type[np.signedinteger[Any]], ...] = (np.int8, np.int16, np.int32)
    return np.dtype(next((kind for kind in narrow if most <= np.iinfo(kind).max), np.int64))


def blocks(size: int, most: int) -> Iterator[slice]:
    """Slices of at most `most` that cover an axis: what is made of each stays in the cache."""
    return (slice(first, min(first + most, size)) for first in range(0, size, most))
