"""What the program writes: the signature of each kind of folder, its version and its files.

A manifest, a study and a pack have a signature under the key `format`, such as
`{"name": "market run", "version": 1}`. Those of version 0.1 have none: they are read all the same,
and recognised by their other keys.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.foundation.errors import MarketError, ScenarioError
from market.foundation.parsing import RowError, parsed_json
from market.foundation.text_files import file_is_there, read_text

MANIFEST = "manifest.json"
HEADER = "study.json"
JOURNAL = "journal.jsonl"
REPORT = "report.html"
REPORT_MARK = '<meta name="generator" content="market report">'
CHART_MARK = '<meta name="generator" content="market chart">'
WHAT_IF_MARK = '<meta name="generator" content="market explore">'
RUN_ID = re.compile(r"[0-9a-f]{16}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Format:
    """A kind of folder or file that the program writes.

    Attributes
    ----------
    name
        Its signature.
    version
        The newest that this program reads, and the one that it writes.
    tables
        Names of the tables it may have.
    texts
        Names of its other files.
    keys
        Of its manifest in version 0.1 of the program, which wrote no signature.
    """

    name: str
    version: int
    tables: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()

    @property
    def signature(self) -> dict[str, Any]:
        """The value of the key `format`."""
        return {"name": self.name, "version": self.version}

    @property
    def files(self) -> frozenset[str]:
        """Names of all files it may have, except a report."""
        return frozenset([*self.texts, *(f"{table}.parquet" for table in self.tables)])

    def made(self, content: Any) -> bool:
        """Whether a manifest is of this kind: by its signature, or the keys of version 0.1."""
        if not isinstance(content, dict):
            return False
        if "format" not in content:
            return set(content) == self.keys
        found = content["format"]
        return isinstance(found, dict) and found.get("name") == self.name

    def require_readable(
        self, content: Mapping[str, Any], file: Path, error: type[MarketError] = ScenarioError
    ) -> None:
        """Refuse another format, or a version that this program does not know.

        Parameters
        ----------
        content, file
            What was read, and where.
        error
            Type of what is raised.

        Raises
        ------
        MarketError
            It cannot be read by this program; the message gives the way out.
        """
        if "format" not in content:
            return
        found = content["format"]
        match found:
            case {"name": self.name, "version": int(version)} if version > self.version:
                raise error(
                    f"{file}: was written by a newer version of market (format {version}; this "
                    f"one reads up to {self.version}); update market to use it"
                )
            case {"name": self.name, "version": int(version)} if version >= 1:
                return
        raise error(
            f"{file}: format: must be {json.dumps(self.signature)} "
            f"(value: {json.dumps(found)[:80]}); this is not a {self.name}, or it was changed"
        )


RUN = Format(
    "market run",
    1,
    ("market", "providers", "arbitrageurs", "consumers", "models", "trades", "queries"),
    (MANIFEST, "scenario.toml"),
    frozenset(
        ("scenario", "seed", "ticks", "tables", "summary", "agents", "price_dynamics", "versions")
    ),
)
STUDY = Format(
    "market study",
    1,
    ("outcomes", "runs", "summary", "differences", "elasticities", "sensitivity"),
    (MANIFEST, HEADER, JOURNAL),
    frozenset(("study", "design", "points", "replicates", "runs", "code", "versions", "tables")),
)
COMPARISON = Format(
    "market comparison",
    1,
    ("measures", "agents", "segments"),
    (MANIFEST, "a.toml", "b.toml"),
    frozenset(("comparison", "seeds", "tables", "code", "versions")),
)
PACK = Format("market pack", 2)  # 2: most_attempts, told_apart_by

# of a study's header in version 0.1
STUDY_KEYS = frozenset(
    ("design", "scenario", "sweep", "parameters", "points", "sampled", "seeds", "baseline")
) | {"keep", "code", "versions", "runs"}


def letter(number: int) -> str:
    """The letter of a comparison's side, the first being a; after z comes aa."""
    found = ""
    number += 1
    while number:
        number, last = divmod(number - 1, len(_ALPHABET))
        found = _ALPHABET[last] + found
    return found


def read_json(file: Path, error: type[MarketError] = ScenarioError) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises
    ------
    MarketError
        It cannot be read, or holds something else; of the type `error`.
    """
    if not file_is_there(file, error):
        raise error(f"{file}: no such file")
    try:
        content = parsed_json(read_text(file, error))
    except (json.JSONDecodeError, RowError) as problem:
        raise error(f"{file}: cannot be read as JSON ({problem}); write it anew") from problem
    if not isinstance(content, dict):
        raise error(f"{file}: holds {type(content).__name__}, not one JSON object")
    return content


def require_run_id(run_id: object, place: object) -> str:
    """Give a run's id back, which becomes the name of a folder.

    Raises
    ------
    ScenarioError
        It is not 16 hexadecimal digits.
    """
    if isinstance(run_id, str) and RUN_ID.fullmatch(run_id):
        return run_id
    raise ScenarioError(
        f"{place}: {json.dumps(run_id, default=str)[:80]} is not a run id, which has 16 "
        "digits 0-9a-f; the study was changed: sweep the scenario into another folder"
    )
