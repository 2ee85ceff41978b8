"""A digest of what a scenario says, by which two can be told to be the same."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from market.scenario.population_source import Records
from market.scenario.schema import Scenario
from market.scenario.validation_messages import TAGS


def scenario_digest(scenario: Scenario) -> str:
    """Sixteen hexadecimal digits of the resolved scenario.

    The order and the comments of its file do not count, nor do values that are the defaults, so
    that the digest stays when a later version has more keys. Of a folder of records the last part
    of its path counts.
    """
    said = _said(scenario)
    if isinstance(scenario.population, Records):
        said["population"]["folder"] = PurePath(scenario.population.folder).name
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _said(value: Any) -> Any:
    """A value as JSON; of a table what is not its default, and of which kind it is."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            name: _said(part)
            for name, part in value
            if name in TAGS
            or fields[name].is_required()
            or part != fields[name].get_default(call_default_factory=True, validated_data={})
        }
    if isinstance(value, Mapping):
        return {str(key): _said(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_said(part) for part in value]
    return value
