"""What is simulated: the schema of a scenario, its files, overrides, interventions and levers.

It imports `strategies` and below, since a scenario names the rules that its agents follow.
"""

from market.scenario.file_schema import json_schema
from market.scenario.files import load, override, shipped_scenarios, to_toml
from market.scenario.schema import Scenario

__all__ = ["Scenario", "json_schema", "load", "override", "shipped_scenarios", "to_toml"]
