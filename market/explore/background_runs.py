"""Runs in the background, each made once for all who ask for the same market."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic
from typing import Protocol

from market.foundation.errors import MarketError
from market.results.run_result import RunResult
from market.scenario.schema import Scenario
from market.simulation.base_market import same_base


class Run(Protocol):
    """What makes a run: a scenario, whom to tell of ticks done, and whose the base market is."""

    def __call__(
        self, spec: Scenario, progress: Callable[[int], None], /, *, base: Scenario | None
    ) -> RunResult:
        """Run to the end."""


@dataclass(frozen=True)
class Underway:
    """A run in progress: ticks done, of all."""

    done: int
    total: int


@dataclass(frozen=True)
class Failed:
    """A run that failed, and why."""

    reason: str


State = RunResult | Underway | Failed


class _AbandonedError(Exception):
    """No page waits for the run any more, or too many wait."""


@dataclass
class _Job:
    scenario: Scenario
    base: Scenario | None
    asked: float
    number: int
    begun: bool = False
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = Underway(0, self.scenario.ticks)


class Runs:
    """Runs by the content of their scenarios.

    One thread makes them, one after the other: two that share an interpreter are no faster. A run
    that no page asks for any more, because it was closed or shows another market, is abandoned.
    Of those that wait and of those that have ended, the ones asked for last are kept.

    Parameters
    ----------
    kept
        Ended runs in memory.
    patience
        Seconds after which a run that no page asks for is abandoned.
    make
        What makes a run.
    waiting
        Runs that wait for another to end; those beyond are abandoned, and begin anew when a page
        asks again.
    """

    def __init__(
        self, kept: int = 16, patience: float = 10.0, *, make: Run, waiting: int = 8
    ) -> None:
        self._kept, self._patience, self._make, self._waiting = kept, patience, make, waiting
        self._jobs: dict[str, _Job] = {}  # those asked for last come last
        self._lock = Condition()
        self._closed = False
        self._number = 0
        self._thread = Thread(target=self._work, name="market-explore", daemon=True)
        self._thread.start()

    def start(self, scenario: Scenario, base: Scenario | None = None) -> str:
        """Start a run, unless it exists already; give its key.

        Prices are compared with the base market of `base`, where that is not the scenario's own.

        Single queries and elasticities, which take longer than the run, are not measured: the page
        does not show them, and but for the revenue elasticity no measure depends on them.
        """
        lean = scenario.model_copy(update={"record_queries": False, "perturb_every": "never"})
        other = None if base is None or same_base(base, scenario) else base
        told = lean.model_dump_json() + (other.model_dump_json() if other else "")
        key = hashlib.sha256(told.encode()).hexdigest()
        with self._lock:
            job = self._jobs.pop(key, None)
            if job is None:
                self._number += 1
                job = _Job(lean, other, monotonic(), self._number)
            self._jobs[key] = job
            job.asked = monotonic()
            ended = [k for k, j in self._jobs.items() if not isinstance(j.state, Underway)]
            waits = [k for k, j in self._jobs.items() if not j.begun]
            for old in ended[: max(len(ended) - self._kept, 0)]:
                del self._jobs[old]
            for old in waits[: max(len(waits) - self._waiting, 0)]:
                del self._jobs[old]
            self._lock.notify()
        return key

    def state(self, key: str) -> State | None:
        """State of a run; None if it was abandoned or is no longer kept."""
        with self._lock:
            job = self._jobs.pop(key, None)
            if job is None:
                return None
            self._jobs[key] = job
            job.asked = monotonic()
            return job.state

    def close(self) -> None:
        """Abandon the current run and all that wait."""
        with self._lock:
            self._closed = True
            self._lock.notify()
        self._thread.join()

    def _work(self) -> None:
        """Make the runs, the one that was asked for first before the others."""
        while True:
            with self._lock:
                while not self._closed and not any(not j.begun for j in self._jobs.values()):
                    self._lock.wait()
                if self._closed:
                    return
                waits = [(j.number, k) for k, j in self._jobs.items() if not j.begun]
                key = min(waits)[1]
                job = self._jobs[key]
                job.begun = True
            self._run(key, job)

    def _run(self, key: str, job: _Job) -> None:
        def tell(done: int) -> None:
            if self._closed or monotonic() - job.asked > self._patience:
                raise _AbandonedError
            job.state = Underway(done, job.scenario.ticks)

        try:
            tell(0)
            job.state = self._make(job.scenario, tell, base=job.base)
        except _AbandonedError:
            with self._lock:
                if self._jobs.get(key) is job:
                    del self._jobs[key]
        except MarketError as error:
            job.state = Failed(str(error))
        except Exception as error:  # a run that fails must not stop the page
            job.state = Failed(f"{type(error).__name__}: {error}")
