"""Runs of a scenario at values of its free parameters, all on the same seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.code_version import code_digest
from market.foundation.errors import ScenarioError
from market.results.run_result import versions
from market.scenario.files import override
from market.scenario.schema import Scenario
from market.studies.executors import Executor
from market.studies.fit.free_parameters import OPTION, FreeParameter
from market.studies.fit.targets import Target
from market.studies.paired_runs import DECIDE_NOTHING
from market.studies.run_ids import run_ids
from market.studies.run_task import RunOutcome, Task


@dataclass
class Evaluations:
    """Moments of a scenario by place of its free parameters.

    Attributes
    ----------
    spec
        The scenario.
    free
        d parameters.
    targets
        k figures.
    seeds
        R seeds, the same at every place.
    executor
        Who makes the runs.
    kept
        Runs that were made before, by their names.
    record
        Keeps one more.
    tell
        Called after each run with the number of runs that ended.
    errors
        Why places have no moments.
    """

    spec: Scenario
    free: tuple[FreeParameter, ...]
    targets: tuple[Target, ...]
    seeds: tuple[int, ...]
    executor: Executor
    kept: dict[str, RunOutcome]
    record: Callable[[RunOutcome], None]
    tell: Callable[[int], None]
    errors: list[str] = field(default_factory=list)
    ended: int = 0

    def scenario(self, place: FloatArray) -> Scenario:
        """The scenario at a place [d].

        Raises
        ------
        ScenarioError
            There is none.
        """
        values = {of.path: of.value(at) for of, at in zip(self.free, place.tolist(), strict=True)}
        return override(self.spec, values, OPTION)

    def __call__(self, places: FloatArray) -> FloatArray:
        """[n, R, k] moments at places [n, d]; NaN where a run fails or does not measure them."""
        code = code_digest()
        ids: list[list[str]] = []
        tasks: dict[str, Task] = {}
        for place in places:
            ids.append([])
            try:
                spec = self.scenario(place)
            except ScenarioError as error:
                self.errors.append(str(error))
                continue
            ids[-1] = _names(spec, self.seeds)
            for run_id, seed in zip(ids[-1], self.seeds, strict=True):
                if run_id not in self.kept:
                    seeded = spec.model_copy(update={"seed": seed})
                    tasks[run_id] = Task(run_id, seeded, code, members=True, models=True)
        self._ended(sum(map(len, ids)) - len(tasks))
        for run in self.executor.run_all(tasks.values()):
            if run.error is None:
                self.record(run)
            self.kept[run.run_id] = run
            self._ended(1)
        return np.array([self._moments(row) for row in ids])

    def _moments(self, ids: Sequence[str]) -> FloatArray:
        found = np.full((len(self.seeds), len(self.targets)), np.nan)
        for r, run_id in enumerate(ids):
            run = self.kept[run_id]
            if run.error is not None:
                self.errors.append(run.error)
            else:
                found[r] = [target.of(run) for target in self.targets]
        return found

    def _ended(self, more: int) -> None:
        self.ended += more
        self.tell(self.ended)


def _names(spec: Scenario, seeds: Sequence[int]) -> list[str]:
    """Names of the runs of a scenario, by what decides them."""
    told = spec.model_copy(update={"seed": 0}).model_dump(mode="json")
    return run_ids([code_digest(DECIDE_NOTHING), versions(), "models", told], seeds)
