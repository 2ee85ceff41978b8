"""The JSON Schema of scenario files, for editors."""

from typing import Any

from market.scenario.schema import Scenario
from market.scenario.verbs import NAMES, VERBS

_BY_NAME = {"type": "object", "minProperties": 1}
_TYPES: dict[str, dict[str, Any]] = {
    "price_factor": {
        **_BY_NAME,
        "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
    },
    "tax": {"type": "number", "minimum": 0, "maximum": 1},
    "ban": {"enum": ["distillation", "resale"]},
    "enter": {**_BY_NAME, "additionalProperties": {"type": "integer", "minimum": 0}},
    "add": {**_BY_NAME, "additionalProperties": {"type": "object"}},
}
_VERBS = {
    verb.name: {"title": verb.name, "description": verb.says, **_TYPES[verb.name]}
    for verb in VERBS
    if verb.name in NAMES
}


def json_schema() -> dict[str, Any]:
    """Make the schema (Draft 2020-12); a file with `extends` may leave out any key."""
    whole = Scenario.model_json_schema()
    definitions = whole.pop("$defs")
    change = _any_key_may_miss(whole)
    change["properties"]["extends"] = {
        "type": "string",
        "title": "Extends",
        "description": "Shipped scenario, or path relative to this file, that this one changes.",
    }
    for schema in (whole, change):
        schema["properties"] |= {verb: dict(told) for verb, told in _VERBS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **change,
        "if": {"not": {"required": ["extends"]}},
        "then": {"$ref": "#/$defs/Scenario"},
        "$defs": {
            "Scenario": whole,
            **definitions,
            **{f"Change{name}": _any_key_may_miss(part) for name, part in definitions.items()},
        },
    }


def _any_key_may_miss(schema: Any) -> Any:
    """The same schema for a table that changes another: no key is required, at any depth."""
    if isinstance(schema, list):
        return [_any_key_may_miss(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {}
    for key, value in schema.items():
        if key == "$ref":
            changed[key] = value.replace("#/$defs/", "#/$defs/Change")
        elif key == "oneOf":  # without its kind, a table may be for several rules
            changed["anyOf"] = _any_key_may_miss(value)
        elif key not in ("required", "discriminator", "default"):
            changed[key] = _any_key_may_miss(value)
    return changed
