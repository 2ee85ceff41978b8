"""Many runs: designs, executors, sweeps, comparisons, sensitivity and claims.

It imports `simulation` and below.
"""

from market.studies.comparison import Comparison, compare
from market.studies.run_sweep import resume, sweep
from market.studies.study import Study

__all__ = ["Comparison", "Study", "compare", "resume", "sweep"]
