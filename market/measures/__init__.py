"""What the measures of a market mean: formulas, intervals, and their labels and units.

It imports only `foundation`: numbers go in, numbers come out.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.measures.formulas import (
        hhi,
        last_quarter_ticks,
        price_dispersion,
        segmentation,
        small_provider_share,
    )
    from market.measures.intervals import Estimate, arc_elasticity, estimate, paired_difference
    from market.measures.labels import HEADLINES, Measure, Unit, fitted, measure
    from market.measures.money_units import MoneyUnit

_NAMES = {
    "market.measures.formulas": "hhi last_quarter_ticks price_dispersion segmentation "
    "small_provider_share",
    "market.measures.intervals": "Estimate arc_elasticity estimate paired_difference",
    "market.measures.labels": "HEADLINES Measure Unit fitted measure",
    "market.measures.money_units": "MoneyUnit",
}

__all__ = [
    "HEADLINES",
    "Estimate",
    "Measure",
    "MoneyUnit",
    "Unit",
    "arc_elasticity",
    "estimate",
    "fitted",
    "hhi",
    "last_quarter_ticks",
    "measure",
    "paired_difference",
    "price_dispersion",
    "segmentation",
    "small_provider_share",
]

__getattr__, __dir__ = lazy_exports(__name__, _NAMES)
