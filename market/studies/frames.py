"""The frames of a study: outcomes by run, and what they say by design point and parameter."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.foundation.arrays import FloatArray
from market.measures.intervals import Estimate, arc_elasticity, estimate, paired_difference
from market.measures.intervals import relative_difference as relative
from market.studies.design import Design, readable
from market.studies.sensitivity import indices

RUN_COLUMNS = ("run_id", "point", "replicate", "seed")
DONE, FAILED, WAITING = "done", "failed", "waiting"


def parameter_columns(design: Design) -> pd.DataFrame:
    """[P rows] a column per parameter: numbers where all values are, readable texts where not."""
    columns = {}
    for path, values in zip(design.parameters, zip(*design.points, strict=True), strict=True):
        shown = [readable(value) for value in values]
        kinds = {type(value) for value in shown}
        if len(kinds) > 1 and not kinds <= {int, float}:
            shown = [value if isinstance(value, str) else str(value) for value in shown]
        columns[path] = shown
    return pd.DataFrame(columns)


def runs_frame(
    design: Design, run_ids: Sequence[Sequence[str]], errors: Mapping[str, str | None]
) -> pd.DataFrame:
    """A row per design point and replicate: what became of its run.

    Parameters
    ----------
    design
        P points, R replicates.
    run_ids
        P rows of R names.
    errors
        By the name of each run that has ended: why it failed, or None.
    """
    points, replicates = len(design.points), len(design.seeds)
    names = [name for row in run_ids for name in row]
    frame = pd.DataFrame(
        {
            "run_id": names,
            "point": np.repeat(np.arange(points), replicates),
            "replicate": np.tile(np.arange(replicates), points),
        }
    )
    varied = parameter_columns(design).loc[frame["point"]].reset_index(drop=True)
    ends = [errors.get(name, WAITING) for name in names]
    return pd.concat([frame, varied], axis=1).assign(
        seed=np.tile(np.array(design.seeds, dtype=np.int64), points),
        status=[DONE if end is None else end if end == WAITING else FAILED for end in ends],
        error=pd.array([None if end in (None, WAITING) else end for end in ends], dtype="str"),
    )


def outcomes_frame(
    design: Design, runs: pd.DataFrame, measures: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """A row per run that is done: what it is, every parameter, every measure.

    Parameters
    ----------
    design, runs
        Of the study.
    measures
        By the name of each run that is done: value by measure.
    """
    done = runs[runs["status"] == DONE]
    names = list(dict.fromkeys(name for found in measures.values() for name in found))
    values = np.full((len(done), len(names)), np.nan)
    for i, run_id in enumerate(done["run_id"]):
        found = measures[run_id]
        values[i] = [found.get(name, np.nan) for name in names]
    frame = done[[*RUN_COLUMNS, *design.parameters]].reset_index(drop=True)
    return pd.concat([frame, pd.DataFrame(values, columns=names)], axis=1)


def summary_frame(design: Design, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Mean of each measure at each design point, with its 95% interval over the replicates."""
    names, values = _cube(design, outcomes)
    points = np.arange(len(design.points))
    return _tidy(design, points, names, {"mean": estimate(values)})


def differences_frame(design: Design, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Each point against the baseline, paired by seed: mean difference with its 95% interval."""
    names, values = _cube(design, outcomes)
    others = np.delete(np.arange(len(design.points)), design.baseline)
    compared, base = values[others], values[design.baseline]
    found = {"difference": paired_difference(compared, base)}
    return _tidy(design, others, names, found, relative(compared, base))


def elasticities_frame(design: Design, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Arc elasticity of each measure in one parameter, between the baseline and another point.

    Of the points that differ from the baseline in a single parameter, and that a number.
    """
    names, values = _cube(design, outcomes)
    steps = _single_steps(design)
    points = [point for point, _ in steps]
    base = design.points[design.baseline]
    now = np.array([design.points[point][j] for point, j in steps], dtype=np.float64)
    then = np.array([base[j] for _, j in steps], dtype=np.float64)
    compared = values[np.array(points, dtype=np.int64)]
    found = arc_elasticity(compared, values[design.baseline], now[:, None], then[:, None])
    each = len(names)
    paths = np.array([design.parameters[j] for _, j in steps], dtype=object)
    return pd.DataFrame(
        {
            "parameter": np.repeat(paths, each),
            "baseline": np.repeat(then, each),
            "value": np.repeat(now, each),
            "measure": names * len(steps),
            "elasticity": found.mean.ravel(),
            **_interval(found),
        }
    )


def _single_steps(design: Design) -> list[tuple[int, int]]:
    """Points that differ from the baseline in one parameter, and that a number; and which."""
    base = design.points[design.baseline]
    found = []
    for i, point in enumerate(design.points):
        differ = [j for j, (a, b) in enumerate(zip(point, base, strict=True)) if a != b]
        if len(differ) == 1 and _is_number(point[differ[0]]) and _is_number(base[differ[0]]):
            found.append((i, differ[0]))
    return found


def sensitivity_frame(design: Design, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Morris or Sobol indices of each measure's mean over replicates; no rows from other designs.

    A measure that is missing at a design point has no indices: they are NaN.
    """
    columns = ["measure", "parameter", "other", "index", "value", "low", "high", "method"]
    if design.sampled is None:
        return pd.DataFrame(columns=columns)
    names, values = _cube(design, outcomes)
    means = estimate(values).mean
    method = design.sweep.design
    rows = [
        (name, i.parameter, i.other, i.name, i.value, i.low, i.high, method)
        for k, name in enumerate(names)
        for i in indices(method, design.ranges(), design.sampled, means[:, k])
    ]
    return pd.DataFrame(rows, columns=columns)


_INTERVAL = ("standard_error", "low", "high", "replicates")


def _interval(found: Estimate) -> dict[str, Any]:
    return {name: getattr(found, name).ravel() for name in _INTERVAL}


def _cube(design: Design, outcomes: pd.DataFrame) -> tuple[list[str], FloatArray]:
    """Measures, and their values [P, K, R]; NaN where there is no run or no value."""
    known = {*RUN_COLUMNS, *design.parameters}
    names = [str(column) for column in outcomes.columns if column not in known]
    cube = np.full((len(design.points), len(design.seeds), len(names)), np.nan)
    cube[outcomes["point"], outcomes["replicate"]] = outcomes[names].to_numpy(dtype=np.float64)
    return names, np.moveaxis(cube, 1, 2)


def _tidy(
    design: Design,
    points: Any,
    names: Sequence[str],
    estimates: Mapping[str, Estimate],
    relative_: FloatArray | None = None,
) -> pd.DataFrame:
    """A row per point and measure: the parameters, then the estimate."""
    ((name, found),) = estimates.items()
    varied = parameter_columns(design).loc[np.repeat(points, len(names))].reset_index(drop=True)
    interval = _interval(found)
    if relative_ is not None:
        replicates = interval.pop("replicates")
        interval |= {"relative": relative_.ravel(), "replicates": replicates}
    columns = {"measure": list(names) * len(points), name: found.mean.ravel(), **interval}
    return pd.concat([varied, pd.DataFrame(columns)], axis=1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
