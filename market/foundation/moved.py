"""Old import paths, kept for one release."""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any


def moved(old: str, new: str) -> Callable[[str], Any]:
    """Make the `__getattr__` of a module that has moved: it warns, and answers from the new place.

    Parameters
    ----------
    old, new
        Dotted paths of the module before and now.
    """

    def attribute(name: str) -> Any:
        try:
            found = getattr(import_module(new), name)
        except AttributeError:
            raise AttributeError(f"module {old!r} has no attribute {name!r}") from None
        if not name.startswith("__"):
            warnings.warn(
                f"{old} has moved: import {name} from {new}; the old path goes with version 0.3",
                DeprecationWarning,
                stacklevel=2,
            )
        return found

    return attribute
