"""Run a sweep: all replicates of all design points, on all workers."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from market.foundation.code_version import code_digest
from market.foundation.errors import RunError, ScenarioError
from market.foundation.formats import STUDY
from market.foundation.memory import remember
from market.foundation.notebook_progress import notebook_bar
from market.results.run_result import versions
from market.scenario.build import prepare
from market.scenario.files import load, override
from market.scenario.interventions import largest, phases
from market.scenario.overrides import parse_vary
from market.scenario.schema import Scenario
from market.scenario.sweep_schema import DesignKind
from market.scenario.workload import require_feasible, workload
from market.studies.design import OPTION, Design, resolve
from market.studies.executors import Executor, open_executor
from market.studies.run_task import RunOutcome, Task
from market.studies.study import TABLES, Study
from market.studies.study_folder import StudyFolder

Keep = Literal["tables", "summary"]
_POINTS = 1024  # design points whose scenarios are held; those of others are made for each run


@dataclass(frozen=True)
class Tally:
    """How far a sweep is: runs that ended, how many of them failed, and all runs."""

    ended: int
    failed: int
    total: int


Progress = Callable[[Tally], None]


def sweep(
    scenario: Scenario | str | Path,
    vary: Mapping[str, Any] | Sequence[str] | None = None,
    *,
    design: DesignKind | None = None,
    samples: int | None = None,
    replicates: int | None = None,
    baseline: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    out: str | Path | None = None,
    keep: Keep = "tables",
    overwrite: bool = False,
    any_size: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Run a scenario at many design points, with replicates on the same seeds at each.

    Parameters
    ----------
    scenario
        As :func:`market.load` gives it, or what it takes.
    vary
        Values by dotted path: a list of them, or a table with `low`, `high` and perhaps `points`;
        or texts `PATH=VALUES` as on the command line. The scenario's `[sweep]` if None.
    design
        `grid` (all combinations), `list` (the i-th value of each), or a sample of ranges:
        `latin_hypercube`, `morris`, `sobol`.
    samples
        Size of a sampled design.
    replicates
        Runs per point; 10 if neither this nor the scenario's `[sweep]` says.
    baseline
        Values of the point that others are compared with; the first if None.
    jobs, dask
        Runs at a time on this machine, one per core if None; or the address of a Dask scheduler.
    out
        Folder for the study. A study that is already there is resumed. In memory if None.
    keep
        All `tables` of each run, or its `summary` alone: much less on disk, and any run can be
        repeated.
    overwrite
        Replace a study in `out`.
    any_size
        Begin even if this machine seems to lack the memory, or if it would take more than a week.
    progress
        Called at the beginning and after each run; a bar in a notebook if None.

    Raises
    ------
    ScenarioError
        A design point is not a valid scenario, there is no room for so many, or the folder cannot
        be used. No run was made.
    """
    spec = with_sweep(
        scenario if isinstance(scenario, Scenario) else load(scenario),
        vary,
        design=design,
        samples=samples,
        replicates=replicates,
        baseline=baseline,
    )
    if spec.sweep is not None and not any_size:  # resolving it makes every design point
        planned_runs = spec.sweep.runs
        at_once = 1 if dask is not None else jobs or os.cpu_count() or 1
        require_feasible(
            workload(spec, planned_runs, at_once), f"{spec.name}: a sweep of {planned_runs:,} runs"
        )
    planned = resolve(spec)
    if keep not in ("tables", "summary"):
        raise ScenarioError(f"keep: must be 'tables' or 'summary' (value: {keep!r})")
    if out is None:
        header = _header(planned, "summary")
        with open_executor(jobs, dask) as executor:
            runs = executor.run_all(_tasks(planned, header, {}))
            return Study.of(planned, header, _counted(runs, header, {}, progress))
    header = _header(planned, keep)
    place = StudyFolder(out)
    # the executor comes first, so that no folder is made without a cluster
    with open_executor(jobs, dask) as executor:
        place.prepare(header, overwrite)
        return _run_rest(place, planned, header, executor, progress)


