"""Names of a package that are imported when first asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_exports(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the `__getattr__` and `__dir__` of a package (PEP 562).

    Parameters
    ----------
    package
        Its dotted name.
    names
        From a module to the public names that it defines, with blanks between.
    """
    homes = {name: module for module, listed in names.items() for name in listed.split()}

    def attribute(name: str) -> Any:
        if name in homes:
            return getattr(import_module(homes[name]), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def listed() -> list[str]:
        return sorted(homes)

    return attribute, listed
