"""Names of measures of version 0.1, readable for one release."""

import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

OLD_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "marginal_revenue_per_query": "revenue_per_query",
        "marginal_revenue_price": "marginal_revenue",
    }
)


def current(name: str) -> str:
    """The present name of a measure; the caller's caller is told of an old one."""
    new = OLD_NAMES.get(name)
    if new is None:
        return name
    warnings.warn(f"{name} is called {new} now", DeprecationWarning, stacklevel=3)
    return new


def in_present_names(table: Any) -> Any:
    """A data frame, its columns and the measures in its rows by their present names.

    Version 0.1 may have written it, so nobody is told.
    """
    found = table.rename(columns=OLD_NAMES)
    if "measure" in found:
        found = found.assign(measure=found["measure"].replace(dict(OLD_NAMES)))
    return found
