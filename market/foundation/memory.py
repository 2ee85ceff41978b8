"""Results that are remembered up to a number or a size, the oldest forgotten first."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

Key = TypeVar("Key")
Value = TypeVar("Value")


def remember(memory: dict[Any, Any], key: object, value: object, most: int) -> None:
    """Keep a value under its key, and forget the oldest where there are too many."""
    while len(memory) >= most:
        memory.pop(next(iter(memory)))
    memory[key] = value


class Remembered(Generic[Key, Value]):
    """Results up to a number of bytes; those asked for longest ago are forgotten first.

    Parameters
    ----------
    most
        Bytes together. What was kept last stays, however large.
    """

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._held: dict[Key, tuple[Value, int]] = {}

    def get(self, key: Key) -> Value | None:
        """What is kept under a key."""
        if key not in self._held:
            return None
        found = self._held[key] = self._held.pop(key)
        return found[0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes under its key."""
        self._bytes += size - self._held.pop(key, (None, 0))[1]
        self._held[key] = value, size
        while self._bytes > self._most and len(self._held) > 1:
            self._bytes -= self._held.pop(next(iter(self._held)))[1]

    def weigh(self, size: Callable[[Value], int]) -> None:
        """Take the sizes of all anew: some grow while they are kept."""
        self._held = {key: (value, size(value)) for key, (value, _) in self._held.items()}
        self._bytes = sum(held for _, held in self._held.values())

    def clear(self) -> None:
        """Forget all."""
        self._held.clear()
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        """Bytes of all, as they were told."""
        return self._bytes

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._held)


def array_bytes(*values: object) -> int:
    """Bytes of the arrays that objects have as attributes, of each object once."""
    each = {id(value): value for value in values}.values()
    held = [of for value in each for of in vars(value).values() if isinstance(of, np.ndarray)]
    return sum(array.nbytes for array in held)


def same_objects(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether these are the very same objects in the same order; what they hold is not compared."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))
