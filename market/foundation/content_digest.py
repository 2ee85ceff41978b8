"""A digest of what values hold, by which equal ones are told without comparing them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Protocol

import numpy as np


class _Hash(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...


def content_digest(*values: object) -> bytes:
    """Digest of arrays, texts, numbers, and tuples, tables and dataclasses of them.

    Values with equal digests are of the same types and shapes and hold the same to the bit.

    Raises
    ------
    TypeError
        A value that is none of these.
    """
    told = blake2b(digest_size=20)
    _tell(told, values)
    return told.digest()


def _tell(told: _Hash, value: object) -> None:
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError(f"an array of {value.dtype} has no digest")
        _mark(told, "array", f"{value.dtype.str} {value.shape}")
        told.update(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
    elif value is None or isinstance(value, bool | int | float | str | bytes | np.generic):
        _mark(told, type(value).__name__, repr(value))
    elif isinstance(value, tuple | list):
        _mark(told, "sequence", str(len(value)))
        for item in value:
            _tell(told, item)
    elif isinstance(value, Mapping):
        _mark(told, "table", str(len(value)))
        for key, item in value.items():
            _tell(told, key)
            _tell(told, item)
    elif is_dataclass(value) and not isinstance(value, type):
        _mark(told, "fields", type(value).__qualname__)
        for field in fields(value):
            _tell(told, field.name)
            _tell(told, getattr(value, field.name))
    else:
        raise TypeError(f"{type(value).__name__} has no digest")


def _mark(told: _Hash, kind: str, text: str) -> None:
    """Tell a text with its kind and length, so that no two sequences of texts run together."""
    content = text.encode()
    told.update(f"{kind} {len(content)} ".encode())
    told.update(content)
