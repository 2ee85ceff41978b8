"""Several scenarios run on the same seeds, so that their outcomes can be paired."""

from collections.abc import Callable, Sequence

from market.foundation.code_version import code_digest
from market.foundation.errors import RunError
from market.scenario.schema import Scenario
from market.studies.executors import open_executor
from market.studies.run_task import RunOutcome, Task

Progress = Callable[[int, int], None]


def paired_runs(
    scenarios: Sequence[Scenario],
    seeds: Sequence[int],
    *,
    bases: Sequence[Scenario] | None = None,
    jobs: int | None = None,
    dask: str | None = None,
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
    jobs, dask
        As for :func:`market.sweep`.
    progress
        Called with the number of runs that ended and of all runs, at the beginning and after each.

    Returns
    -------
    list of lists
        [S][R] run outcomes, those of agents and segments included.

    Raises
    ------
    RunError
        A run failed.
    """
    code, ended = code_digest(), dict[str, RunOutcome]()
    sides = list(zip(scenarios, bases or [*scenarios[:1]] * len(scenarios), strict=True))
    tasks = {
        f"{side}/{seed}": [one.model_copy(update={"seed": seed}) for one in pair]
        for seed in seeds
        for side, pair in enumerate(sides)
    }
    tell = progress or (lambda done, total: None)
    tell(0, len(tasks))
    if not tasks:
        return []
    with open_executor(jobs, dask) as executor:
        for run in executor.run_all(
            Task(key, spec, code, members=True, base=base) for key, (spec, base) in tasks.items()
        ):
            if run.error is not None:
                spec, _ = tasks[run.run_id]
                raise RunError(f"{spec.name} with seed {spec.seed} failed: {run.error}")
            ended[run.run_id] = run
            tell(len(ended), len(tasks))
    return [[ended[f"{side}/{seed}"] for seed in seeds] for side in range(len(scenarios))]
