"""Agent-based simulator of AI model markets.

>>> import market
>>> scenario = market.load("swebench", set={"arbitrageurs.routers.count": 3})
>>> result = market.run(scenario)  # doctest: +SKIP
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.foundation.errors import (
        ConservationError,
        DataError,
        MarketError,
        RunError,
        ScenarioError,
    )
    from market.results.run_result import RunResult
    from market.scenario.files import load
    from market.scenario.schema import Scenario
    from market.simulation.model import MarketModel, run
    from market.studies.comparison import Comparison, compare
    from market.studies.run_sweep import resume, sweep
    from market.studies.study import Study

__version__ = "0.1.0"

_HOMES = {
    "Comparison": "market.studies.comparison",
    "ConservationError": "market.foundation.errors",
    "DataError": "market.foundation.errors",
    "MarketError": "market.foundation.errors",
    "MarketModel": "market.simulation.model",
    "RunError": "market.foundation.errors",
    "RunResult": "market.results.run_result",
    "Scenario": "market.scenario.schema",
    "ScenarioError": "market.foundation.errors",
    "Study": "market.studies.study",
    "compare": "market.studies.comparison",
    "load": "market.scenario.files",
    "resume": "market.studies.run_sweep",
    "run": "market.simulation.model",
    "sweep": "market.studies.run_sweep",
}

__all__ = [  # noqa: RUF022  # in the order in which they are used
    "load",
    "run",
    "sweep",
    "resume",
    "compare",
    "Scenario",
    "RunResult",
    "Study",
    "Comparison",
    "MarketModel",
    "MarketError",
    "ScenarioError",
    "DataError",
    "RunError",
    "ConservationError",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