def resume(
    folder: str | Path,
    *,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Study:
    """Resume a study that was stopped, from its folder alone; a complete one is read.

    Parameters
    ----------
    folder
        Of the study.
    jobs, dask, progress
        As for :func:`sweep`.

    Raises
    ------
    ScenarioError
        No study is there, it was begun by other code, or it was changed.
    RunError
        The folder was removed or could not be written during the sweep.
    """
    place = StudyFolder(folder)
    found = place.header()
    if place.complete:
        study = Study.read(folder)
        place.clear()
        return study
    place.prepare({**found, "code": code_digest(), "versions": versions()})
    planned = place.design(found, made_anew=True)
    with open_executor(jobs, dask) as executor:
        return _run_rest(place, planned, found, executor, progress)


def with_sweep(
    spec: Scenario, vary: Mapping[str, Any] | Sequence[str] | None, **given: Any
) -> Scenario:
    """The scenario with a `[sweep]` in which what was given replaces what the file says."""
    table: dict[str, Any] = {} if spec.sweep is None else spec.sweep.model_dump()
    if vary is not None:
        pairs = vary.items() if isinstance(vary, Mapping) else parse_vary(vary)
        table = {
            "replicates": table.get("replicates"),
            "vary": {path: _values(values) for path, values in pairs},
        }
    table |= {key: value for key, value in given.items() if value is not None}
    if "vary" not in table:
        return spec
    # "sweep" as a whole, so that what the file says of another design is gone
    kept = {key: value for key, value in table.items() if value is not None}
    return override(spec.model_copy(update={"sweep": None}), {"sweep": kept}, OPTION)


def _values(values: Any) -> Any:
    """Values from Python as a scenario file has them; a text is read as on the command line."""
    if isinstance(values, str):
        ((_, read),) = parse_vary([f"x={values}"])
        return read
    return values if isinstance(values, Mapping) else list(values)


def _header(design: Design, keep: Keep) -> dict[str, Any]:
    code = code_digest()
    header = {"format": STUDY.signature, **design.to_json(), "keep": keep, "code": code}
    header |= {"versions": versions(), "runs": design.run_ids(code)}
    _require_populations(design)
    return header


def _require_populations(design: Design) -> None:
    """Refuse, before the first run, a point whose models are missing or have no prices."""
    seen = set()
    for point in range(len(design.points)):
        spec = design.at(point, design.seeds[0])
        made_of = spec.model_dump_json(include={"population", "prices", "added_models"})
        key = (made_of, spec.models, spec.consumers, spec.arbitrageurs)
        if key not in seen:
            seen.add(key)
            try:
                prepare(largest(phases(spec)))
            except ScenarioError as error:
                raise ScenarioError(f"design point {point + 1}: {error}") from error


def _tasks(design: Design, header: Mapping[str, Any], ended: Iterable[str]) -> Iterator[Task]:
    """Every run that has not ended, once: a replicate of every point, and then the next.

    So a study that is stopped has about as many runs at each point.
    """
    seen = set(ended)
    tables = header["keep"] == TABLES
    specs: dict[int, tuple[Scenario, Scenario | None]] = {}
    for r, seed in enumerate(design.seeds):
        for point, row in enumerate(header["runs"]):
            if row[r] in seen:
                continue
            seen.add(row[r])
            if point not in specs:
                remember(specs, point, (design.at(point, seed), design.base(point, seed)), _POINTS)
            seeded = [one and one.model_copy(update={"seed": seed}) for one in specs[point]]
            spec, base = cast("tuple[Scenario, Scenario | None]", seeded)
            yield Task(row[r], spec, header["code"], tables, base=base)


def _counted(
    runs: Iterator[RunOutcome],
    header: Mapping[str, Any],
    before: Mapping[str, str | None],
    progress: Progress | None,
) -> Iterator[RunOutcome]:
    """Pass runs on and report progress; `before` has the error of each run that ended before."""
    total = len({run_id for row in header["runs"] for run_id in row})
    ended, failed = len(before), sum(error is not None for error in before.values())
    bar = notebook_bar("sweep", "runs") or (lambda done, of: None)
    tell = progress or (lambda tally: bar(tally.ended, tally.total))
    tell(Tally(ended, failed, total))
    for run in runs:
        ended += 1
        failed += run.error is not None
        yield run
        tell(Tally(ended, failed, total))


def _run_rest(
    place: StudyFolder,
    design: Design,
    header: Mapping[str, Any],
    executor: Executor,
    progress: Progress | None,
) -> Study:
    if place.complete:
        study = Study.read(place.path)
        place.clear()
        return study
    with place.recording() as record:
        before = {run.run_id: run.error for run in place.outcomes()}
        tasks = _tasks(design, header, before)
        for run in _counted(executor.run_all(tasks), header, before, progress):
            record(run)
        study = Study.of(design, header, place.outcomes(), place.path)
        if study.counts["waiting"]:
            raise RunError(
                f"{place.path}: {study.counts['waiting']} runs are missing; was the folder "
                f"changed? Resume with: market sweep --resume {place.path}"
            )
        place.finish(study.tables(), study.manifest())
    return study
