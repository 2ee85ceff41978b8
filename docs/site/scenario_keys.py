"""The page of the keys of scenario files, from their JSON schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from markdown_text import table

from market.scenario import json_schema

BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}
CHOICES = ("anyOf", "oneOf")


def page() -> str:
    """A section for each table that a scenario file can have."""
    definitions = json_schema()["$defs"]
    return "\n\n".join(
        [
            "# Scenario files",
            "Keys of a scenario file, from its JSON schema (`market schema`). A key without a "
            "default must be given, unless the file `extends` another. The [guide](../guide.md) "
            "shows how to write one; those that are shipped are in [Scenarios](../scenarios.md).",
            *(section(name, definitions[name]) for name in reachable("Scenario", definitions)),
        ]
    )


def reachable(name: str, definitions: Mapping[str, Any]) -> list[str]:
    """The tables that one leads to, in the order of reading, with itself first."""
    found = [name]
    for known in found:  # grows as it is read
        found += [ref for ref in references(definitions[known]) if ref not in found]
    return list(dict.fromkeys(found))


def references(schema: Any) -> Iterator[str]:
    """Names of the tables that a schema refers to."""
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for key, value in schema.items():
            if key != "discriminator":
                yield from references(value)


def section(name: str, schema: Mapping[str, Any]) -> str:
    """One table: what it is, and a row for each key."""
    required = schema.get("required", ())
    rows = [
        (f"`{key}`", values(of), default(key, of, required), of.get("description", ""))
        for key, of in schema.get("properties", {}).items()
    ]
    parts = [f"## {name}", prose(schema.get("description", ""))]
    if rows:
        parts.append(table(("key", "value", "default", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)


def prose(docstring: str) -> str:
    """The part of a docstring before its sections."""
    return docstring.split("\n\nAttributes\n")[0].split("\n\nParameters\n")[0]


def default(key: str, schema: Mapping[str, Any], required: object) -> str:
    """What a key is if it is not given."""
    if "default" not in schema or key in required:  # type: ignore[operator]
        return "—" if key in required else ""  # type: ignore[operator]
    value = schema["default"]
    if value is None:
        return "none"
    if isinstance(value, dict):
        kind = value.get("kind")
        return f"`{kind}`" if kind else "its defaults"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def values(schema: Mapping[str, Any]) -> str:
    """What a key can be, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    for choice in CHOICES:
        if choice in schema:
            kinds = (values(part) for part in schema[choice] if part.get("type") != "null")
            return " or ".join(dict.fromkeys(kinds))
    kind = schema.get("type", "any value")
    if kind == "array":
        items = schema.get("items", {})
        kind = f"list of {values(items)}" if items else "list"
    elif kind == "object":
        more = schema.get("additionalProperties")
        kind = f"table of {values(more)}" if isinstance(more, dict) else "table"
    bounds = [words.format(schema[key]) for key, words in BOUNDS.items() if key in schema]
    return ", ".join([kind, *bounds])
