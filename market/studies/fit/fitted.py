"""What a fit found: values, intervals, distances, and what the targets leave open."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.atomic_files import write_whole
from market.foundation.json_values import finite
from market.foundation.shown import Shown
from market.scenario.extensions import extension
from market.scenario.schema import Scenario
from market.studies.fit.criterion import WITHIN, p_value
from market.studies.fit.free_parameters import FreeParameter
from market.studies.fit.identified import Direction, Profile, standard_errors
from market.studies.fit.targets import Target


@dataclass(frozen=True)
class FittedParameter:
    """A parameter as fitted.

    Attributes
    ----------
    free
        What it is, and its bounds.
    before
        Its value in the scenario; None where it has none within the bounds.
    value
        As fitted.
    standard_error
        By slopes at the fit.
    low, high
        95% interval: between these the others can be fitted so that the loss stays within the 95%
        quantile of χ² with one degree of the least.
    profile
        The least loss by its value.
    """

    free: FreeParameter
    before: float | None
    value: float
    standard_error: float
    low: float
    high: float
    profile: Profile

    @property
    def pinned(self) -> bool:
        """Whether slopes tell it within its bounds: else its standard error means nothing."""
        width = self.free.slope(self.value)
        return bool(2 * np.sqrt(WITHIN) * self.standard_error < width)

    @property
    def at_bound(self) -> bool:
        """Whether it lies at a bound, and might be fitted better beyond."""
        return self.value in (self.free.low, self.free.high)


@dataclass(frozen=True)
class FittedTarget:
    """A target, and what the scenario as fitted gives.

    Attributes
    ----------
    target
        What was asked.
    before
        What the scenario gives at its own values; NaN where they are not within the bounds.
    value
        Mean over the runs at the fit.
    simulation_error
        Standard error of that mean.
    """

    target: Target
    before: float
    value: float
    simulation_error: float

    @property
    def distance(self) -> float:
        """Value less target in standard errors, of the target and of the simulation together."""
        noise = np.hypot(self.target.error, self.simulation_error)
        return float((self.value - self.target.value) / noise)


@dataclass(frozen=True, repr=False)
class Fit(Shown):
    """A scenario's parameters fitted to targets.

    Attributes
    ----------
    scenario
        As fitted.
    source
        What it was loaded from.
    parameters, targets
        As fitted.
    loss
        Squared distance from the targets, in units of its noise.
    directions
        Mixes of parameters, from the best told to the least.
    replicates, points, runs
        Seeds at every point; points of the market that were simulated; runs.
    failed
        Why points have no moments, each reason once.
    """

    scenario: Scenario
    source: str
    parameters: tuple[FittedParameter, ...]
    targets: tuple[FittedTarget, ...]
    loss: float
    directions: tuple[Direction, ...]
    replicates: int
    points: int
    runs: int
    failed: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, float]:
        """By path of the parameter, its value as fitted."""
        return {of.free.path: of.value for of in self.parameters}

    @property
    def p_value(self) -> float:
        """Chance of a loss as large if the market is right; NaN without targets to spare."""
        return p_value(self.loss, self.degrees)

    @property
    def degrees(self) -> int:
        """How many targets there are beyond the mixes of parameters that they tell."""
        return len(self.targets) - sum(of.pinned for of in self.directions)

    def save(self, file: str | Path) -> Path:
        """Write a scenario file that extends the one that was fitted.

        Raises
        ------
        ScenarioError
            It cannot be written.
        """
        path = Path(file)
        write_whole(path, extension(self.source, self.scenario, path, self._remarks()))
        return path

    def _remarks(self) -> list[str]:
        reached = [
            f"{t.target.name} = {t.value:.4g} (asked {t.target.value:g})" for t in self.targets
        ]
        return [f"Fitted: {', '.join(self.values)}.", f"Gives {'; '.join(reached)}."]

    def to_json(self) -> dict[str, Any]:
        """As `market fit --json` prints it."""
        found: dict[str, Any] = finite(
            {
                "parameters": [_parameter(of) for of in self.parameters],
                "targets": [_target(of) for of in self.targets],
                "loss": self.loss,
                "allowed": WITHIN,
                "degrees": self.degrees,
                "p_value": self.p_value,
                "directions": [
                    {
                        "loads": dict(zip(self.values, of.loads.tolist(), strict=True)),
                        "told": of.told,
                        "pinned": of.pinned,
                    }
                    for of in self.directions
                ],
                "replicates": self.replicates,
                "points": self.points,
                "runs": self.runs,
                "failed": list(self.failed),
            }
        )
        return found


def _parameter(of: FittedParameter) -> dict[str, Any]:
    values = [of.free.value(place) for place in of.profile.places.tolist()]
    return {
        "path": of.free.path,
        "bounds": [of.free.low, of.free.high],
        "by_ratio": of.free.by_ratio,
        "before": of.before,
        "value": of.value,
        "standard_error": of.standard_error,
        "pinned": of.pinned,
        "low": of.low,
        "high": of.high,
        "open_low": of.profile.open_low,
        "open_high": of.profile.open_high,
        "at_bound": of.at_bound,
        "profile": [
            {"value": value, "loss": loss}
            for value, loss in zip(values, of.profile.losses.tolist(), strict=True)
        ],
    }


def _target(of: FittedTarget) -> dict[str, Any]:
    return {
        "name": of.target.name,
        "asked": of.target.value,
        "error": of.target.error,
        "error_assumed": of.target.assumed,
        "before": of.before,
        "fitted": of.value,
        "simulation_error": of.simulation_error,
        "distance": of.distance,
    }


def fitted_parameters(
    free: tuple[FreeParameter, ...],
    before: list[float | None],
    place: FloatArray,
    profiles: tuple[Profile, ...],
    told: tuple[Direction, ...],
) -> tuple[FittedParameter, ...]:
    """Put together what is known of each parameter at its fitted place [d]."""
    return tuple(
        FittedParameter(
            free=of,
            before=None if was is None else of.value(was),
            value=(value := of.value(at)),
            standard_error=error * of.slope(value),
            low=of.value(profile.low),
            high=of.value(profile.high),
            profile=profile,
        )
        for of, was, at, error, profile in zip(
            free, before, place.tolist(), standard_errors(told).tolist(), profiles, strict=True
        )
    )
