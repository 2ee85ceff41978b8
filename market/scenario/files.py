"""Scenario files: find them, inherit, override, and list every error.

A scenario is TOML. With `extends`, tables merge key by key, and entries of lists with the same name
are merged; any other value replaces the inherited one, and so does what a `[sweep]` varies. An
override `PATH=VALUE` also finds entries of such lists by their names.
"""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from market.foundation.code_version import package_folder
from market.foundation.config import nearest
from market.foundation.errors import ScenarioError
from market.foundation.parsing import RowError, parsed_toml
from market.foundation.text_files import file_is_there, read_text
from market.population.pack_folders import shipped_packs
from market.scenario.interventions import phases
from market.scenario.overrides import Override, assign, parse, plain, split_path
from market.scenario.paths import dotted
from market.scenario.schema import Scenario
from market.scenario.validation_messages import TAGS, show, validate
from market.scenario.verbs import leaf_paths, require_no_conflict, resolved

_LONGEST_LINE_OF_HEIRS = 64  # files, each of which extends the next; a person reads few
_WHOLE = ("vary", "baseline")  # tables of a [sweep] that an heir's own replace, not extend


@dataclass(frozen=True)
class ShippedScenario:
    """A scenario that comes with the program."""

    name: str
    description: str
    path: Path


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
    data = resolved(_read(path), str(path))
    if isinstance(set, Mapping):
        overrides = [Override(split_path(key)[0], plain(value), key) for key, value in set.items()]
    else:
        overrides = [parse(text) for text in ([set] if isinstance(set, str) else set)]
    if seed is not None:
        overrides.append(Override(("seed",), plain(seed), "seed"))
    if not overrides:
        return _checked(validate(data, str(path)), str(path))
    # With every default in its place, overrides reach what the file leaves out. A file that is not
    # valid on its own may become so through them; remaining errors are reported below.
    with suppress(ScenarioError):
        data = validate(data, str(path)).model_dump()
    return _changed(data, overrides, f"{path} with --set")


def arbitrageurs_override(source: str | Path, count: int, option: str) -> str:
    """The override that gives a scenario so many arbitrageurs.

    Raises
    ------
    ScenarioError
        The scenario has several groups of them, or none, so that it must be said which.
    """
    groups = [group.name for group in load(source).arbitrageurs]
    if len(groups) == 1:
        return f"{dotted(('arbitrageurs', groups[0], 'count'))}={count}"
    listed = ", ".join(f"{dotted(('arbitrageurs', name, 'count'))}" for name in groups)
    raise ScenarioError(
        f"{option} {count}: {source} has "
        + (f"{len(groups)} groups of arbitrageurs; set {listed}" if groups else "no arbitrageurs")
    )


def override(
    scenario: Scenario, values: Mapping[str, object], option: str = "--set", place: str = ""
) -> Scenario:
    """The same scenario with other values, checked again.

    Parameters
    ----------
    scenario
        As resolved.
    values
        By dotted path, as :func:`load` takes them.
    option, place
        What errors name: the option that gave the values, and where they belong.

    Raises
    ------
    ScenarioError
        What results is no scenario: all problems, a line each.
    """
    overrides = [
        Override(split_path(path, option)[0], plain(value), path, option)
        for path, value in values.items()
    ]
    return _changed(scenario.model_dump(), overrides, place or f"{scenario.name} with {option}")


def _changed(data: dict[str, Any], overrides: Sequence[Override], place: str) -> Scenario:
    require_no_conflict([item.path for item in overrides], place)
    for item in sorted(overrides, key=lambda item: (len(item.path), item.path[-1] not in TAGS)):
        data = assign(data, item.path, (), item)
    data = resolved(data, place)
    return _checked(validate(_anchor(data, Path.cwd()), place), place)


def _checked(scenario: Scenario, place: str) -> Scenario:
    """Give the scenario back if its interventions are valid."""
    try:
        phases(scenario)
    except ScenarioError as error:
        raise ScenarioError(f"{place}: {error}") from error
    return scenario


def to_toml(scenario: Scenario) -> str:
    """Write a scenario as TOML that loads back to an equal one."""
    return tomli_w.dumps(scenario.model_dump(mode="json", exclude_none=True))


def _shipped() -> dict[str, Path]:
    package = package_folder()
    inside = package / "scenarios"  # in a wheel; a checkout has them beside the package
    folder = inside if inside.is_dir() else package.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _find(source: str | Path, beside: Path = Path()) -> Path:
    shipped = _shipped()
    if str(source) in shipped:
        return shipped[str(source)]
    path = beside / source
    if not str(source):
        raise ScenarioError("no scenario given; name a shipped one or a file")
    folder = path.is_dir()
    for file in (path, path.parent / f"{path.name}.toml"):
        if not (folder and file == path) and file_is_there(file):
            return file
    if folder:
        raise ScenarioError(f"{source}: is a folder; name the scenario file in it")
    hint = nearest(str(source), list(shipped))
    raise ScenarioError(f"{source}: no such file or shipped scenario; {hint}")


def _read(path: Path, heirs: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Content of a scenario file, with what it extends merged in."""
    here = path.resolve()
    if here in heirs:
        raise ScenarioError(f"{path}: extends: {' extends '.join(p.name for p in (*heirs, here))}")
    try:
        data = _anchor(parsed_toml(read_text(path, ScenarioError)), here.parent)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: not valid TOML: {error}") from error
    except RowError as error:
        raise ScenarioError(f"{path}: {error}") from error
    require_no_conflict(leaf_paths(data), str(path))
    if "extends" not in data:
        return data
    if len(heirs) == _LONGEST_LINE_OF_HEIRS:
        raise ScenarioError(
            f"{path}: extends: {heirs[0].name} extends this file through {len(heirs) - 1} others; "
            "write in one file what so many add"
        )
    parent = data.pop("extends")
    if not isinstance(parent, str) or not parent:
        raise ScenarioError(f"{path}: extends: must be a name or path (value: {show(parent)})")
    try:
        base = _find(parent, here.parent)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: extends: {error}") from error
    merged: dict[str, Any] = _merge(_read(base, (*heirs, here)), data)
    return merged


def _anchor(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Make the population's relative paths absolute."""
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
        if any(tag in base and tag in heir and base[tag] != heir[tag] for tag in TAGS):
            return heir
        return {
            **base,
            **{
                key: _merge(base[key], value) if key in base and key not in _WHOLE else value
                for key, value in heir.items()
            },
        }
    if _is_named(base) and _is_named(heir):
        merged, free = list(base), [entry["name"] for entry in base]
        for entry in heir:
            if entry["name"] in free:
                i = free.index(entry["name"])
                merged[i], free[i] = _merge(merged[i], entry), None  # each is merged once
            else:
                merged.append(entry)
        return merged
    return heir


def _is_named(value: Any) -> bool:
    listed = isinstance(value, list) and len(value) > 0
    return listed and all(isinstance(entry, dict) and "name" in entry for entry in value)
