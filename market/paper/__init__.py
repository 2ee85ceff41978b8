"""The paper's own procedures and published figures, as a check on attempt records.

Reruns what arXiv:2603.22404 does on its released SWE-bench records: thresholds on its grids, its
integration, its grids of solve rates. :func:`check` compares the results with what it published.
"""

from market.paper.figures import check
from market.paper.fitted_margins import fitting_budget
from market.paper.paper_report import PaperFigure, PaperReport
from market.paper.procedures import (
    distillation,
    entry,
    price_competition,
    revenue,
    six_models,
    two_models,
)

__all__ = [
    "PaperFigure",
    "PaperReport",
    "check",
    "distillation",
    "entry",
    "fitting_budget",
    "price_competition",
    "revenue",
    "six_models",
    "two_models",
]
