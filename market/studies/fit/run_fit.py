"""Fit a scenario's parameters to figures."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from market.foundation.errors import RunError, ScenarioError
from market.foundation.notebook_progress import notebook_bar
from market.scenario.files import load
from market.scenario.schema import Scenario
from market.scenario.workload import require_feasible, workload
from market.studies.executors import open_executor
from market.studies.fit.criterion import WITHIN, Criterion
from market.studies.fit.evaluations import Evaluations
from market.studies.fit.fitted import Fit, FittedTarget, fitted_parameters
from market.studies.fit.free_parameters import read_free, start
from market.studies.fit.identified import GRID, ROUNDS, directions, profiles, slopes
from market.studies.fit.search import Effort, design, refine
from market.studies.fit.targets import Target, read_targets
from market.studies.fit.trials import Trials
from market.studies.paired_runs import kept_runs

Progress = Callable[[int, int], None]
_LITTLE = 0.02  # of what an interval allows the loss to rise: its ends move by a hundredth
_AGAIN = 3  # times that the search goes on from a better point that a profile came upon


def fit(
    scenario: Scenario | str | Path,
    targets: Mapping[str, Any] | Sequence[str],
    free: Mapping[str, Any] | Sequence[str] | str,
    *,
    replicates: int = 4,
    jobs: int | None = None,
    folder: str | Path | None = None,
    any_size: bool = False,
    effort: Effort | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit parameters of a scenario to figures, by simulated moments.

    Parameters
    ----------
    scenario
        As :func:`market.load` gives it, or what it takes.
    targets
        Values by measure, each a number or a pair of it and its standard error; or texts
        `NAME=VALUE+-ERROR`. A measure is one of the market, or `WHO.MEASURE` of providers,
        arbitrageurs, models, which `+` adds up, or a segment.
    free
        Bounds (low, high) by dotted path; or texts `PATH=LOW:HIGH`, or `PATH` alone for a
        behavioural parameter; or `all` of these.
    replicates
        R runs at each point, on the scenario's seed and those after it.
    jobs
        Runs at a time on this machine, one per core if None.
    folder
        Where each run is kept as it ends, so that a fit that was stopped is resumed.
    any_size
        Begin even if this machine seems to lack the memory, or if it would take more than a week.
    effort
        How long is searched.
    progress
        Called with the number of runs that ended and of all that there may be; a bar in a notebook
        if None.

    Raises
    ------
    ScenarioError
        A target is no measure, a parameter no number, or the folder holds something else.
    RunError
        No point of the market has all targets.
    """
    spec = scenario if isinstance(scenario, Scenario) else load(scenario)
    wanted, moved = read_targets(spec, targets), read_free(spec, free)
    if replicates < 2:
        raise ScenarioError(
            f"replicates: must be at least 2, to know how noisy runs are (value: {replicates})"
        )
    effort = effort or Effort()
    count = len(moved)
    points = effort.most(count) + 2 * count + ROUNDS * GRID * count  # it rarely goes on again
    if not any_size:
        at_once = max(jobs or os.cpu_count() or 1, 1)
        planned = points * replicates
        require_feasible(workload(spec, planned, at_once), f"a fit of {planned:,} runs")
    tell = progress or notebook_bar("fit", "runs") or (lambda done, total: None)
    most = points * replicates
    with (
        kept_runs(None if folder is None else Path(folder)) as (before, record),
        open_executor(jobs) as executor,
    ):
        simulate = Evaluations(
            spec=spec,
            free=moved,
            targets=wanted,
            seeds=tuple(spec.seed + r for r in range(replicates)),
            executor=executor,
            kept=before,
            record=record,
            tell=lambda ended: tell(min(ended, most - 1), most),
        )
        found = _fit(simulate, effort, "" if isinstance(scenario, Scenario) else str(scenario))
    tell(most, most)
    return found


def _fit(simulate: Evaluations, effort: Effort, source: str) -> Fit:
    free, wanted = simulate.free, simulate.targets
    asked, errors = (np.array([getattr(t, of) for t in wanted]) for of in ("value", "error"))
    begin = start(simulate.spec, free)
    trials = Trials(simulate, len(free))
    trials.at(design(len(free), effort, begin, simulate.spec.seed))
    _require_moments(trials, simulate)
    best = trials.best(Criterion(asked, np.diag(errors**2)))
    for _ in range(_AGAIN):
        # the noise of the simulation is that at the best point so far
        best = refine(trials, Criterion.of(asked, errors, trials.moments(best)), effort)
        criterion = Criterion.of(asked, errors, trials.moments(best))
        before = trials.loss(best, criterion)
        profiled = profiles(trials, criterion, effort)
        best = trials.best(criterion)
        if before - trials.loss(best, criterion) <= _LITTLE * WITHIN:
            break
    told = directions(criterion.whitened(slopes(trials, best).T).T)
    place, moments = trials.places[best], trials.moments(best)
    known = all(at is not None for at in begin)
    simulated = moments.std(axis=0, ddof=1) / np.sqrt(len(moments))
    return Fit(
        scenario=simulate.scenario(place),
        source=source,
        parameters=fitted_parameters(free, begin, place, profiled, told),
        targets=tuple(
            FittedTarget(target, float(was) if known else np.nan, float(now), float(error))
            for target, was, now, error in zip(
                wanted, trials.means[0], moments.mean(axis=0), simulated, strict=True
            )
        ),
        loss=trials.loss(best, criterion),
        directions=told,
        replicates=len(simulate.seeds),
        points=len(trials.places),
        runs=simulate.ended,
        failed=tuple(dict.fromkeys(simulate.errors)),
    )


def _require_moments(trials: Trials, simulate: Evaluations) -> None:
    """Refuse targets that no point of the first design has.

    Raises
    ------
    RunError
        With the reason.
    """
    there = np.isfinite(trials.means)
    if there.all(axis=1).any():
        return
    if simulate.errors:
        raise RunError(
            f"{simulate.spec.name}: no run at any of {len(there)} points ended well; the first: "
            f"{simulate.errors[0]}"
        )
    for n, target in enumerate(simulate.targets):
        if not there[:, n].any():
            raise RunError(_unmeasured(target, simulate.spec))
    raise RunError(f"{simulate.spec.name}: no point within the bounds has all targets at once")


def _unmeasured(target: Target, spec: Scenario) -> str:
    way_out = (
        "; set perturb_every to 'end' or a number of ticks"
        if "elasticity" in target.measure and spec.perturb_every == "never"
        else "; ask for another measure, or look at it in: market run"
    )
    return f"--target {target.name}: is not measured in {spec.name}{way_out}"
