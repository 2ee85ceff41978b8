"""The run outcomes in a study's journal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from market.foundation.errors import ScenarioError
from market.foundation.formats import require_run_id
from market.measures.old_names import OLD_NAMES
from market.studies.journal import entries
from market.studies.run_task import RunOutcome


def entry_of(run: RunOutcome) -> dict[str, Any]:
    """What is written of a run."""
    return {"run": run.run_id, "error": run.error, "measures": dict(run.measures)}


def outcomes(file: Path) -> Iterator[RunOutcome]:
    """Read the outcomes back.

    Raises
    ------
    ScenarioError
        A line is not a run outcome.
    """
    for number, entry in enumerate(entries(file), 1):
        measures, error = entry.get("measures"), entry.get("error", 0)
        if (
            not isinstance(measures, dict)
            or not all(isinstance(value, int | float) for value in measures.values())
            or not (error is None or isinstance(error, str))
        ):
            raise ScenarioError(
                f"{file}:{number}: is not a run outcome with run, error and measures "
                f"(value: {json.dumps(entry)[:80]}); remove the line, and its run is repeated"
            )
        named = {OLD_NAMES.get(name, name): value for name, value in measures.items()}
        yield RunOutcome(require_run_id(entry.get("run"), f"{file}:{number}"), named, error=error)
