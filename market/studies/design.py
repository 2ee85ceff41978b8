"""From a scenario's `[sweep]` to its design points: each is a scenario."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import ScenarioError
from market.scenario.files import override
from market.scenario.overrides import plain, split_path
from market.scenario.schema import Scenario
from market.scenario.sweep_schema import SAMPLED, Range, Sweep
from market.scenario.validation_messages import show
from market.simulation.base_market import same_base
from market.studies.run_ids import run_ids
from market.studies.sensitivity import Ranges, sample

OPTION = "--vary"


@dataclass(frozen=True)
class Design:
    """What a sweep runs: design points by replicates.

    Attributes
    ----------
    scenario
        What all points have in common; without its `[sweep]`.
    sweep
        As resolved.
    points
        P design points: a value for each parameter.
    sampled
        [P, k] a sampled design before whole numbers were rounded; None for the others.
    seeds
        R seeds, one per replicate, the same at every point.
    baseline
        Index of the point that others are compared with.
    """

    scenario: Scenario
    sweep: Sweep
    points: tuple[tuple[Any, ...], ...]
    sampled: FloatArray | None = field(compare=False)
    seeds: tuple[int, ...]
    baseline: int

    @property
    def parameters(self) -> tuple[str, ...]:
        """Dotted paths of what is varied."""
        return tuple(self.sweep.vary)

    def values(self, point: int) -> dict[str, Any]:
        """A point's value by parameter."""
        return dict(zip(self.parameters, self.points[point], strict=True))

    def at(self, point: int, seed: int) -> Scenario:
        """The scenario of one run."""
        changed = override(self.scenario, self.values(point), OPTION, self._place(point))
        return changed.model_copy(update={"seed": seed})

    def base(self, point: int, seed: int) -> Scenario | None:
        """The scenario of the base market of one run: the first point's; None where it is the same.

        Prices are compared with the base market, so it must be one for all points.
        """
        first = self.at(0, seed)
        return None if same_base(first, self.at(point, seed)) else first

    def run_ids(self, code: str) -> list[list[str]]:
        """P rows of R names: digests of the resolved scenario, seed included, and the `code`.

        Points that give the same scenario share their runs.

        Raises
        ------
        ScenarioError
            A point is not a valid scenario.
        """
        found = []
        for point in range(len(self.points)):
            base = self.base(point, 0)
            told = [code, self.at(point, 0).model_dump(mode="json")]
            told += [base.model_dump(mode="json")] if base else []
            found.append(run_ids(told, self.seeds))
        return found

    def _place(self, point: int) -> str:
        values = ", ".join(f"{path}={show(value)}" for path, value in self.values(point).items())
        return f"design point {point + 1} ({values})"

    def ranges(self) -> Ranges:
        """What a sampled design samples from."""
        return _ranges(self.sweep)

    def to_json(self) -> dict[str, Any]:
        """The same as plain values, from which :func:`read_design` makes it again."""
        return {
            "design": self.sweep.design,
            "scenario": self.scenario.model_dump(mode="json"),
            "sweep": self.sweep.model_dump(mode="json"),
            "parameters": list(self.parameters),
            "points": plain(self.points),
            "sampled": None if self.sampled is None else self.sampled.tolist(),
            "seeds": list(self.seeds),
            "baseline": self.baseline,
        }


def resolve(scenario: Scenario) -> Design:
    """Make the design points of a scenario's `[sweep]`.

    Replicate r has the scenario's seed + r; a sampled design is drawn from the scenario's seed.

    Raises
    ------
    ScenarioError
        There is no `[sweep]`, or its baseline is not one of its points.
    """
    sweep = scenario.sweep
    if sweep is None:
        raise ScenarioError(
            f"{scenario.name}: sweep: is missing; say what to vary with {OPTION} PATH=VALUES, or "
            "in a [sweep] table"
        )
    paths = [split_path(path, OPTION)[0] for path in sweep.vary]
    for i, path in enumerate(sweep.vary):
        if paths[i] in paths[:i]:
            raise ScenarioError(f"sweep.vary: {path} is listed twice, in two spellings; keep one")
    base = scenario.model_copy(update={"sweep": None})
    sampled = None
    if sweep.design in SAMPLED:
        sampled = sample(sweep.design, _ranges(sweep), sweep.samples or 0, scenario.seed)
        points = _rounded(base, tuple(sweep.vary), sampled)
    else:
        listed = [v.values() if isinstance(v, Range) else v for v in sweep.vary.values()]
        points = tuple(product(*listed) if sweep.design == "grid" else zip(*listed, strict=True))
    return Design(
        scenario=base,
        sweep=sweep,
        points=points,
        sampled=sampled,
        seeds=tuple(scenario.seed + r for r in range(sweep.replicates)),
        baseline=_baseline(sweep, points),
    )


def read_design(content: Mapping[str, Any]) -> Design:
    """Make a design again from what :meth:`Design.to_json` gave."""
    scenario = override(Scenario.model_validate(content["scenario"]), {})
    sampled = content["sampled"]
    return Design(
        scenario=scenario,
        sweep=Sweep.model_validate(content["sweep"]),
        points=tuple(tuple(point) for point in content["points"]),
        sampled=None if sampled is None else np.array(sampled, dtype=np.float64),
        seeds=tuple(content["seeds"]),
        baseline=content["baseline"],
    )


def readable(value: Any) -> Any:
    """A parameter's value as its column holds it: numbers as they are, tables as a text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    return _toml(value) if isinstance(value, list | tuple) else value


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(readable(value))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _ranges(sweep: Sweep) -> Ranges:
    ranges = [values for values in sweep.vary.values() if isinstance(values, Range)]
    ends = np.array([(r.low, r.high) for r in ranges], dtype=np.float64)
    return Ranges(tuple(sweep.vary), ends[:, 0], ends[:, 1])


def _rounded(
    base: Scenario, parameters: Sequence[str], sampled: FloatArray
) -> tuple[tuple[Any, ...], ...]:
    """The sample as points, with whole numbers where the scenario takes no others."""
    columns: list[list[Any]] = sampled.T.tolist()
    for path, column in zip(parameters, columns, strict=True):
        low, high = min(column), max(column)
        between = low + (high - low) / math.e  # no whole number
        if between != int(between) and not _accepts(base, path, between):
            column[:] = map(_nearest_whole, column)
    return tuple(zip(*columns, strict=True))


def _accepts(base: Scenario, path: str, value: float) -> bool:
    """Whether a value that is not whole is a valid one, or is wrong for another reason."""
    try:
        override(base, {path: value}, OPTION)
    except ScenarioError:
        try:
            override(base, {path: _nearest_whole(value)}, OPTION)
        except ScenarioError:
            return True
        return False
    return True


def _nearest_whole(value: float) -> int:
    return math.floor(value + 0.5)


def _baseline(sweep: Sweep, points: Sequence[Sequence[Any]]) -> int:
    """The first point that has the baseline's values."""
    if not sweep.baseline:
        return 0
    wanted = {list(sweep.vary).index(path): plain(v) for path, v in sweep.baseline.items()}
    for i, point in enumerate(points):
        if all(plain(point[j]) == value for j, value in wanted.items()):
            return i
    listed = ", ".join(f"{path}={show(value)}" for path, value in sweep.baseline.items())
    raise ScenarioError(
        f"sweep.baseline: no design point has {listed}; give the values of one of them"
    )
