"""Dotted paths into a scenario, as users write them."""

from collections.abc import Sequence


def dotted(path: Sequence[str]) -> str:
    """Write a path as a user may type it: segments that hold a dot, `=` or space are quoted."""
    return ".".join(f'"{s}"' if not s or set(s) & set(".='\" \t") else s for s in path)
