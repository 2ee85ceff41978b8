"""A what-if in one file that needs no server: sliders over a grid of markets that ran before.

The market at each point of the grid is compared with the scenario as it is, on the same seeds.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from market.explore.grid_frames import MEASURES, agents_frame, measures_frame
from market.explore.grid_page import page_data
from market.findings import of_comparison
from market.foundation.atomic_files import require_writable, write_whole
from market.foundation.errors import ScenarioError
from market.foundation.formats import WHAT_IF_MARK
from market.foundation.ownership import has_mark
from market.measures.counted import counted
from market.scenario.files import load
from market.scenario.schema import Scenario
from market.scenario.workload import Workload, require_feasible, workload
from market.studies.design import Design, resolve
from market.studies.paired_runs import Progress, paired_runs
from market.studies.run_sweep import with_sweep

MOST_PARAMETERS = 4  # sliders that a reader keeps in mind
MOST_BYTES = 8e6  # of a file that can be mailed
REPLICATES = 5  # fewer leave Student's t too wide to say anything, more make a grid slow
_TEXT = 1200  # bytes of a point: its verdict
_ROW = 120  # and of each measure and each agent of it
SIDES = ("the scenario as it is", "these values")


@dataclass(frozen=True)
class Plan:
    """What an export runs, known before it begins.

    Attributes
    ----------
    design
        The grid.
    runs
        Of all points and of the scenario as it is.
    takes
        Time and memory, estimated.
    """

    design: Design
    runs: int
    takes: Workload

    def __str__(self) -> str:
        """In words."""
        points = counted(len(self.design.points), "point")
        what = f"{points} and the scenario as it is, {counted(len(self.design.seeds), 'seed')} each"
        return f"{what}: {self.runs} runs, {self.takes}"


def plan(
    scenario: Scenario | str | Path,
    vary: Mapping[str, Any] | Sequence[str],
    *,
    replicates: int | None = None,
    jobs: int | None = None,
) -> Plan:
    """Resolve the grid of an export.

    Parameters
    ----------
    scenario, vary, jobs
        As for :func:`market.sweep`; one to four parameters.
    replicates
        Runs at each point; 5 if not given.

    Raises
    ------
    ScenarioError
        A point is not valid, there are too many parameters or points, or the runs would take more
        than a week.
    """
    spec = scenario if isinstance(scenario, Scenario) else load(scenario)
    asked = with_sweep(spec, vary, design="grid", replicates=replicates or REPLICATES)
    if asked.sweep is None or len(asked.sweep.vary) > MOST_PARAMETERS:
        given = 0 if asked.sweep is None else len(asked.sweep.vary)
        raise ScenarioError(
            f"--vary: an exported page has one to {MOST_PARAMETERS} sliders (given: {given}); "
            "leave some out"
        )
    points = asked.sweep.runs // asked.sweep.replicates
    sellers = len(spec.providers) + sum(group.count for group in spec.arbitrageurs)
    size = points * (_TEXT + _ROW * (len(MEASURES) + sellers))
    if size > MOST_BYTES:
        most = int(MOST_BYTES * points / size)
        raise ScenarioError(
            f"--vary: {points:,} points make a file of about {size / 1e6:.0f} MB, too large to "
            f"mail; give at most {most:,} points, with fewer values or fewer --vary"
        )
    runs = (points + 1) * asked.sweep.replicates
    takes = workload(spec, runs, jobs or os.cpu_count() or 1)
    require_feasible(takes, f"{spec.name}: an export of {runs:,} runs")
    return Plan(resolve(asked), runs, takes)


def export(
    scenario: Scenario | str | Path,
    file: str | Path,
    vary: Mapping[str, Any] | Sequence[str],
    *,
    replicates: int | None = None,
    jobs: int | None = None,
    overwrite: bool = False,
    announce: Callable[[Plan], None] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a what-if page that needs no server and no network.

    Parameters
    ----------
    scenario, vary, replicates, jobs
        As for :func:`plan`.
    file
        To write; its name ends in `.html`.
    overwrite
        Replace a file that is there.
    announce
        Called with the plan before the first run.
    progress
        Called with the number of runs that ended and of all runs.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ScenarioError
        As for :func:`plan`; or the file is there, or cannot be written.
    RunError
        A run failed.
    """
    target = Path(file)
    if target.suffix != ".html":
        raise ScenarioError(f"--export {target}: give a file whose name ends in .html")
    if target.exists() and not overwrite:
        raise ScenarioError(f"--export {target}: is there already; --overwrite replaces it")
    if (target.exists() or target.is_symlink()) and not has_mark(target, WHAT_IF_MARK):
        raise ScenarioError(
            f"--export {target}: was not made by market explore and is not replaced; "
            "name another file"
        )
    if not target.parent.is_dir():
        raise ScenarioError(f"--export {target}: there is no folder {target.parent}; make it first")
    require_writable(target, "--export", "file")
    planned = plan(scenario, vary, replicates=replicates, jobs=jobs)
    if announce is not None:
        announce(planned)
    write_whole(target, render(planned.design, jobs=jobs, progress=progress), "--export")
    return target


def render(design: Design, *, jobs: int | None = None, progress: Progress | None = None) -> str:
    """Run a grid and make its page."""
    own = design.scenario
    specs = [own, *(design.at(p, design.seeds[0]) for p in range(len(design.points)))]
    base, *found = paired_runs(specs, design.seeds, jobs=jobs, progress=progress)
    frames = [(measures_frame(base, runs), agents_frame(base, runs)) for runs in found]
    verdicts = [_verdict(design, *pair) for pair in frames]
    data = page_data(design, frames, verdicts)
    room = files("market.explore")
    parts = {name: (room / f"what_if.{name}").read_text(encoding="utf-8") for name in ("css", "js")}
    template = (room / "what_if.html").read_text(encoding="utf-8")
    # autoescape is for texts; the data are JSON in which no tag can begin
    return (
        Environment(autoescape=True, undefined=StrictUndefined)
        .from_string(template)
        .render(
            generator=WHAT_IF_MARK,
            name=own.name,
            question=own.description,
            parts=parts,
            data=json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c"),
            seeds=len(design.seeds),
            assumed=own.assumed,
        )
    )


def _verdict(design: Design, measures: pd.DataFrame, agents: pd.DataFrame) -> str:
    if not (measures["difference"].any() or agents["difference"].any()):
        return "These values are the scenario's own, or change nothing in this market."
    return of_comparison(
        measures, agents, SIDES, replicates=len(design.seeds), assumed=design.scenario.assumed
    ).text
