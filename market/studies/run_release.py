"""What a release earns whoever makes it, and whom it takes that from, by number of arbitrageurs.

A release is a provider that enters while a run goes on, such as one that sells a new and better
model. The market with it is compared with the same market without it: same seeds, buyers, tastes
and queries. An entrant owns nothing else; a release by an incumbent is a provider that is merged
with it, and what it takes from the incumbent's older models counts against it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.config import nearest
from market.foundation.errors import ScenarioError
from market.measures.counted import counted
from market.measures.formulas import last_quarter_ticks
from market.scenario.files import load
from market.scenario.interventions import without_arbitrageurs
from market.scenario.schema import Scenario
from market.scenario.workload import require_feasible_runs
from market.studies.paired_runs import Progress, paired_runs
from market.studies.release_result import Release, ReleaseOutcome
from market.studies.run_task import CAPABILITY, RunOutcome, Series

ARBITRAGEURS = (0, 1, 2, 4)
SURPLUS = ("consumer_surplus", "arbitrageur_surplus", "tax_revenue")
EARNED = ("revenue", "profit")


def release(
    scenario: Scenario | str | Path,
    *,
    provider: str | None = None,
    arbitrageurs: Sequence[int] = ARBITRAGEURS,
    replicates: int = 10,
    jobs: int | None = None,
    dask: str | None = None,
    folder: str | Path | None = None,
    any_size: bool = False,
    progress: Progress | None = None,
) -> Release:
    """Run a market with a release and without it, with different numbers of arbitrageurs.

    Parameters
    ----------
    scenario
        As :func:`market.load` gives it, or what it takes. A provider enters at a tick.
    provider
        Which one, where several do.
    arbitrageurs
        Numbers of them, the first to compare with.
    replicates
        Seeds of each market: the scenario's and those after it.
    jobs, dask
        As for :func:`market.sweep`.
    folder, any_size, progress
        As for :func:`market.compare`.

    Raises
    ------
    ScenarioError
        No provider enters, or several do and none is named, or too late to see what it earns; it
        is not said which group of arbitrageurs is meant; `replicates` is below 2, so that there is
        no interval; there is no room for so many runs, or the folder holds something else.
    RunError
        A run failed.
    """
    spec = scenario if isinstance(scenario, Scenario) else load(scenario)
    if replicates < 2:
        raise ScenarioError(f"replicates: must be at least 2 (value: {replicates})")
    if len(set(arbitrageurs)) < len(arbitrageurs) or not arbitrageurs:
        raise ScenarioError(f"arbitrageurs: must be different numbers (value: {arbitrageurs})")
    released = released_by(spec, provider)
    before = spec.model_copy(update={"remove": (*spec.remove, released)})
    sides = [with_arbitrageurs(side, count) for count in arbitrageurs for side in (spec, before)]
    if not any_size:
        require_feasible_runs(sides, replicates, jobs, dask, "a release")
    seeds = tuple(spec.seed + r for r in range(replicates))
    wanted = series_of(spec)
    runs = paired_runs(
        sides,
        seeds,
        bases=[with_arbitrageurs(before, 0)] * len(sides),
        series=wanted,
        jobs=jobs,
        dask=dask,
        folder=None if folder is None else Path(folder),
        progress=progress,
    )
    owner = next((names for names in spec.mergers if released in names), (released,))
    told = Release(
        scenario=spec,
        released=released,
        owner=owner,
        others=tuple(p.name for p in spec.providers if p.name not in owner),
        models=spec.models,
        seeds=seeds,
        each=(),
    )
    pairs = zip(arbitrageurs, runs[::2], runs[1::2], strict=True)
    each = tuple(_outcome(told, n, wanted, after, then) for n, after, then in pairs)
    return replace(told, each=each)


def released_by(scenario: Scenario, provider: str | None = None) -> str:
    """The provider that enters while the run goes on, early enough to see what it earns.

    Raises
    ------
    ScenarioError
        None does, several do and none is named, or it enters in the last quarter.
    """
    entering = {
        p.name: p.active_from
        for p in scenario.providers
        if p.active_from > 0 and p.name not in scenario.remove
    }
    if provider is None:
        if not entering:
            raise ScenarioError(
                f"{scenario.name}: no provider enters while the run goes on; set "
                "providers.NAME.active_from, or add a model at a tick, such as "
                "'add.new={ like = \"gpt5mini\", solve_rate = 0.6, cost = 0.02, at = 20 }'"
            )
        if len(entering) > 1:
            raise ScenarioError(
                f"{scenario.name}: {', '.join(entering)} enter; which release is meant? Name its "
                "provider"
            )
        (provider,) = entering
    if provider not in entering:
        known = [p.name for p in scenario.providers]
        why = "enters at tick 0" if provider in known else "is no provider"
        hint = nearest(provider, list(entering)) if entering else "no provider enters later"
        raise ScenarioError(f"{scenario.name}: {provider} {why}; {hint}")
    rest = last_quarter_ticks(scenario.ticks).start
    if entering[provider] > rest:
        raise ScenarioError(
            f"{scenario.name}: {provider} enters at tick {entering[provider]} of "
            f"{scenario.ticks}; let it enter at tick {rest} or before, since what it earns is "
            "measured in the last quarter"
        )
    return provider


def with_arbitrageurs(scenario: Scenario, count: int) -> Scenario:
    """The same market with so many arbitrageurs.

    Raises
    ------
    ScenarioError
        There are several groups of them, or none.
    """
    if count == 0:
        return without_arbitrageurs(scenario)
    groups = [group.name for group in scenario.arbitrageurs]
    if len(groups) != 1:
        found = f"several groups ({', '.join(groups)})" if groups else "none"
        raise ScenarioError(
            f"{scenario.name}: {counted(count, 'arbitrageur')} of which kind? It has {found}; "
            "leave one group in it"
        )
    return scenario.change({f'arbitrageurs."{groups[0]}".count': count})


def series_of(scenario: Scenario) -> tuple[Series, ...]:
    """What is kept of each run, tick by tick."""
    return (
        *(Series("market", measure) for measure in SURPLUS),
        *(Series("providers", measure, p.name) for p in scenario.providers for measure in EARNED),
        *(Series("models", CAPABILITY, model) for model in scenario.models),
    )


def _outcome(
    told: Release,
    count: int,
    wanted: Sequence[Series],
    after: Sequence[RunOutcome],
    before: Sequence[RunOutcome],
) -> ReleaseOutcome:
    """What the release changed, with one number of arbitrageurs."""
    with_it, without = (np.array([run.series for run in side]) for side in (after, before))
    place = {one: k for k, one in enumerate(wanted)}

    def change(*of: Series) -> FloatArray:
        rows = [place[one] for one in of]
        return np.asarray((with_it[:, rows] - without[:, rows]).sum(axis=1))  # [R, T]

    def earned(measure: str) -> Callable[[str], Series]:
        return lambda name: Series("providers", measure, name)

    rest = slice(last_quarter_ticks(told.scenario.ticks).start, None)
    takings = [change(earned("revenue")(name))[:, rest].mean(axis=1) for name in told.others]
    shared = [
        change(*map(earned("profit"), told.owner)),
        change(*map(earned("profit"), told.others)),
        *(change(Series("market", measure)) for measure in SURPLUS),
    ]
    slopes = with_it[:, [place[Series("models", CAPABILITY, m)] for m in told.models]]
    return ReleaseOutcome(
        arbitrageurs=count,
        revenue=change(*map(earned("revenue"), told.owner))[:, told.at :],
        rest=told.scenario.ticks - rest.start,
        taken=np.array(takings).T.reshape(len(after), len(told.others)),
        gains=np.stack([of[:, rest].mean(axis=1) for of in shared], axis=1),
        capability=slopes[:, :, -1],
    )
