"""Overrides: `PATH=VALUE` sets one value of a scenario, `PATH=VALUES` varies it in a sweep."""

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from market.foundation.config import nearest
from market.foundation.errors import ScenarioError, shown
from market.foundation.parsing import RowError, parsed_toml
from market.scenario.schema import dotted
from market.scenario.validation_messages import TAGS, show

_SEGMENT = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([^."'=]+?))\s*(\.|=|$)""")


_DEEPEST = 32  # names of a path; the schema's deepest has fewer than ten


@dataclass(frozen=True)
class Override:
    """A value to set: where, what, as the user wrote it, and by which option."""

    path: tuple[str, ...]
    value: Any
    text: str
    option: str = "--set"


def split_path(text: str, option: str = "--set") -> tuple[tuple[str, ...], str | None]:
    """Segments of a dotted path, and the text after its `=`."""
    segments: list[str] = []
    at, end = 0, "."
    while end == ".":
        match = _SEGMENT.match(text, at)
        if match is None:
            raise ScenarioError(
                f"{option} {_cut(text)}: write PATH=VALUE, for example ticks=30; "
                "quote names that contain a dot"
            )
        segments += [name for name in match.groups()[:3] if name is not None]
        at, end = match.end(), match[4]
    if len(segments) > _DEEPEST:
        raise ScenarioError(
            f"{option} {_cut(text)}: a path of {len(segments)} names; no setting lies that deep"
        )
    return tuple(segments), text[at:] if end == "=" else None


def parse(text: str) -> Override:
    """Read `PATH=VALUE`; the value is TOML, or else a plain text.

    Raises
    ------
    ScenarioError
        The text does not have that form.
    """
    path, value = split_path(text)
    if value is None:
        raise ScenarioError(
            f"--set {_cut(text)}: has no value; write PATH=VALUE, for example ticks=30"
        )
    try:
        parsed = parsed_toml(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return Override(path, value, text)
    except RowError as error:
        raise ScenarioError(f"--set {dotted(path)}: {error}") from error
    return Override(path, plain(parsed["value"]) if len(parsed) == 1 else value, text)


def parse_vary(texts: Sequence[str], option: str = "--vary") -> Iterator[tuple[str, Any]]:
    """Read `PATH=VALUES`: path, and list of values or table of a range.

    `0:6` and `0:1:5` are ranges (low, high, and points); `0.1,0.2` and `list,cost_plus` are values,
    and so are TOML tables with commas between.

    Raises
    ------
    ScenarioError
        A text does not have that form.
    """
    for text in texts:
        segments, values = split_path(text, option)
        path = text[: len(text) - len(values) - 1] if values is not None else text
        if not segments or not values:
            raise ScenarioError(
                f"{option} {_cut(text)}: has no values; write PATH=VALUES, for example "
                "arbitrageurs.routers.count=0:6"
            )
        ends = _range(values)
        if ends is not None:
            yield path.strip(), ends
            continue
        try:
            yield path.strip(), parsed_toml(f"values = [{values}]")["values"]
        except RowError as error:
            raise ScenarioError(f"{option} {dotted(segments)}: {error}") from error
        except tomllib.TOMLDecodeError:
            yield path.strip(), [value.strip() for value in values.split(",")]


def _cut(text: str) -> str:
    return shown(text, quoted=False)


def _range(text: str) -> dict[str, Any] | None:
    parts = text.split(":")
    if len(parts) not in (2, 3):
        return None
    try:
        low, high = (_number(part) for part in parts[:2])
        points = {"points": int(parts[2])} if len(parts) == 3 else {}
    except ValueError:
        return None
    return {"low": low, "high": high, **points}


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def plain(value: Any) -> Any:
    """A Python value as TOML would have given it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple | range):
        return [plain(item) for item in value]
    if isinstance(value, Path | datetime.date | datetime.time):
        return str(value)
    return value.model_dump() if hasattr(value, "model_dump") else value


def assign(node: Any, path: tuple[str, ...], done: tuple[str, ...], item: Override) -> Any:
    """The same node with the override's value at `path` under it."""
    if not path:
        return item.value
    key, rest = path[0], path[1:]
    if isinstance(node, list | tuple):
        names = [entry.get("name") if isinstance(entry, dict) else None for entry in node]
        if key in names:
            i = names.index(key)
            return [*node[:i], assign(node[i], rest, (*done, key), item), *node[i + 1 :]]
        known = [name for name in names if isinstance(name, str)]
        hint = "set the whole list" if node and not known else nearest(key, known)
        begun = [name for name in known if name.startswith(f"{key}.")]
        if begun and rest:
            hint = f"quote a name that holds a dot: {dotted(begun[:1])}"
        raise ScenarioError(
            f"{item.option} {_cut(item.text)}: {dotted(done)} has no entry {shown(key)}; {hint}"
        )
    if not isinstance(node, dict):
        raise ScenarioError(
            f"{item.option} {_cut(item.text)}: {dotted(done)} is {show(node)}, not a table"
        )
    if not rest and key in TAGS and node.get(key, item.value) != item.value:
        return {key: item.value}
    below = {} if node.get(key) is None else node[key]  # an optional table that is not there yet
    return {**node, key: assign(below, rest, (*done, key), item)}
