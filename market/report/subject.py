"""What a report is about: a run's folder, a study's, a comparison's, or a frontier's JSON."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from market.errors import DataError
from market.folders import MANIFEST

Kind = Literal["run", "study", "comparison", "frontier"]

# the table by which a folder of each kind is known
KNOWN_BY: Mapping[Kind, str] = {"comparison": "agents", "study": "summary", "run": "market"}
TABLES: Mapping[Kind, tuple[str, ...]] = {
    "run": ("market", "providers", "arbitrageurs", "consumers", "models", "trades"),
    "study": ("summary", "differences", "sensitivity"),
    "comparison": ("measures", "agents", "segments"),
}


@dataclass(frozen=True)
class Subject:
    """A result, read.

    Attributes
    ----------
    kind
        What it is the result of.
    name
        Of the scenario, the folder or the population's source.
    tables
        Frames by name; those that the folder lacks are not among them.
    manifest
        Content of `manifest.json`; of a frontier, its JSON.
    texts
        Scenario files and designs, by file name.
    against
        Another run to hold this one against, if any.
    """

    kind: Kind
    name: str
    tables: Mapping[str, pd.DataFrame]
    manifest: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    against: "Subject | None" = None

    @property
    def interventions(self) -> list[tuple[int, str]]:
        """Ticks and labels of the scenario's interventions, in order."""
        found = []
        for text in (t for name, t in self.texts.items() if name.endswith(".toml")):
            for entry in tomllib.loads(text).get("interventions", []):
                if isinstance(entry, dict) and isinstance(entry.get("tick"), int):
                    found.append((entry["tick"], _label(entry)))
        return sorted(found)

    @property
    def against_name(self) -> str:
        """What the other run is called beside this one."""
        if self.against is None:
            return ""
        other = self.against.tables["arbitrageurs"]
        return f"held against {self.against.name}" if len(other) else "without arbitrageurs"

    @property
    def sides(self) -> str:
        """Which markets A and B of a comparison are, where its manifest says so."""
        names = [self.manifest.get(side) for side in ("a", "b")]
        if self.kind != "comparison" or not all(isinstance(name, str) for name in names):
            return ""
        return f"A is {names[0]}, B is {names[1]}."


def _label(entry: Mapping[str, Any]) -> str:
    """An intervention's name, else what it sets."""
    if "name" in entry:
        return str(entry["name"])
    changes = entry.get("set", {key: value for key, value in entry.items() if key != "tick"})
    if not isinstance(changes, dict):
        return str(changes)
    return ", ".join(f"{path} = {value}" for path, value in changes.items())


def read_subject(path: str | Path, against: str | Path | None = None) -> Subject:
    """Read what a report shall be about.

    Parameters
    ----------
    path
        A folder that `market run`, a study or a comparison wrote, or a file with what
        `market frontier --json` printed.
    against
        The folder of another run, such as the same market without arbitrageurs.

    Raises
    ------
    DataError
        There is nothing of the kind there, or it cannot be read.
    """
    source = Path(path)
    subject = _frontier(source) if source.is_file() else _folder(source)
    if against is None:
        return subject
    other = _folder(Path(against))
    for found, name in ((subject, path), (other, against)):
        if found.kind != "run":
            raise DataError(f"--against {against}: {name} is a {found.kind}, not a run's folder")
    return Subject(
        subject.kind, subject.name, subject.tables, subject.manifest, subject.texts, other
    )


def _folder(folder: Path) -> Subject:
    if not (folder / MANIFEST).is_file():
        raise DataError(
            f"{folder}: holds no result (no {MANIFEST}); name a folder that market run wrote, "
            "or a file with what market frontier --json printed"
        )
    manifest = _json(folder / MANIFEST)
    kind = next((k for k, table in KNOWN_BY.items() if _table(folder, table).is_file()), None)
    if kind is None:
        known = ", ".join(f"{table}.parquet" for table in KNOWN_BY.values())
        raise DataError(f"{folder}: holds no table that a report knows ({known}); run it again")
    tables = {}
    for name in TABLES[kind]:
        if _table(folder, name).is_file():
            try:
                tables[name] = pd.read_parquet(_table(folder, name))
            except (OSError, ValueError) as error:
                raise DataError(
                    f"{_table(folder, name)}: cannot be read ({error}); run it again"
                ) from error
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in [*sorted(folder.glob("*.toml")), folder / "study.json"]
        if file.is_file()
    }
    name = str(manifest.get("scenario", manifest.get("name", folder.resolve().name)))
    return Subject(kind, name, tables, manifest, texts)


def _table(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{file}: cannot be read as JSON ({error})") from error
    if not isinstance(content, dict):
        raise DataError(f"{file}: holds {type(content).__name__}, not one JSON object")
    return content


def _frontier(file: Path) -> Subject:
    found = _json(file)
    missing = {"quality", "market_price", "arbitrage_cost", "models"} - set(found)
    if missing:
        raise DataError(
            f"{file}: is no frontier (no {', '.join(sorted(missing))}); "
            "write one with market frontier SOURCE --json > FILE"
        )
    return Subject("frontier", str(found.get("source", file.stem)), {}, found)
