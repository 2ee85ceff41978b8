"""What a report is about: the folder of a run, study or comparison, or an answer as JSON."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Literal

import pandas as pd

from market.foundation.errors import DataError, shown
from market.foundation.formats import COMPARISON, MANIFEST, RUN, STUDY, Format, read_json
from market.foundation.parquet_rows import require_rows
from market.foundation.parsing import RowError, parsed_toml
from market.foundation.text_files import file_is_there, read_text
from market.measures.old_names import OLD_NAMES, in_present_names

Kind = Literal[
    "run", "study", "comparison", "frontier", "fit", "release", "regret", "equilibrium", "learning"
]

# the table by which a folder of each kind is known
KNOWN_BY: Mapping[Kind, str] = {"comparison": "agents", "study": "summary", "run": "market"}
FORMATS: Mapping[Kind, Format] = {"comparison": COMPARISON, "study": STUDY, "run": RUN}
LONGEST_TEXT = 50_000  # letters of a scenario or design that a report shows
PAIRED = ("measure", "a", "b", "difference", "low", "high")
# the tables that a report reads, and the columns of them
REQUIRED_TABLES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "run": {
        "market": ("tick", "queries_served"),
        "providers": ("tick", "provider", "revenue", "cost", "profit"),
        "arbitrageurs": ("tick", "arbitrageur", "fees", "profit"),
        "models": ("tick", "model", "provider", "student", "price_multiplier"),
        "trades": ("tick", "seller", "quality", "posted_price", "queries", "paid"),
    },
    "study": {
        "summary": ("measure", "mean", "low", "high", "replicates"),
        "differences": ("measure", "difference", "low", "high", "replicates"),
        "sensitivity": ("measure", "parameter", "index", "value", "low", "high"),
    },
    "comparison": {
        "measures": PAIRED,
        "agents": ("name", "role", *PAIRED),
        "segments": ("name", "role", *PAIRED),
    },
}
REQUIRED: Mapping[Kind, frozenset[str]] = {
    "run": frozenset(REQUIRED_TABLES["run"]),
    "study": frozenset({"summary"}),
    "comparison": frozenset({"agents"}),
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
        Content of `manifest.json`; of a frontier and of other answers, its JSON.
    texts
        Scenario files and designs, by file name.
    against
        Another run to compare this one with, if any.
    asked
        The question, of an answer.
    made
        What an answer was made with, by name; where empty, the manifest says it.
    """

    kind: Kind
    name: str
    tables: Mapping[str, pd.DataFrame]
    manifest: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    against: "Subject | None" = None
    asked: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)

    @property
    def interventions(self) -> list[tuple[int, str]]:
        """Ticks and labels of the scenario's interventions, in order.

        Raises
        ------
        DataError
            A scenario file is not TOML.
        """
        found = []
        for name, text in self.texts.items():
            if not name.endswith(".toml"):
                continue
            try:
                scenario = parsed_toml(text)
            except (tomllib.TOMLDecodeError, RowError) as error:
                raise DataError(
                    f"{name}: cannot be read as TOML ({error}); run it again"
                ) from error
            entries = scenario.get("interventions")
            for entry in entries if isinstance(entries, list) else []:
                if isinstance(entry, dict) and isinstance(entry.get("at"), int):
                    found.append((entry["at"], _label(entry)))
        return sorted(found)

    @property
    def assumed(self) -> list[str]:
        """Sentences on models that are assumed, where there are any."""
        told = self.manifest.get("assumed", [])
        return [str(sentence) for sentence in told] if isinstance(told, list) else []

    @property
    def unlike(self) -> list[str]:
        """What makes the sides of a comparison hard to compare, if anything does."""
        told = self.manifest.get("unlike", [])
        return [str(phrase) for phrase in told] if isinstance(told, list) else []

    @property
    def against_name(self) -> str:
        """What the other run is called beside this one."""
        if self.against is None:
            return ""
        other = self.against.tables["arbitrageurs"]
        return f"compared with {self.against.name}" if len(other) else "without arbitrageurs"

    @property
    def sides(self) -> str:
        """Which markets A, B and so on of a comparison are, where its manifest says so."""
        named = zip(ascii_uppercase, self.manifest.get("comparison", ()), strict=False)
        found = ", ".join(f"{letter} is {name}" for letter, name in named)
        return f"{found}." if found else ""


