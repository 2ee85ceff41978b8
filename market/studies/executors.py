"""Who makes the runs: this process, worker processes on this machine, or a Dask cluster.

Each is an executor that takes tasks; a few more tasks than there are workers are out at any time,
so that memory does not grow with the number of runs.
"""

import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any, Protocol

from market.foundation.errors import DataError, MarketError
from market.studies.run_task import RunOutcome, Task, run_task

_AHEAD = 2  # tasks out per worker: one at work, one waiting
CLUSTER_PATIENCE = 10  # seconds to wait for a cluster
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LOST = "its worker process ended during this run: it was killed, or out of memory"


class Executor(Protocol):
    """Makes runs, in any order."""

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        """Make all runs; what is kept of each, as it gets ready."""
        ...


@contextmanager
def open_executor(jobs: int | None = None, dask: str | None = None) -> Iterator[Executor]:
    """A crew for the time of the block; its workers are gone after it.

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
    if dask is not None:
        with _cluster(dask) as executor:
            yield executor
        return
    import joblib

    count = joblib.cpu_count() if jobs is None else jobs
    if count < 1:
        raise DataError(f"--jobs {count}: must be at least 1; leave it out for one per core")
    if count == 1:
        yield _ThisProcess()
        return
    executor = _Processes(count)
    try:
        yield executor
    finally:
        executor.stop()


class _ThisProcess:
    """No worker but this process."""

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        return map(run_task, tasks)


class _Processes:
    """Worker processes of joblib's loky; one that dies takes no run but its own with it."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: Any = None
        if hasattr(signal, "pthread_sigmask"):
            # now, as its start unblocks interrupts: workers started after it would get them
            resource_tracker.ensure_running()

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        for finished in _finished(tasks, self._submit, lambda: _AHEAD * self.count):
            yield from self._results(finished)

    def _submit(self, task: Task) -> "Future[RunOutcome]":
        with _interrupts_wait():  # for workers that start here
            if self._pool is None:
                self._pool = self._start_workers()
            try:
                future: Future[RunOutcome] = self._pool.submit(run_task, task)
            except BrokenProcessPool:  # between two looks at what is done
                self.stop()
                self._pool = self._start_workers()
                future = self._pool.submit(run_task, task)
        return future

    def _start_workers(self) -> Any:
        from joblib.externals.loky import ProcessPoolExecutor

        return ProcessPoolExecutor(
            self.count,
            initializer=_start_worker,
            initargs=(os.getpid(),),
            env=dict.fromkeys(_THREADS, "1"),
        )

    def _results(self, finished: "list[tuple[Task, Future[RunOutcome]]]") -> Iterator[RunOutcome]:
        suspects = []
        for task, future in finished:
            try:
                yield future.result()
            except BrokenProcessPool:
                suspects.append(task)
        if suspects:
            self.stop()
        for task in suspects:  # alone, so that it shows whose fault it was
            try:
                yield self._submit(task).result()
            except BrokenProcessPool:
                self.stop()
                yield RunOutcome(task.run_id, {}, error=LOST)

    def stop(self) -> None:
        """End the workers, at work or not."""
        if self._pool is not None:
            with _interrupts_wait():
                self._pool.shutdown(wait=True, kill_workers=True)
                self._pool = None


def _start_worker(parent: int) -> None:
    """In a new worker: leave interrupts to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold an interrupt back until the end of the block; processes started in it never get any.

    So Ctrl-C, which the terminal sends to all of them, is the parent's alone. What runs in the
    block is not cut short: a worker that is half started would never be ended.
    """
    handler = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread() and handler is not None
    held: list[int] = []
    if in_main:  # the mask alone does not do: other threads take the signal for this one
        signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    masks = hasattr(signal, "pthread_sigmask")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if in_main:
            signal.signal(signal.SIGINT, handler)
        if held:
            signal.raise_signal(signal.SIGINT)


def _finished(
    tasks: Iterable[Task],
    submit: "Callable[[Task], Future[RunOutcome]]",
    most: Callable[[], int],
) -> "Iterator[list[tuple[Task, Future[RunOutcome]]]]":
    """Submit the tasks, at most so many at a time; give those that are done, as they are done.

    When a pool breaks, all that were out come back at once.
    """
    out: dict[Future[RunOutcome], Task] = {}
    queue = iter(tasks)
    exhausted = False
    while out or not exhausted:
        while not exhausted and len(out) < most():
            task = next(queue, None)
            if task is None:
                exhausted = True
            else:
                out[submit(task)] = task
        if not out:
            return
        done, _ = wait(out, return_when=FIRST_COMPLETED)
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            done, _ = wait(out)
        yield [(out.pop(future), future) for future in list(out) if future in done]


class _Cluster:
    """Workers of a Dask cluster; a run whose worker is lost is made by another."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        executor = self._client.get_executor(pure=False)

        def submit(task: Task) -> "Future[RunOutcome]":
            future: Future[RunOutcome] = executor.submit(run_task, task)
            return future

        try:
            for finished in _finished(tasks, submit, self._most):
                for task, future in finished:
                    yield self._result(task, future)
        finally:
            executor.shutdown(wait=False)

    def _most(self) -> int:
        """Tasks to have out, for the workers there are now: they may come and go."""
        threads: int = sum(self._client.nthreads().values())
        return _AHEAD * max(threads, 1)

    def _result(self, task: Task, future: "Future[RunOutcome]") -> RunOutcome:
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker:
            return RunOutcome(task.run_id, {}, error=LOST)
        except MarketError:
            raise
        except (CancelledError, OSError) as error:
            raise MarketError(
                f"--dask {self._address}: the cluster was lost ({type(error).__name__}); start it "
                "again and give the same command: runs that are done are kept"
            ) from error


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise MarketError(
            "--dask needs Dask, which is not installed: install this package with its "
            "extra cluster (from a checkout: pip install '.[cluster]')"
        ) from None
    if not re.fullmatch(r"(\w+://)?[^\s/:]+:\d+/?", address):
        raise MarketError(
            f"--dask {address}: is no address of a scheduler; write it as tcp://HOST:8786"
        )
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=CLUSTER_PATIENCE, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise MarketError(
            f"--dask {address}: no cluster answers there; start one with: dask scheduler"
        ) from error
    try:
        client.wait_for_workers(1, timeout=CLUSTER_PATIENCE)
    except TimeoutError:
        client.close()
        raise MarketError(
            f"--dask {address}: the cluster has no workers; start some with: "
            f"dask worker {address} --nworkers auto --nthreads 1"
        ) from None
    try:
        yield _Cluster(client, address)
    finally:
        # results that are under way are cut off, which the loop of the client logs as errors
        before = logging.root.manager.disable
        logging.disable()
        try:
            client.close()
        finally:
            logging.disable(before)
