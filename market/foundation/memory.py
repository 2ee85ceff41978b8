"""Results that are remembered up to a number, the oldest forgotten first."""

from collections.abc import Sequence
from typing import Any


def remember(memory: dict[Any, Any], key: object, value: object, most: int) -> None:
    """Keep a value under its key, and forget the oldest where there are too many."""
    while len(memory) >= most:
        memory.pop(next(iter(memory)))
    memory[key] = value


def same_objects(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether these are the very same objects in the same order; what they hold is not compared."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))
