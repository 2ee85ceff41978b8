"""Agent-based simulator of AI model markets.

>>> import market
>>> scenario = market.load("swebench", set={"arbitrageurs.routers.count": 3})
>>> result = market.run(scenario)  # doctest: +SKIP
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports
from market.foundation.shown import show_with

if TYPE_CHECKING:
    from market.foundation.errors import (
        ConservationError,
        DataError,
        MarketError,
        MarketWarning,
        RunError,
        ScenarioError,
    )
    from market.frontier.appraisal import Appraisal, appraise
    from market.notebook.what_if import what_if
    from market.results.run_result import RunResult
    from market.scenario.agent_specs import ArbitrageurGroup, ConsumerGroup, ProviderSpec
    from market.scenario.files import load
    from market.scenario.population_source import Calibrated, Records, Synthetic, SyntheticModel
    from market.scenario.schema import Intervention, QualityTiers, Scenario
    from market.simulation.model import MarketModel, run
    from market.studies.comparison import Comparison
    from market.studies.comparisons import Comparisons
    from market.studies.fit.fitted import Fit
    from market.studies.fit.run_fit import fit
    from market.studies.run_comparison import compare
    from market.studies.run_sweep import resume, sweep
    from market.studies.study import Study

__version__ = "0.2.0"

_NAMES = {
    "market.foundation.errors": "ConservationError DataError MarketError MarketWarning RunError "
    "ScenarioError",
    "market.frontier.appraisal": "Appraisal appraise",
    "market.notebook.what_if": "what_if",
    "market.results.run_result": "RunResult",
    "market.scenario.agent_specs": "ArbitrageurGroup ConsumerGroup ProviderSpec",
    "market.scenario.files": "load",
    "market.scenario.population_source": "Calibrated Records Synthetic SyntheticModel",
    "market.scenario.schema": "Intervention QualityTiers Scenario",
    "market.simulation.model": "MarketModel run",
    "market.studies.comparison": "Comparison",
    "market.studies.comparisons": "Comparisons",
    "market.studies.fit.fitted": "Fit",
    "market.studies.fit.run_fit": "fit",
    "market.studies.run_comparison": "compare",
    "market.studies.run_sweep": "resume sweep",
    "market.studies.study": "Study",
}

__all__ = [  # noqa: RUF022  # in the order in which they are used
    "load",
    "run",
    "sweep",
    "resume",
    "compare",
    "fit",
    "what_if",
    "appraise",
    "Scenario",
    "QualityTiers",
    "Calibrated",
    "Records",
    "Synthetic",
    "SyntheticModel",
    "ProviderSpec",
    "ArbitrageurGroup",
    "ConsumerGroup",
    "Intervention",
    "RunResult",
    "Study",
    "Comparison",
    "Comparisons",
    "Fit",
    "Appraisal",
    "MarketModel",
    "MarketError",
    "ScenarioError",
    "DataError",
    "RunError",
    "ConservationError",
    "MarketWarning",
]

show_with("market.notebook")  # imported when a result is first shown
__getattr__, __dir__ = lazy_exports(__name__, _NAMES)
