"""What `study.json` says, checked before anything in it becomes a path or a run."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from market.foundation.errors import ScenarioError
from market.foundation.formats import STUDY, read_json, require_run_id
from market.studies.design import Design, read_design

_OF_TYPE: Mapping[str, tuple[type, ...]] = {
    "design": (str,),
    "scenario": (dict,),
    "sweep": (dict,),
    "parameters": (list,),
    "points": (list,),
    "sampled": (list, type(None)),
    "seeds": (list,),
    "baseline": (int,),
    "keep": (str,),
    "code": (str,),
    "versions": (dict,),
    "runs": (list,),
}
_SAYS = {str: "a text", dict: "a table", list: "a list", int: "a whole number"}
_KEEPS = ("tables", "summary")
_WAY_OUT = "the study was changed; sweep the scenario into another folder"


def read_header(file: Path) -> dict[str, Any]:
    """Read `study.json`.

    Raises
    ------
    ScenarioError
        It cannot be read, is of a newer version, or is not what a sweep writes.
    """
    header = read_json(file)
    STUDY.require_readable(header, file)
    for problem in _problems(header):
        raise ScenarioError(f"{file}: {problem}; {_WAY_OUT}")
    for row in header["runs"]:
        for run_id in row:
            require_run_id(run_id, f"{file}: runs")
    return header


def require_manifest(file: Path) -> None:
    """Refuse a `manifest.json` by which a study would be taken for complete, but is not a study's.

    Raises
    ------
    ScenarioError
        It cannot be read, is of a newer version, or belongs to something else.
    """
    manifest = read_json(file)
    STUDY.require_readable(manifest, file)
    if not STUDY.made(manifest):
        raise ScenarioError(
            f"{file}: is not the manifest of a study; move it out of the study's folder"
        )


def _problems(header: Mapping[str, Any]) -> Iterator[str]:
    missing = [key for key in _OF_TYPE if key not in header]
    if missing:
        yield f"has no {', '.join(missing)}"
    for key, types in _OF_TYPE.items():
        value = header.get(key)
        if not isinstance(value, types) or isinstance(value, bool):
            yield f"{key}: must be {_SAYS[types[0]]} (value: {_short(value)})"
    points, seeds, runs = header["points"], header["seeds"], header["runs"]
    if header["keep"] not in _KEEPS:
        yield f"keep: must be 'tables' or 'summary' (value: {header['keep']!r})"
    if not points or not all(isinstance(point, list) for point in points):
        yield f"points: must be lists of values (value: {_short(points)})"
    if not seeds or not all(type(seed) is int for seed in seeds):
        yield f"seeds: must be whole numbers (value: {_short(seeds)})"
    if not 0 <= header["baseline"] < len(points):
        yield f"baseline: must be one of the {len(points)} points (value: {header['baseline']})"
    if len(runs) != len(points) or not all(
        isinstance(row, list) and len(row) == len(seeds) for row in runs
    ):
        yield (
            f"runs: must be {len(points)} rows of {len(seeds)} run ids, one for each point and "
            f"seed (value: {_short(runs)})"
        )


def design_of(header: Mapping[str, Any], file: Path) -> Design:
    """Make the design that a header describes.

    Parameters
    ----------
    header
        As :func:`read_header` gives it.
    file
        Where it was read.

    Raises
    ------
    ScenarioError
        Its scenario or its design is not valid.
    """
    try:
        design = read_design(header)
    except ScenarioError as error:
        raise ScenarioError(f"{file}: {error}") from error
    except (ValueError, TypeError) as error:  # of the schema, or of an array
        first, *rest = str(error).splitlines()
        says = " ".join(line.strip() for line in rest[:2]) or first
        raise ScenarioError(f"{file}: not a valid design ({says}); {_WAY_OUT}") from error
    shape = (len(design.points), len(design.parameters))
    if any(len(point) != shape[1] for point in design.points) or (
        design.sampled is not None and design.sampled.shape != shape
    ):
        raise ScenarioError(
            f"{file}: points: each must have {shape[1]} values, one for each parameter; {_WAY_OUT}"
        )
    return design


def require_same_runs(header: Mapping[str, Any], design: Design, file: Path) -> None:
    """Refuse a header whose run ids are not those of its design and code.

    Raises
    ------
    ScenarioError
        Runs would be kept under wrong names.
    """
    for point, (row, made) in enumerate(
        zip(header["runs"], design.run_ids(header["code"]), strict=True), 1
    ):
        for found, expected in zip(row, made, strict=True):
            if found != expected:
                raise ScenarioError(
                    f"{file}: runs: design point {point} has {found}, but its scenario and seed "
                    f"give {expected}; {_WAY_OUT}"
                )


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:79]}…"
