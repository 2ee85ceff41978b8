"""Runs made by worker processes on this machine."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from market.studies.run_task import RunOutcome, Task, run_task
from market.studies.tasks_ahead import AHEAD, LOST, as_finished

_THREADS = ("MARKET_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerProcesses:
    """Worker processes of joblib's loky; one that dies takes no run but its own with it."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: Any = None
        self._out: list[Future[RunOutcome]] = []
        if hasattr(signal, "pthread_sigmask"):
            # now, as its start unblocks interrupts: workers started after it would get them
            resource_tracker.ensure_running()
            _start_quiet_tracker()

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        """Make all runs; what is kept of each, as it gets ready."""
        for finished in as_finished(tasks, self._submit, lambda: AHEAD * self.count):
            yield from self._results(finished)

    def _submit(self, task: Task) -> "Future[RunOutcome]":
        # else a filter that makes warnings errors would end the thread of loky that gives one
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        with _interrupts_wait():  # for workers that start here
            if self._pool is None:
                self._pool = self._start_workers()
            try:
                future: Future[RunOutcome] = self._pool.submit(run_task, task)
            except BrokenProcessPool:  # between two looks at what is done
                self.stop()
                self._pool = self._start_workers()
                future = self._pool.submit(run_task, task)
            # still in the block: an interrupt that waited is raised at its end
            self._out = [other for other in self._out if not other.done()] + [future]
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
                # loky's thread fails on a task that it has not handed on when workers are killed;
                # there is room for all that are out, so it does so at once
                while not all(future.running() or future.done() for future in self._out):
                    time.sleep(0.001)
                self._pool.shutdown(wait=True, kill_workers=True)
                self._pool = None


def _start_quiet_tracker() -> None:
    """Start the process of loky that removes what killed workers leave, and warns that it did."""
    from joblib.externals.loky.backend import resource_tracker as of_loky

    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore"
    try:
        of_loky.ensure_running()
    finally:
        del os.environ["PYTHONWARNINGS"]
        if before is not None:
            os.environ["PYTHONWARNINGS"] = before


def _start_worker(parent: int) -> None:
    """In a new worker: leave interrupts to the parent, keep what is found, do not outlive it."""
    from joblib.externals.loky import process_executor

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # loky would end a worker that has grown by 300 MB since its first run: searches kept for the
    # next one are as much, and a new worker would begin without them
    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize

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
