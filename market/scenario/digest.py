"""A digest of what a scenario says, by which two can be told to be the same."""

import json
from hashlib import blake2b
from pathlib import PurePath

from market.scenario.population_source import Records
from market.scenario.schema import Scenario


def scenario_digest(scenario: Scenario) -> str:
    """Sixteen hexadecimal digits of the resolved scenario.

    The order and the comments of its file do not count, nor does where a folder of records is: of
    its path only the last part does.
    """
    said = scenario.model_dump(mode="json")
    if isinstance(scenario.population, Records):
        said["population"]["folder"] = PurePath(scenario.population.folder).name
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return blake2b(text.encode(), digest_size=8).hexdigest()
