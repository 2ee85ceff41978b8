"""A result's folder as it is read: the manifest, whose tables become names of files; a table."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from market.foundation.errors import ScenarioError, shown
from market.foundation.formats import RUN, read_json
from market.foundation.parquet_rows import require_rows
from market.measures.old_names import in_present_names

_OPTIONAL = {"queries"}


def read_manifest(file: Path) -> dict[str, Any]:
    """Read the manifest of a run.

    Raises
    ------
    ScenarioError
        It is of a newer version, or not as a run writes it.
    """
    manifest = read_json(file)
    RUN.require_readable(manifest, file)
    tables, known = manifest.get("tables"), set(RUN.tables)
    if not isinstance(tables, dict) or not known - _OPTIONAL <= set(tables) <= known:
        raise ScenarioError(
            f"{file}: tables: must name the tables of a run, {', '.join(RUN.tables)} "
            f"(value: {json.dumps(tables)[:80]}); this is no run's folder, or it was changed: "
            "run its scenario again"
        )
    if not isinstance(manifest.get("versions"), dict):
        raise ScenarioError(
            f"{file}: versions: must be a table (value: {manifest.get('versions')!r}); "
            "run its scenario again"
        )
    return manifest


def read_table(file: Path, rows: object = None) -> pd.DataFrame:
    """Read a table of a result; measures have their present names.

    Parameters
    ----------
    file
        Of the table.
    rows
        How many the result's manifest says that it has; None where there is none.

    Raises
    ------
    ScenarioError
        It is not there, is no table, or has other than so many rows.
    """
    from pyarrow import ArrowException

    require_rows(file, rows)
    try:
        found = pd.read_parquet(file)
    except (OSError, ValueError, ArrowException) as error:
        told = shown(" ".join(str(error).split()), quoted=False)
        raise ScenarioError(
            f"{file}: cannot be read as a table ({told}); make the result again"
        ) from error
    table: pd.DataFrame = in_present_names(found)
    return table
