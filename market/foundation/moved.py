"""Old names and import paths, kept for one release."""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any


def warn_of_old_name(old: str, new: str) -> None:
    """Tell the caller's caller that a name is old."""
    warnings.warn(
        f"{old} is now {new}; the old name goes with version 0.3", DeprecationWarning, stacklevel=3
    )


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
            warn_of_old_name(f"{old}.{name}", f"{new}.{name}")
        return found

    return attribute
