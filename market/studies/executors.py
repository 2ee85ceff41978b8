"""Who makes the runs: this process, worker processes on this machine, or a Dask cluster."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from market.foundation.errors import DataError, MarketWarning
from market.studies.dask_cluster import open_cluster
from market.studies.run_task import RunOutcome, Task, run_task
from market.studies.worker_processes import WorkerProcesses


class Executor(Protocol):
    """Makes runs, in any order."""

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        """Make all runs; what is kept of each, as it gets ready."""
        ...


@contextmanager
def open_executor(jobs: int | None = None, dask: str | None = None) -> Iterator[Executor]:
    """An executor for the time of the block; its workers are gone after it.

    Parameters
    ----------
    jobs
        Number of runs at a time on this machine: 1 in this process, else in as many worker
        processes; as many as there are cores if None.
    dask
        Address of a Dask scheduler whose workers make the runs instead.

    Raises
    ------
    MarketError
        No cluster answers at the address, or Dask is not installed.
    """
    with _open(jobs, dask) as executor:
        yield _PassingOnWarnings(executor)


@contextmanager
def _open(jobs: int | None, dask: str | None) -> Iterator[Executor]:
    if dask is not None:
        with open_cluster(dask) as cluster:
            yield cluster
        return
    import joblib

    count = joblib.cpu_count() if jobs is None else jobs
    if count < 1:
        raise DataError(f"--jobs {count}: must be at least 1; leave it out for one per core")
    if count == 1:
        yield _ThisProcess()
        return
    executor = WorkerProcesses(count)
    try:
        yield executor
    finally:
        executor.stop()


class _ThisProcess:
    """No worker but this process."""

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        return map(run_task, tasks)


class _PassingOnWarnings:
    """Warns here, wherever a run was made, and of each thing once."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._told: set[str] = set()

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        for run in self._executor.run_all(tasks):
            for text in run.warnings:
                if text not in self._told:
                    self._told.add(text)
                    warnings.warn(text, MarketWarning, stacklevel=2)
            yield run
