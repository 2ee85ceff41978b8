"""Runs made by the workers of a Dask cluster."""

import logging
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any

from market.foundation.errors import MarketError
from market.studies.run_task import RunOutcome, Task, run_task
from market.studies.tasks_ahead import AHEAD, LOST, as_finished

CLUSTER_PATIENCE = 10  # seconds to wait for a cluster


class DaskCluster:
    """Workers of a Dask cluster; a run whose worker is lost is made by another."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address

    def run_all(self, tasks: Iterable[Task]) -> Iterator[RunOutcome]:
        """Make all runs; what is kept of each, as it gets ready."""
        executor = self._client.get_executor(pure=False)

        def submit(task: Task) -> "Future[RunOutcome]":
            future: Future[RunOutcome] = executor.submit(run_task, task)
            return future

        try:
            for finished in as_finished(tasks, submit, self._most):
                for task, future in finished:
                    yield self._result(task, future)
        finally:
            executor.shutdown(wait=False)

    def _most(self) -> int:
        """Tasks to have out, for the workers there are now: they may come and go."""
        threads: int = sum(self._client.nthreads().values())
        return AHEAD * max(threads, 1)

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
def open_cluster(address: str) -> Iterator["DaskCluster"]:
    """The workers of the scheduler at an address, for the time of the block.

    Raises
    ------
    MarketError
        Dask is not installed, or no cluster with workers answers there.
    """
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
        yield DaskCluster(client, address)
    finally:
        # results that are under way are cut off, which the loop of the client logs as errors
        before = logging.root.manager.disable
        logging.disable()
        try:
            client.close()
        finally:
            logging.disable(before)
