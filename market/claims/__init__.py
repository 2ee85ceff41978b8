"""The claims of the paper and its reading, each put to a test on the shipped pack."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.claims.experiments import Claim, Contrast
    from market.claims.judging import Finding, Report, judge
    from market.claims.listed import CLAIMS

__all__ = ["CLAIMS", "Claim", "Contrast", "Finding", "Report", "judge"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command line answers at once."""
    if name in __all__:
        from importlib import import_module

        homes = {"CLAIMS": "listed", "Claim": "experiments", "Contrast": "experiments"}
        return getattr(import_module(f"market.claims.{homes.get(name, 'judging')}"), name)
    raise AttributeError(f"module 'market.claims' has no attribute {name!r}")
