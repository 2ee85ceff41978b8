"""Run markets on the same seeds, and pair each with the first."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np

from market.foundation.errors import MarketWarning, RunError, ScenarioError
from market.scenario.files import load
from market.scenario.interventions import mergers
from market.scenario.population_source import Synthetic
from market.scenario.schema import Scenario
from market.scenario.workload import require_feasible_runs
from market.studies.comparison import Comparison
from market.studies.comparison_frames import (
    MONEY,
    frame_of,
    members_of,
    of_market,
    ordered,
    trades,
    with_sample,
)
from market.studies.comparisons import Comparisons
from market.studies.paired_runs import Progress, paired_runs
from market.studies.run_task import RunOutcome


@overload
def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    *,
    replicates: int = 20,
    resample: bool = True,
    jobs: int | None = None,
    dask: str | None = None,
    folder: str | Path | None = None,
    any_size: bool = False,
    progress: Progress | None = None,
) -> Comparison: ...


@overload
def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    c: Scenario | str | Path,
    /,
    *others: Scenario | str | Path,
    replicates: int = 20,
    resample: bool = True,
    jobs: int | None = None,
    dask: str | None = None,
    folder: str | Path | None = None,
    any_size: bool = False,
    progress: Progress | None = None,
) -> Comparisons: ...


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    *others: Scenario | str | Path,
    replicates: int = 20,
    resample: bool = True,
    jobs: int | None = None,
    dask: str | None = None,
    folder: str | Path | None = None,
    any_size: bool = False,
    progress: Progress | None = None,
) -> Comparison | Comparisons:
    """Run scenarios on the same seeds, and pair each with the first.

    Parameters
    ----------
    a, b, others
        As :func:`market.load` gives them, or what it takes. Of two the result is a
        :class:`Comparison`, of more :class:`Comparisons`. The base market, which tastes and the
        price index are measured by, is that of `a` for all.
    replicates
        Runs of each, on the seeds of `a` and those after it.
    resample
        As many runs more, on problems that each seed draws anew, to say how sure the sample of
        problems is. There are none of a synthetic population, whose law is known.
    jobs, dask
        As for :func:`market.sweep`.
    folder
        Where each run is kept as it ends, so that a comparison that was stopped is resumed.
    any_size
        Begin even if this machine seems to lack the memory, or if it would take more than a week.
    progress
        As for :func:`market.studies.paired_runs.paired_runs`.

    Raises
    ------
    ScenarioError
        `replicates` is below 1, there is no room for so many runs, or the folder holds something
        else.
    RunError
        A run failed.
    """
    if replicates < 1:
        raise ScenarioError(f"replicates: must be at least 1 (value: {replicates})")
    specs = [spec if isinstance(spec, Scenario) else load(spec) for spec in (a, b, *others)]
    anew = _resampled(specs) if resample else []
    kept = None if folder is None else Path(folder)
    if not any_size:
        require_feasible_runs([*specs, *anew], replicates, jobs, dask, "a comparison")
    seeds = tuple(specs[0].seed + r for r in range(replicates))
    total = replicates * (len(specs) + len(anew))

    def run(sides: Sequence[Scenario], before: int) -> list[list[RunOutcome]]:
        tell = None if progress is None else lambda done, _: progress(before + done, total)
        return paired_runs(sides, seeds, jobs=jobs, dask=dask, folder=kept, progress=tell)

    runs = run(specs, 0)
    try:
        resampled = run(anew, len(specs) * replicates)
    except RunError as error:  # the markets run as they are, but not on every resample
        resampled = []
        warnings.warn(f"no error of the sample: {error}", MarketWarning, stacklevel=2)
    merged = mergers(*specs)
    members = [[members_of(run, merged) for run in side] for side in runs]
    keys = ordered([key for side in members for run in side for key in run])
    measured = [[of_market(run) for run in side] for side in runs]
    on_other_problems = [[of_market(run) for run in side] for side in resampled]

    def paired(s: int) -> Comparison:
        both = [measured[0], measured[s]]
        if on_other_problems:
            both += [on_other_problems[0], on_other_problems[s]]
        two = members[0], members[s]
        return Comparison(
            measures=with_sample(both, list(measured[0][0])),
            agents=frame_of(two, [k for k in keys if k[2] in MONEY and trades(k)], 0.0),
            segments=frame_of(two, [k for k in keys if not trades(k)], np.nan),
            a=specs[0],
            b=specs[s],
            seeds=seeds,
            resampled=bool(resampled),
        )

    pairs = tuple(paired(s) for s in range(1, len(specs)))
    return pairs[0] if len(pairs) == 1 else Comparisons(pairs)


def _resampled(sides: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios with problems that the seed draws anew; none if a law draws them."""
    if any(isinstance(spec.population, Synthetic) for spec in sides):
        return []
    return [
        spec.model_copy(
            update={"population": spec.population.model_copy(update={"resample": True})}
        )
        for spec in sides
    ]
