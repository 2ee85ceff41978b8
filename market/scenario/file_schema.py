"""The JSON Schema of scenario files, for editors."""

from typing import Any

from market.scenario.schema import Scenario


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
