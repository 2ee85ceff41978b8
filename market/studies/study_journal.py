"""The run outcomes in a study's journal."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from market.foundation.errors import ScenarioError
from market.foundation.formats import require_run_id
from market.measures.old_names import OLD_NAMES
from market.studies.journal import entries
from market.studies.run_task import Member, RunOutcome


def entry_of(run: RunOutcome) -> dict[str, Any]:
    """What is written of a run; its members and series, where they were wanted."""
    entry: dict[str, Any] = {"run": run.run_id, "error": run.error, "measures": dict(run.measures)}
    if run.members:
        entry["members"] = [astuple(m) for m in run.members]
    if run.series:
        entry["series"] = [list(values) for values in run.series]
    return entry


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
        run_id = require_run_id(entry.get("run"), f"{file}:{number}")
        try:
            members = tuple(Member(*member) for member in entry.get("members", ()))
        except TypeError:
            raise ScenarioError(
                f"{file}:{number}: members: must be lists of name, role, measure and value "
                f"(value: {json.dumps(entry['members'])[:80]}); remove the line, and its run is "
                "repeated"
            ) from None
        series = _series(entry.get("series", []), f"{file}:{number}")
        yield RunOutcome(run_id, named, members, error=error, series=series)


def _series(found: Any, place: str) -> tuple[tuple[float, ...], ...]:
    """Values by tick, as they are written."""
    if not isinstance(found, list) or not all(
        isinstance(row, list) and all(isinstance(value, int | float) for value in row)
        for row in found
    ):
        raise ScenarioError(
            f"{place}: series: must be lists of numbers (value: {json.dumps(found)[:80]}); remove "
            "the line, and its run is repeated"
        )
    return tuple(tuple(map(float, row)) for row in found)
