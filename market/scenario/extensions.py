"""A scenario file that extends another by what differs."""

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w

from market.foundation.errors import ScenarioError
from market.scenario.files import load, shipped_scenarios, to_toml
from market.scenario.schema import Scenario
from market.scenario.validation_messages import TAGS


def extension(source: str | Path, scenario: Scenario, file: Path, remarks: Sequence[str]) -> str:
    """Write a scenario as TOML that extends the one that it was made from.

    Parameters
    ----------
    source
        Name of a shipped scenario, or a file.
    scenario
        What it became. It is called as the new file, where that makes a name.
    file
        Where the text will stand: a `source` that is a file is named from there.
    remarks
        Lines of comment at the top.

    Returns
    -------
    str
        What loads back to the scenario. Where what changed cannot be said by extending, as a value
        that is not given any more, it has all of the scenario and extends nothing.
    """
    try:
        named = scenario.change(name=file.stem)
    except ScenarioError:
        named = scenario
    comment = "".join(f"# {line}\n" for line in remarks) + "\n"
    whole = comment + to_toml(named)
    if not str(source):
        return whole
    shipped = str(source) in {one.name for one in shipped_scenarios()}
    there = str(source) if shipped else str(Path(source).absolute())
    changes = _difference(_plain(load(source)), _plain(named))
    with TemporaryDirectory() as folder:
        tried = Path(folder, "scenario.toml")
        tried.write_text(tomli_w.dumps({"extends": there, **changes}), encoding="utf-8")
        if load(tried) != named:
            return whole
    if not shipped:
        there = Path(os.path.relpath(there, file.absolute().parent)).as_posix()
    return comment + tomli_w.dumps({"extends": there, **changes})


def _plain(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(mode="json", exclude_none=True)


def _difference(base: Any, now: Any) -> Any:
    """What extends a table so that it becomes another; of named entries those that differ."""
    if isinstance(base, dict) and isinstance(now, dict):
        if any(base.get(tag) != now.get(tag) for tag in TAGS):
            return now
        changed = {
            key: _difference(base[key], value) if key in base else value
            for key, value in now.items()
            if key not in base or base[key] != value
        }
        return {key: now[key] for key in TAGS if key in now} | changed
    names = [
        [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
        if isinstance(entries, list)
        else [None]
        for entries in (base, now)
    ]
    if names[0] == names[1] and None not in names[0]:
        return [
            {"name": name, **_difference(old, new)}
            for name, old, new in zip(names[0], base, now, strict=True)
            if old != new
        ]
    return now