def _label(entry: Mapping[str, Any]) -> str:
    """An intervention's name, else what it sets."""
    if "name" in entry:
        return str(entry["name"])
    changes = entry.get("set", {key: value for key, value in entry.items() if key != "at"})
    if not isinstance(changes, dict):
        return str(changes)
    return ", ".join(f"{path} = {value}" for path, value in changes.items())


def read_subject(path: str | Path, against: str | Path | None = None) -> Subject:
    """Read what a report is about.

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
        There is no such result, or it cannot be read.
    """
    source = Path(path)
    if not source.is_dir() and not file_is_there(source, DataError):
        raise DataError(f"{path}: no such folder or file; name one with a result")
    subject = _folder(source) if source.is_dir() else _frontier(source)
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
    if not file_is_there(folder / MANIFEST, DataError):
        raise DataError(
            f"{folder}: contains no result (no {MANIFEST}); name a folder that market run wrote, "
            "or a file with what market frontier --json printed"
        )
    manifest = read_json(folder / MANIFEST, DataError)
    if isinstance(summary := manifest.get("summary"), dict):
        manifest["summary"] = {OLD_NAMES.get(name, name): v for name, v in summary.items()}
    for known_format in FORMATS.values():
        if known_format.made(manifest):
            known_format.require_readable(manifest, folder / MANIFEST, DataError)
    kind: Kind | None = next(
        (k for k, t in KNOWN_BY.items() if file_is_there(_table(folder, t), DataError)), None
    )
    if kind is None:
        known = ", ".join(f"{table}.parquet" for table in KNOWN_BY.values())
        raise DataError(f"{folder}: has none of the tables of a result ({known}); run it again")
    FORMATS[kind].require_readable(manifest, folder / MANIFEST, DataError)
    if not isinstance(manifest.get("versions", {}), dict):
        raise DataError(
            f"{folder / MANIFEST}: versions: must be a table (value: {manifest['versions']!r}); "
            "run it again"
        )
    counted = manifest.get("tables")
    rows = counted if isinstance(counted, dict) else {}
    tables = {
        name: _read(_table(folder, name), columns, rows.get(name))
        for name, columns in REQUIRED_TABLES[kind].items()
        if name in REQUIRED[kind] or file_is_there(_table(folder, name), DataError)
    }
    files = [*sorted(folder.glob("*.toml")), folder / "study.json"]
    texts = {file.name: _text(file) for file in files if file_is_there(file, DataError)}
    return Subject(kind, _name(manifest, folder), tables, manifest, texts)


def _name(manifest: Mapping[str, Any], folder: Path) -> str:
    match manifest:
        case {"comparison": [*sides, last]}:
            return f"{', '.join(map(str, sides))} and {last}"
        case {"scenario": name} | {"study": name}:
            return str(name)
        case _:
            return folder.resolve().name


def _text(file: Path) -> str:
    """Read a text; of a long one its beginning."""
    text = read_text(file)
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}\n… ({len(text):,} letters in all: see the folder)\n"


def _table(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _read(file: Path, columns: Sequence[str], rows: object) -> pd.DataFrame:
    """Read a table; it may have more columns than those that a report reads."""
    from pyarrow import ArrowException

    require_rows(file, rows, DataError)
    try:
        found: pd.DataFrame = in_present_names(pd.read_parquet(file))
    except (OSError, ValueError, ArrowException) as error:
        told = shown(" ".join(str(error).split()), quoted=False)
        raise DataError(f"{file}: cannot be read ({told}); run it again") from error
    missing = [column for column in columns if column not in found]
    if missing:
        raise DataError(f"{file}: has no column {', '.join(missing)}; run it again")
    return found


def _frontier(file: Path) -> Subject:
    found = read_json(file, DataError)
    missing = {"quality", "market_price", "arbitrage_cost", "models"} - set(found)
    if missing:
        raise DataError(
            f"{file}: is not a frontier (no {', '.join(sorted(missing))}); "
            "write one with market frontier SOURCE --json > FILE"
        )
    return Subject("frontier", str(found.get("source", file.stem)), {}, found)
