"""Results that are remembered up to a number, the oldest forgotten first."""

from typing import Any


def remember(memory: dict[Any, Any], key: object, value: object, most: int) -> None:
    """Keep a value under its key, and forget the oldest where there are too many."""
    while len(memory) >= most:
        memory.pop(next(iter(memory)))
    memory[key] = value
