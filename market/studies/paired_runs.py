"""Several scenarios run on the same seeds, so that their outcomes can be paired."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from market.foundation.atomic_files import unwritten
from market.foundation.code_version import code_digest
from market.foundation.errors import MarketError, RunError, ScenarioError
from market.foundation.formats import JOURNAL
from market.foundation.notebook_progress import notebook_bar
from market.foundation.on_disk import make_folders
from market.results.run_result import versions
from market.scenario.schema import Scenario
from market.simulation.base_market import same_base
from market.studies.executors import open_executor
from market.studies.journal import Journal
from market.studies.run_ids import run_ids
from market.studies.run_task import RunOutcome, Series, Task
from market.studies.study_journal import entry_of, outcomes

Progress = Callable[[int, int], None]
Record = Callable[[RunOutcome], None]

# what is asked and printed of a run does not decide it: a page can be written anew of kept runs
DECIDE_NOTHING = ("charts", "cli", "explore", "report", "studies/claims")


def paired_runs(
    scenarios: Sequence[Scenario],
    seeds: Sequence[int],
    *,
    bases: Sequence[Scenario] | None = None,
    series: Sequence[Series] = (),
    asks: Sequence[str | None] | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> list[list[RunOutcome]]:
    """Run each scenario with each seed.

    Parameters
    ----------
    scenarios
        S scenarios; their own seeds do not count.
    seeds
        R seeds.
    bases
        S scenarios whose base market each is compared with; the first scenario for all if None.
    series
        What is wanted of each run tick by tick.
    asks
        S measurements that are made instead of runs, as :class:`Task` has it; none if None.
    jobs, dask
        As for :func:`market.sweep`.
    folder
        Where each run is kept as it ends; what is kept there of the same code and packages is not
        run again. Nothing is kept if None.
    progress
        Called with the number of runs that ended and of all runs, at the beginning and after each;
        a bar in a notebook if None.

    Returns
    -------
    list of lists
        [S][R] run outcomes, those of agents and segments included.

    Raises
    ------
    RunError
        A run failed.
    ScenarioError
        Something else is in the folder, or it cannot be written.
    """
    code = code_digest()
    sides = list(zip(scenarios, bases or [*scenarios[:1]] * len(scenarios), strict=True))
    asked = list(asks or [None] * len(sides))
    names = [
        _names(spec, base, seeds, ["members", *map(astuple, series)] if ask is None else [ask])
        for (spec, base), ask in zip(sides, asked, strict=True)
    ]
    tasks = {
        run_id: [one.model_copy(update={"seed": seed}) for one in pair]
        for r, seed in enumerate(seeds)
        for run_id, pair in zip((row[r] for row in names), sides, strict=True)
    }
    asks_of = {run_id: ask for row, ask in zip(names, asked, strict=True) for run_id in row}
    tell = progress or notebook_bar("comparison", "runs") or (lambda done, total: None)
    with kept_runs(folder) as (before, record):
        ended = {run_id: before[run_id] for run_id in tasks if run_id in before}
        tell(len(ended), len(tasks))
        left = {run_id: pair for run_id, pair in tasks.items() if run_id not in ended}
        if left:
            with open_executor(jobs, dask) as executor:
                for run in executor.run_all(
                    Task(
                        run_id,
                        spec,
                        code,
                        members=True,
                        base=base,
                        series=tuple(series),
                        asks=asks_of[run_id],
                    )
                    for run_id, (spec, base) in left.items()
                ):
                    if run.error is not None:
                        spec, _ = tasks[run.run_id]
                        raise RunError(f"{spec.name} with seed {spec.seed} failed: {run.error}")
                    record(run)
                    ended[run.run_id] = run
                    tell(len(ended), len(tasks))
    return [[ended[run_id] for run_id in row] for row in names]


def _names(
    spec: Scenario, base: Scenario, seeds: Sequence[int], wanted: Sequence[object]
) -> list[str]:
    """Names of the runs of a scenario against a base market, by what decides them."""
    other = [] if same_base(spec, base) else [base]
    pair = [one.model_copy(update={"seed": 0}).model_dump(mode="json") for one in (spec, *other)]
    return run_ids([code_digest(DECIDE_NOTHING), versions(), *wanted, *pair], seeds)


@contextmanager
def kept_runs(folder: Path | None) -> Iterator[tuple[dict[str, RunOutcome], Record]]:
    """What a folder keeps of runs, and the function that keeps one more.

    Raises
    ------
    ScenarioError
        Something else is in the folder, or it cannot be written.
    """
    if folder is None:
        yield {}, lambda run: None
        return
    try:
        make_folders(folder)
        foreign = sorted({path.name for path in folder.iterdir()} - {JOURNAL})
    except OSError as error:
        raise _unwritable(folder, error) from error
    if foreign:
        raise ScenarioError(
            f"{folder}: holds something other than kept runs ({foreign[0]}); name another folder"
        )
    with Journal(folder / JOURNAL) as journal:
        # one that failed is run again
        before = {run.run_id: run for run in outcomes(folder / JOURNAL) if run.error is None}

        def record(run: RunOutcome) -> None:
            try:
                journal.append(entry_of(run))
            except OSError as error:
                raise _unwritable(folder, error) from error

        yield before, record


def _unwritable(folder: Path, error: OSError) -> MarketError:
    found = unwritten(folder, error, "folder", "--folder")
    return type(found)(f"{found}; runs that ended are kept")
