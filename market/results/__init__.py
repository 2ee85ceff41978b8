"""What a tick and a run leave behind: outcomes of a tick, tables, and the folder that holds them.

It imports `scenario` and below, and knows no agent. Names are imported when first asked for, since
tables need pandas.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.results.run_result import RunResult
    from market.results.tick_outcome import TickOutcome

_NAMES = {
    "market.results.run_result": "RunResult",
    "market.results.tick_outcome": "TickOutcome",
}

__all__ = ["RunResult", "TickOutcome"]

__getattr__, __dir__ = lazy_exports(__name__, _NAMES)
