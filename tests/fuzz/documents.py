"""What is changed: the shipped scenarios, made small, and whatever else their schema allows."""

import tomllib
from functools import cache
from typing import Any

import tomli_w
from fuzz.mutations import pool_of
from fuzz.odd_values import as_written

from market.scenario.file_schema import json_schema
from market.scenario.files import load, shipped_scenarios

MOST = {
    "ticks": 3,
    "at": 1,
    "active_from": 1,
    "active_until": 2,
    "size": 30,
    "queries_per_tick": 2,
    "problems": 12,
    "menu_points": 8,
    "count": 3,
    "types": 3,
    "replicates": 1,
    "samples": 2,
    "points": 2,
    "anchors": 2,
}
"""Sizes above which a scenario that is run is no small one."""
_FINE, COARSE = 0.003, 0.1  # tolerances of budgets: few are quickly searched


class Documents(tuple[Any, ...]):
    """Documents, which hypothesis does not spell out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} documents"


@cache
def scenarios() -> Documents:
    """Every shipped scenario with all its defaults, made small."""
    return Documents(
        small(load(shipped.name).model_dump(mode="json", exclude_none=True))
        for shipped in shipped_scenarios()
    )


@cache
def scenario_files() -> Documents:
    """Every shipped scenario as it stands in its file, which may extend another."""
    files = [tomllib.loads(shipped.path.read_text("utf-8")) for shipped in shipped_scenarios()]
    return Documents(small(document) for document in files)


@cache
def parts() -> dict[str, list[Any]]:
    """By key, values that are right somewhere, rules that no shipped scenario has among them."""
    pool = pool_of([*scenarios(), *scenario_files()])
    definitions = json_schema()["$defs"]
    for key, schema in _properties(definitions):
        for name in _named(schema):
            made = _least(definitions[name], definitions, 3)
            if made is not None and made not in pool.setdefault(key, []):
                pool[key].append(made)
    return pool


def market_of(models: list[str], population: dict[str, Any]) -> dict[str, Any]:
    """A small market of these models, each of a provider of its own."""
    base = next(document for document in scenarios() if document["name"] == "synthetic")
    providers = [{"name": f"maker {model}", "models": [model]} for model in models]
    return base | {"providers": providers, "population": population, "sweep": None}


def small(document: Any, key: str = "") -> Any:
    """The same document with its sizes within `MOST`; a list of design points is cut, too."""
    if isinstance(document, dict):
        sizes = {name: small(value, name) for name, value in document.items()}
        return sizes | {"tolerance": COARSE} if sizes.get("tolerance") == _FINE else sizes
    if isinstance(document, list):
        kept = document[:2] if key in ("remove", "arbitrageurs.routers.count") else document
        return [small(value, key) for value in kept[:10]]
    most = MOST.get(key.rpartition(".")[2])
    if most is not None and isinstance(document, int | float) and not isinstance(document, bool):
        return min(document, most)
    return document


def toml(document: Any) -> bytes:
    """A scenario file that holds a document."""
    return as_written(tomli_w.dumps(_without_none(document))).encode()


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value if item is not None]
    return value


def _properties(definitions: dict[str, Any]) -> list[tuple[str, Any]]:
    every = [*definitions.values(), json_schema()]
    return [pair for schema in every for pair in schema.get("properties", {}).items()]


def _named(schema: Any) -> list[str]:
    """Names of the definitions that a schema refers to, at any depth."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return [schema["$ref"].rpartition("/")[2]]
        return [name for value in schema.values() for name in _named(value)]
    return [name for value in schema for name in _named(value)] if isinstance(schema, list) else []


def _least(schema: Any, definitions: dict[str, Any], depth: int) -> Any:
    """A value of a schema with nothing in it that may be left out; None where there is none."""
    if depth < 0:
        return None
    if "$ref" in schema:
        return _least(definitions[schema["$ref"].rpartition("/")[2]], definitions, depth - 1)
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _least(schema[key][0], definitions, depth)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = {*schema.get("required", ()), *({"kind"} & set(schema.get("properties", ())))}
        inside = {n: _least(schema["properties"][n], definitions, depth - 1) for n in wanted}
        return None if None in inside.values() else inside
    if kind == "array":
        item = _least(schema.get("items", {}), definitions, depth - 1)
        return [] if item is None else [item] * schema.get("minItems", 1)
    plain = {"string": "a", "number": 0.5, "integer": 1, "boolean": True}
    return plain.get(kind)
