"""Run the experiments of the claims and find which claims hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import ScenarioError
from market.measures.intervals import estimate, paired_difference
from market.scenario.files import load
from market.studies.claims.experiments import Claim, ClaimMarket, Contrast, Curve
from market.studies.claims.list import CLAIMS
from market.studies.claims.similarity import margin_draws
from market.studies.paired_runs import Progress, paired_runs
from market.studies.run_task import RunOutcome

HOLDS, REVERSED, UNDECIDED = "holds", "reversed", "undecided"


@dataclass(frozen=True)
class Finding:
    """What one experiment found.

    Attributes
    ----------
    says, demand
        The experiment, and the kind of demand; empty where there is no buyer in it.
    value, against
        Means of both sides.
    difference, low, high
        Mean difference with its 95% interval.
    replicates
        How many it rests on.
    verdict
        `holds` where the interval lies on the claimed side of 0, `reversed` where on the other,
        else `undecided`.
    """

    says: str
    demand: str
    value: float
    against: float
    difference: float
    low: float
    high: float
    replicates: int
    verdict: str


@dataclass(frozen=True)
class Report:
    """All claims with their findings.

    Attributes
    ----------
    findings
        Per claim, in its order.
    replicates
        Seeds per market.
    runs
        How many runs were made.
    """

    findings: tuple[tuple[Claim, tuple[Finding, ...]], ...]
    replicates: int
    runs: int

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "replicates": self.replicates,
            "runs": self.runs,
            "claims": [
                {
                    "claim": claim.title,
                    "said_by": claim.said_by,
                    "experiments": [vars(finding) for finding in findings],
                }
                for claim, findings in self.findings
            ],
        }


def judge(
    claims: Sequence[Claim] = CLAIMS,
    *,
    replicates: int = 10,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Test claims.

    Parameters
    ----------
    claims
        Which; all if not given.
    replicates
        Seeds of each market, from 1; and draws of each bootstrap, ten times as many.
    jobs, dask
        As for :func:`market.sweep`.
    progress
        As for :func:`market.studies.paired_runs.paired_runs`.

    Raises
    ------
    ScenarioError
        `replicates` is below 2: there is no interval.
    RunError
        A run failed.
    """
    if replicates < 2:
        raise ScenarioError(f"replicates: must be at least 2 (value: {replicates})")
    experiments = [experiment for claim in claims for experiment in claim.experiments]
    markets = _markets(experiments)
    asked = markets.values()
    specs = [load(m.scenario, set={"perturb_every": "never", **m.set}) for m in asked]
    bases = [load(m.scenario) for m in asked]  # the same whichever claims are asked
    seeds = range(1, replicates + 1)
    runs = paired_runs(specs, seeds, bases=bases, jobs=jobs, dask=dask, progress=progress)
    outcomes = dict(zip(markets, runs, strict=True))
    findings = tuple(
        (claim, tuple(_find(e, outcomes, 10 * replicates) for e in claim.experiments))
        for claim in claims
    )
    return Report(findings, replicates, replicates * len(markets))


def _key(market: ClaimMarket) -> str:
    return repr((market.scenario, sorted(market.set.items(), key=lambda item: item[0])))


def _markets(experiments: Sequence[Contrast | Curve]) -> dict[str, ClaimMarket]:
    """Each market once."""
    found = {}
    for experiment in experiments:
        if isinstance(experiment, Contrast):
            for side in (experiment.market, experiment.against):
                if isinstance(side, ClaimMarket):
                    found[_key(side)] = side
    return found


def _find(
    experiment: Contrast | Curve, outcomes: dict[str, list[RunOutcome]], draws: int
) -> Finding:
    if isinstance(experiment, Curve):
        return _found_on_curve(experiment, draws)
    value = _values(outcomes[_key(experiment.market)], experiment.measure)
    if isinstance(experiment.against, ClaimMarket):
        base = _values(outcomes[_key(experiment.against)], experiment.measure)
    else:
        base = np.full(len(value), experiment.against)
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


def _found_on_curve(curve: Curve, draws: int) -> Finding:
    """A margin on the pack, its interval by bootstrap over problems (percentiles)."""
    point, sample = margin_draws(curve.models, curve.low, curve.statistic, curve.alike, draws)
    if curve.against_alike is None:
        base, other = curve.against, np.full(draws, curve.against)
    else:
        base, other = margin_draws(
            curve.models, curve.low, curve.statistic, curve.against_alike, draws
        )
    low, high = np.quantile(sample - other, (0.025, 0.975)).tolist()
    return Finding(
        curve.says,
        "",
        point,
        base,
        point - base,
        low,
        high,
        draws,
        verdict(low, high, curve.sign),
    )


def verdict(low: float, high: float, sign: int) -> str:
    """What a 95% interval says of a claim that a difference has a sign."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return UNDECIDED
    if low > 0:
        return HOLDS if sign > 0 else REVERSED
    if high < 0:
        return HOLDS if sign < 0 else REVERSED
    return UNDECIDED
