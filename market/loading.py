"""Scenario files: find them, inherit, override, and say what is wrong with them.

A scenario is TOML. With `extends`, tables merge key by key and lists of named tables by name; any
other value replaces. An override `PATH=VALUE` addresses the entries of such lists by name too.
"""

import datetime
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from market.errors import ScenarioError
from market.packs import shipped_packs
from market.parts import nearest
from market.scenario import AGENT_NAME, FILE_NAME, Scenario, dotted

_TAGS = ("kind", "source")  # the keys that say which rule a table is for
_SEGMENT = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([^."'=]+?))\s*(\.|=|$)""")
_SAYS = {
    "missing": "is missing",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    FILE_NAME: "must be letters, digits, '.', '_' and '-', the first a letter or a digit",
    AGENT_NAME: "must be a name: no slash, no double quote, and no space at either end",
}


@dataclass(frozen=True)
class ShippedScenario:
    """A scenario that comes with the program."""

    name: str
    description: str
    path: Path


@dataclass(frozen=True)
class _Override:
    path: tuple[str, ...]
    value: Any
    text: str


def shipped_scenarios() -> list[ShippedScenario]:
    """Scenarios that come with the program, by name."""
    return [
        ShippedScenario(name, str(_read(path).get("description", "")), path)
        for name, path in _shipped().items()
    ]


def load(
    source: str | Path,
    set: Mapping[str, object] | Sequence[str] = (),
    seed: int | None = None,
) -> Scenario:
    """Read a scenario and resolve it: nothing inherited or relative is left.

    Parameters
    ----------
    source
        Name of a shipped scenario, or path of a file; `.toml` may be left out.
    set
        Overrides: texts `PATH=VALUE`, or Python values by dotted path. Longer paths apply after
        shorter ones, and a rule's `kind` before its other keys, whatever the order given.
    seed
        Root seed in place of the scenario's.

    Raises
    ------
    ScenarioError
        No such file, or it does not make a scenario: all problems, a line each.
    """
    path = _find(source)
    data = _read(path)
    if isinstance(set, Mapping):
        overrides = [_Override(_split(key)[0], _plain(value), key) for key, value in set.items()]
    else:
        overrides = [_parse(text) for text in ([set] if isinstance(set, str) else set)]
    if seed is not None:
        overrides.append(_Override(("seed",), _plain(seed), "seed"))
    if not overrides:
        return _validate(data, str(path))
    # With every default in its place, overrides reach what the file leaves out. A file that is not
    # valid as it stands may be mended by them; what they leave is reported below.
    with suppress(ScenarioError):
        data = _validate(data, str(path)).model_dump()
    for item in sorted(overrides, key=lambda item: (len(item.path), item.path[-1] not in _TAGS)):
        data = _assign(data, item.path, (), item)
    return _validate(_anchor(data, Path.cwd()), f"{path} with --set")


def to_toml(scenario: Scenario) -> str:
    """Write a scenario as TOML that loads back to an equal one."""
    return tomli_w.dumps(scenario.model_dump(mode="json"))


def json_schema() -> dict[str, Any]:
    """JSON Schema (Draft 2020-12) of scenario files; one with `extends` may leave out any key."""
    schema = Scenario.model_json_schema()
    required = schema.pop("required")
    schema["properties"]["extends"] = {
        "type": "string",
        "title": "Extends",
        "description": "Shipped scenario, or path relative to this file, that is changed here.",
    }
    otherwise = {"if": {"not": {"required": ["extends"]}}, "then": {"required": required}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, **otherwise}


def _shipped() -> dict[str, Path]:
    package = Path(__file__).parent
    inside = package / "scenarios"  # in a wheel; a checkout has them beside the package
    folder = inside if inside.is_dir() else package.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _find(source: str | Path, beside: Path = Path()) -> Path:
    shipped = _shipped()
    if str(source) in shipped:
        return shipped[str(source)]
    path = beside / source
    for file in (path, path.parent / f"{path.name}.toml"):
        if file.is_file():
            return file
    if path.is_dir():
        raise ScenarioError(f"{source}: is a folder; name the scenario file in it")
    hint = nearest(str(source), list(shipped))
    raise ScenarioError(f"{source}: no such file or shipped scenario; {hint}")


def _read(path: Path, heirs: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Content of a scenario file, with what it extends merged in."""
    here = path.resolve()
    if here in heirs:
        raise ScenarioError(f"{path}: extends: {' extends '.join(p.name for p in (*heirs, here))}")
    try:
        data = _anchor(tomllib.loads(path.read_text(encoding="utf-8-sig")), here.parent)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 text: {error}") from error
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from error
    if "extends" not in data:
        return data
    parent = data.pop("extends")
    if not isinstance(parent, str) or not parent:
        raise ScenarioError(f"{path}: extends: must be a name or path (value: {_show(parent)})")
    try:
        base = _find(parent, here.parent)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: extends: {error}") from error
    merged: dict[str, Any] = _merge(_read(base, (*heirs, here)), data)
    return merged


def _anchor(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same, with the population's relative paths made absolute."""
    population = data.get("population")
    if not isinstance(population, dict):
        return data
    absolute = {}
    for key in ("folder", "pack"):
        value = population.get(key)
        if not isinstance(value, str) or not value or (key == "pack" and value in shipped_packs()):
            continue
        path = (folder / value).resolve()
        if key == "folder" or "/" in value or (path / "pack.json").is_file():
            absolute[key] = str(path)
    return {**data, "population": {**population, **absolute}}


def _merge(base: Any, heir: Any) -> Any:
    if isinstance(base, dict) and isinstance(heir, dict):
        if any(tag in base and tag in heir and base[tag] != heir[tag] for tag in _TAGS):
            return heir
        return {**base, **{k: _merge(base[k], v) if k in base else v for k, v in heir.items()}}
    if _is_named(base) and _is_named(heir):
        merged, free = list(base), [entry["name"] for entry in base]
        for entry in heir:
            if entry["name"] in free:
                i = free.index(entry["name"])
                merged[i], free[i] = _merge(merged[i], entry), None  # each is met once
            else:
                merged.append(entry)
        return merged
    return heir


def _is_named(value: Any) -> bool:
    listed = isinstance(value, list) and len(value) > 0
    return listed and all(isinstance(entry, dict) and "name" in entry for entry in value)


def _split(text: str) -> tuple[tuple[str, ...], str | None]:
    """Segments of a dotted path, and what stands after its `=`."""
    segments: list[str] = []
    at, end = 0, "."
    while end == ".":
        match = _SEGMENT.match(text, at)
        if match is None:
            raise ScenarioError(
                f"--set {text}: write PATH=VALUE, for example ticks=30; quote names that hold a dot"
            )
        segments += [name for name in match.groups()[:3] if name is not None]
        at, end = match.end(), match[4]
    return tuple(segments), text[at:] if end == "=" else None


def _parse(text: str) -> _Override:
    path, value = _split(text)
    if value is None:
        raise ScenarioError(f"--set {text}: has no value; write PATH=VALUE, for example ticks=30")
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return _Override(path, value, text)
    return _Override(path, _plain(parsed["value"]) if len(parsed) == 1 else value, text)


def _plain(value: Any) -> Any:
    """A Python value as TOML would have given it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, Path | datetime.date | datetime.time):
        return str(value)
    return value.model_dump() if hasattr(value, "model_dump") else value


def _assign(node: Any, path: tuple[str, ...], done: tuple[str, ...], item: _Override) -> Any:
    """The same node with the override's value at `path` under it."""
    if not path:
        return item.value
    key, rest = path[0], path[1:]
    if isinstance(node, list | tuple):
        names = [entry.get("name") if isinstance(entry, dict) else None for entry in node]
        if key in names:
            i = names.index(key)
            return [*node[:i], _assign(node[i], rest, (*done, key), item), *node[i + 1 :]]
        known = [name for name in names if isinstance(name, str)]
        hint = "set the whole list" if node and not known else nearest(key, known)
        raise ScenarioError(f"--set {item.text}: {dotted(done)} has no entry {key!r}; {hint}")
    if not isinstance(node, dict):
        raise ScenarioError(f"--set {item.text}: {dotted(done)} is {_show(node)}, not a table")
    if not rest and key in _TAGS and node.get(key, item.value) != item.value:
        return {key: item.value}
    return {**node, key: _assign(node.get(key, {}), rest, (*done, key), item)}


def _validate(data: dict[str, Any], place: str) -> Scenario:
    given, problems = _strict(data), list[str]()
    while True:
        try:
            scenario = Scenario.model_validate(given, strict=True)
        except ValidationError as error:
            every = error.errors(include_url=False)
            # a list whose entries are bad also counts as too short
            found = [p for p in every if not (p["type"] == "too_short" and p["input"])]
            # these hide other problems in the same table: note them, mend them and look again
            hiding = [p for p in found if p["type"] in ("unknown_key", "union_tag_not_found")]
            for problem in hiding:
                _, table = _follow(given, problem["loc"])
                if problem["type"] == "unknown_key":
                    problems += _explain(problem, given)
                    table.pop(problem["ctx"]["key"])
                else:
                    table[problem["ctx"]["discriminator"].strip("'")] = ""
            if hiding:
                continue
            problems += [line for problem in found for line in _explain(problem, given)]
        else:
            if not problems:
                return scenario
        raise ScenarioError("\n".join(f"{place}: {line}" for line in problems))


def _strict(value: Any) -> Any:
    """A copy with tuples for lists, which is what the strict schema takes."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    return tuple(map(_strict, value)) if isinstance(value, list | tuple) else value


def _follow(data: Any, loc: Sequence[int | str]) -> tuple[list[str], Any]:
    """Path of a problem as a user may type it, and what stands there."""
    path: list[str] = []
    for step in loc:
        if isinstance(step, int):
            data = data[step]
            name = data.get("name") if isinstance(data, dict) else None
            if isinstance(name, str) and name:
                path.append(name)
            else:
                path[-1] += f"[{step}]"
        elif isinstance(data, dict) and step not in data and step in map(data.get, _TAGS):
            continue  # pydantic also names the rule that a table is for
        else:
            path.append(step)
            data = data.get(step) if isinstance(data, dict) else None
    return path, data


def _explain(problem: ErrorDetails, data: Any) -> Iterator[str]:
    kind, context, value = problem["type"], problem.get("ctx", {}), problem["input"]
    path, _ = _follow(data, problem["loc"])
    if kind == "disagreement":
        yield from (f"{dotted(where)}: {message}" for where, message in context["found"])
        return
    says = _SAYS.get(context.get("pattern", kind), problem["msg"])
    if kind == "unknown_key":
        path.append(context["key"])
    elif kind == "union_tag_invalid":
        path.append(context["discriminator"].strip("'"))
        says = f"unknown {path[-1]} {context['tag']!r}" if context["tag"] else "is missing"
        known = re.findall("'([^']+)'", context["expected_tags"])
        says += f"; {nearest(context['tag'], known)}"
    else:
        says = says.format(**context)
    shown = "" if isinstance(value, dict) else f" (value: {_show(value)})"
    yield f"{dotted(path)}: {says}{shown}"


def _show(value: Any) -> str:
    text = str(value) if isinstance(value, float) else json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "…"
