"""Many runs: designs, executors, sweeps, comparisons, sensitivity and claims.

It imports `simulation` and below.
"""

from market.studies.comparison import Comparison, compare
from market.studies.study import Study
from market.studies.sweep import resume, sweep

__all__ = ["Comparison", "Study", "compare", "resume", "sweep"]
