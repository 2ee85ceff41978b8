"""Many runs: designs, executors, sweeps, comparisons, sensitivity and claims.

It imports `simulation` and below. Names are imported when first asked for: a design is checked
without Mesa.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.studies.comparison import Comparison
    from market.studies.comparisons import Comparisons
    from market.studies.release_result import Release
    from market.studies.run_comparison import compare
    from market.studies.run_release import release
    from market.studies.run_sweep import resume, sweep
    from market.studies.study import Study

_NAMES = {
    "market.studies.comparison": "Comparison",
    "market.studies.comparisons": "Comparisons",
    "market.studies.release_result": "Release",
    "market.studies.run_comparison": "compare",
    "market.studies.run_release": "release",
    "market.studies.run_sweep": "resume sweep",
    "market.studies.study": "Study",
}

__all__ = ["Comparison", "Comparisons", "Release", "Study", "compare", "release", "resume", "sweep"]

__getattr__, __dir__ = lazy_exports(__name__, _NAMES)
