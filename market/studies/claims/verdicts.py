"""Run the experiments of the claims and find which claims hold."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.code_version import code_digest
from market.foundation.errors import MarketWarning, ScenarioError
from market.frontier.bootstrap import DRAWS, interval
from market.measures.intervals import estimate, paired_difference
from market.scenario.files import load
from market.scenario.workload import require_feasible_runs
from market.studies.claims.assumptions import BASE, COLUMNS, Assumptions
from market.studies.claims.corrections import by_bootstrap, by_student, holm, moderated
from market.studies.claims.experiments import Claim, ClaimMarket, Contrast, Curve
from market.studies.claims.findings import (
    FORCED,
    HOLDS,
    LEVEL,
    REVERSED,
    UNDECIDED,
    Finding,
    Report,
    verdict,
)
from market.studies.claims.list import CLAIMS
from market.studies.claims.similarity import margin_draws
from market.studies.paired_runs import Progress, paired_runs
from market.studies.run_task import RunOutcome

__all__ = ["HOLDS", "REVERSED", "UNDECIDED", "Finding", "Report", "judge", "verdict"]

REPLICATES = 5
Outcomes = dict[str, list[RunOutcome]]


def judge(
    claims: Sequence[Claim] = CLAIMS,
    *,
    replicates: int = REPLICATES,
    jobs: int | None = None,
    dask: str | None = None,
    folder: Path | None = None,
    any_size: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Test claims, on the assumptions of the page and under each other one.

    Parameters
    ----------
    claims
        Which; all if not given.
    replicates
        Seeds of each market, from 1.
    jobs, dask
        As for :func:`market.sweep`.
    folder
        Where runs are kept, so that a test that was stopped can be resumed; nowhere if None.
    any_size
        Begin even if this machine seems to lack the memory, or if it would take more than a week.
    progress
        As for :func:`market.studies.paired_runs.paired_runs`.

    Raises
    ------
    ScenarioError
        `replicates` is below 2: there is no interval. Or there is no room for so many runs, or the
        folder holds something else.
    RunError
        A run failed.
    """
    if replicates < 2:
        raise ScenarioError(f"replicates: must be at least 2 (value: {replicates})")
    markets = _markets(claims)
    asked = list(markets.values())
    specs = [load(m.scenario, set={"perturb_every": "never", **m.set}) for m in asked]
    if not any_size:
        require_feasible_runs(specs, replicates, jobs, dask, "claims")
    # the same whichever claims are asked
    bases = [load(m.scenario, set=_shared(m)) for m in asked]
    seeds = range(1, replicates + 1)
    with warnings.catch_warnings():
        # that nobody sells below cost is meant; other bounds of best replies are told
        warnings.filterwarnings("ignore", ".* is at the bound min_margin = 0;", MarketWarning)
        runs = paired_runs(
            specs,
            seeds,
            bases=bases,
            asks=[m.asks for m in asked],
            jobs=jobs,
            dask=dask,
            folder=folder,
            progress=progress,
        )
    outcomes = dict(zip(markets, runs, strict=True))
    findings = tuple(
        (claim, tuple(_find(e, outcomes) for e in claim.experiments)) for claim in claims
    )
    return Report(
        _corrected(findings),
        replicates,
        replicates * len(markets),
        tuple(CLAIMS.index(claim) + 1 for claim in claims) if _are_listed(claims) else (),
        code_digest(),
    )


def _are_listed(claims: Sequence[Claim]) -> bool:
    """Whether all are among :data:`market.studies.claims.CLAIMS`, which have numbers."""
    return all(any(claim is other for other in CLAIMS) for claim in claims)


def _key(market: ClaimMarket) -> str:
    set_ = sorted(market.set.items(), key=lambda item: item[0])
    return repr((market.scenario, set_, market.asks))


def _shared(market: ClaimMarket) -> dict[str, object]:
    """What is set of buyers and problems, which the base market has too."""
    return {
        path: value
        for path, value in market.set.items()
        if path.startswith(("consumers.", "population."))
    }


def _tried(experiment: Contrast) -> Iterator[tuple[str, Assumptions]]:
    """Names of the columns that are run beside the page's own, and what is assumed in them."""
    for name in experiment.columns:
        yield name, COLUMNS[name][1]


def _markets(claims: Sequence[Claim]) -> dict[str, ClaimMarket]:
    """Each market once; those of the page's own assumptions first."""
    contrasts = [e for claim in claims for e in claim.experiments if isinstance(e, Contrast)]
    sides = [side for e in contrasts for side in e.sides()]
    sides += [side for e in contrasts for _, a in _tried(e) for side in e.sides(a)]
    return {_key(side): side for side in sides}


