"""What a tick and a run leave behind: outcomes of a tick, tables, and the folder that holds them.

It imports `scenario` and below, and knows no agent.
"""

from market.results.run_result import RunResult
from market.results.tick_outcome import TickOutcome

__all__ = ["RunResult", "TickOutcome"]
