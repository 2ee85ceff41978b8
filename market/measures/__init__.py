"""What the measures of a market mean: formulas, intervals, and their labels and units.

It imports only `foundation`: numbers go in, numbers come out.
"""

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