def _find(experiment: Contrast | Curve, outcomes: Outcomes) -> Finding:
    """What was found, not yet corrected for the number of verdicts."""
    if isinstance(experiment, Curve):
        found = _found_on_curve(experiment)
    else:
        across = {name: _found(experiment, a, outcomes) for name, a in _tried(experiment)}
        across |= {name: replace(_UNKNOWN, verdict=FORCED) for name in experiment.forced}
        found = replace(
            _found(experiment, BASE, outcomes),
            across={name: across[name] for name in COLUMNS if name in across},
        )
        found = _moderated(found)
    return replace(
        found, refuted_by=experiment.refuted_by, by_construction=experiment.by_construction
    )


def _moderated(found: Finding) -> Finding:
    """Chances anew, from what errors the experiment has under all assumptions together."""
    tried = {n: one for n, one in found.across.items() if one.verdict != FORCED}
    every = [found, *tried.values()]
    mean, error = (np.array([getattr(f, k) for f in every]) for k in ("difference", "error"))
    chances = moderated(mean, error, np.array([f.replicates for f in every])).tolist()
    again = {n: replace(f, chance=c) for (n, f), c in zip(tried.items(), chances[1:], strict=True)}
    return replace(found, chance=chances[0], across={**found.across, **again})


_NONE = float("nan")
_UNKNOWN = Finding("", "", _NONE, _NONE, _NONE, _NONE, _NONE, 0, UNDECIDED)


def _found(experiment: Contrast, assumptions: Assumptions, outcomes: Outcomes) -> Finding:
    """A difference of simulated markets, its interval by Student t over seeds."""

    def values(market: ClaimMarket, measure: str) -> FloatArray:
        return _values(outcomes[_key(market.under(assumptions))], measure)

    value = values(experiment.market, experiment.measure)
    if isinstance(experiment.against, ClaimMarket):
        base = values(experiment.against, experiment.against_measure or experiment.measure)
    else:
        base = np.full(len(value), experiment.against)
    if experiment.less is not None:
        value, base = (
            side - values(market, experiment.measure)
            for side, market in zip((value, base), experiment.less, strict=True)
        )
    found = paired_difference(value, base)
    low, high = float(found.low), float(found.high)
    return Finding(
        experiment.says,
        experiment.demand,
        float(estimate(value).mean),
        float(estimate(base).mean),
        float(found.mean),
        low,
        high,
        int(found.replicates),
        verdict(low, high, experiment.sign),
        by_student(found),
        error=float(found.standard_error),
    )


def _values(runs: Sequence[RunOutcome], measure: str) -> FloatArray:
    """[R] a measure of the whole market, or `NAME: COLUMN` of an agent."""
    name, _, column = measure.partition(": ")
    if not column:
        return np.array([run.measures[measure] for run in runs])
    return np.array(
        [
            next(m.value for m in run.members if (m.name, m.measure) == (name, column))
            for run in runs
        ]
    )


def _found_on_curve(curve: Curve) -> Finding:
    """A margin on the pack, its interval by bootstrap over problems (percentiles)."""

    def drawn(alike: float, false_accept: float) -> tuple[float, FloatArray]:
        return margin_draws(
            curve.models,
            curve.low,
            curve.statistic,
            alike,
            DRAWS,
            curve.differences,
            false_accept,
        )

    point, sample = drawn(curve.alike, curve.false_accept)
    base, other = curve.against, np.full(DRAWS, curve.against)
    if curve.against_alike is not None:
        base, other = drawn(curve.against_alike, curve.false_accept)
    if curve.against_false_accept is not None:
        base, other = drawn(curve.alike, curve.against_false_accept)
    base, other = curve.times * base, curve.times * other
    draws = sample - other
    low, high = interval(draws).tolist()
    return Finding(
        curve.says,
        "",
        point,
        base,
        point - base,
        low,
        high,
        DRAWS,
        verdict(low, high, curve.sign),
        by_bootstrap(point - base, draws),
    )


Found = tuple[tuple[Claim, tuple[Finding, ...]], ...]


def _corrected(findings: Found) -> Found:
    """Undecided, where a verdict alone is sure but not among all that count (Holm)."""
    chances = [
        one.chance
        for _, found in findings
        for finding in found
        if finding.counted
        for one in (finding, *finding.across.values())
        if one.verdict != FORCED
    ]
    left = iter(holm(chances))

    def corrected(one: Finding) -> Finding:
        if one.verdict == FORCED:
            return one
        chance = next(left)
        sure = one.verdict if chance < LEVEL else UNDECIDED
        return replace(one, corrected=chance, verdict=sure)

    def all_of(finding: Finding) -> Finding:
        if not finding.counted:
            return finding
        first = corrected(finding)
        return replace(first, across={n: corrected(f) for n, f in finding.across.items()})

    return tuple((claim, tuple(map(all_of, found))) for claim, found in findings)
