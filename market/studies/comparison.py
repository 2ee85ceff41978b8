"""Two markets on the same seeds: what changes, and who gains and who loses."""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from market.foundation.atomic_files import whole_folder
from market.foundation.code_version import code_digest
from market.foundation.errors import MarketWarning, RunError, ScenarioError
from market.foundation.formats import COMPARISON, MANIFEST
from market.measures.intervals import estimate, paired_difference, with_sample_error
from market.results.run_result import versions
from market.scenario.files import load, to_toml
from market.scenario.interventions import mergers
from market.scenario.population_source import Synthetic
from market.scenario.schema import Scenario
from market.studies.paired_runs import Progress, paired_runs
from market.studies.run_task import RunOutcome

MONEY = ("revenue", "profit", "net_profit")
Key = tuple[str, str, str]  # name, role, measure
MOST_CHANGES = 4  # that the name of a scenario lists
COLUMNS = ("name", "role", "measure", "a", "b", "difference", "standard_error", "low", "high")


@dataclass(frozen=True)
class Comparison:
    """What differs between two scenarios, paired by seed.

    Each frame has a row per `name`, `role` and `measure`: its mean in `a` and `b`, the mean of
    b − a with standard error and 95% interval (Student t), and the number of `replicates` used.

    Attributes
    ----------
    measures
        Of the whole market. If problems were drawn anew, `sample_low` and `sample_high` are the
        ends of an interval that also says how sure the sample of problems is; else NaN.
    agents
        Revenue and profit of each provider and arbitrageur, US dollars per tick, and net profit, US
        dollars since the start; 0 of one that is not in a market.
    segments
        Of each consumer segment; what it has in one market only has no difference.
    a, b
        The scenarios, as resolved.
    seeds
        Of the replicates.
    resampled
        Whether as many runs of each were made on problems that were drawn anew.
    """

    measures: pd.DataFrame
    agents: pd.DataFrame
    segments: pd.DataFrame
    a: Scenario
    b: Scenario
    seeds: tuple[int, ...]
    resampled: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """Names of a and b; if both have the same name, b's also says what it sets."""
        if self.a.name != self.b.name:
            return self.a.name, self.b.name
        changes = list(_changes(self.a.model_dump(mode="json"), self.b.model_dump(mode="json")))
        if not changes:
            return self.a.name, self.b.name
        more = f" and {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
        return self.a.name, f"{self.b.name} with {', '.join(changes[:MOST_CHANGES])}{more}"

    @property
    def assumed(self) -> tuple[str, ...]:
        """Sentences on the models of either market that are assumed."""
        return tuple(dict.fromkeys((*self.a.assumed, *self.b.assumed)))

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The three frames by name."""
        return {"measures": self.measures, "agents": self.agents, "segments": self.segments}

    def save(self, folder: str | Path, overwrite: bool = False) -> Path:
        """Write frames, both scenarios and a manifest, whole or not at all.

        Raises
        ------
        ScenarioError
            The folder exists and is not to be replaced, or cannot be written.
        """
        with whole_folder(folder, overwrite) as draft:
            self.write(draft)
        return Path(folder)

    def write(self, folder: Path) -> None:
        """Write into an existing folder."""
        for name, frame in self.frames.items():
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        for letter, spec in (("a", self.a), ("b", self.b)):
            (folder / f"{letter}.toml").write_text(to_toml(spec), encoding="utf-8")
        manifest = {
            "format": COMPARISON.signature,
            "comparison": list(self.names),
            "seeds": list(self.seeds),
            "resampled": self.resampled,
            "tables": {name: len(frame) for name, frame in self.frames.items()},
            "code": code_digest(),
            "versions": versions(),
        }
        if self.assumed:
            manifest["assumed"] = list(self.assumed)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    *,
    replicates: int = 20,
    resample: bool = True,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run two scenarios on the same seeds, and pair them.

    Parameters
    ----------
    a, b
        As :func:`market.load` gives them, or what it takes.
    replicates
        Runs of each, on the seeds of `a` and those after it.
    resample
        As many runs more, on problems that each seed draws anew, to say how sure the sample of
        problems is. There are none of a synthetic population, whose law is known.
    jobs, dask
        As for :func:`market.sweep`.
    progress
        As for :func:`market.studies.paired_runs.paired_runs`.

    Raises
    ------
    ScenarioError
        `replicates` is below 1.
    RunError
        A run failed.
    """
    if replicates < 1:
        raise ScenarioError(f"replicates: must be at least 1 (value: {replicates})")
    pair = [spec if isinstance(spec, Scenario) else load(spec) for spec in (a, b)]
    seeds = tuple(pair[0].seed + r for r in range(replicates))
    anew = _resampled(pair) if resample else []
    total = replicates * (2 + len(anew))

    def run(sides: Sequence[Scenario], before: int) -> list[list[RunOutcome]]:
        tell = None if progress is None else lambda done, _: progress(before + done, total)
        return paired_runs(sides, seeds, jobs=jobs, dask=dask, progress=tell)

    sides = run(pair, 0)
    try:
        resampled = run(anew, 2 * replicates)
    except RunError as error:  # the markets run as they are, but not on every resample
        resampled = []
        warnings.warn(f"no error of the sample: {error}", MarketWarning, stacklevel=2)
    merged = mergers(*pair)
    members = [[_members(run, merged) for run in side] for side in sides]
    keys = _order([key for side in members for run in side for key in run])
    markets = [[_of_market(run) for run in side] for side in (*sides, *resampled)]
    return Comparison(
        measures=_with_sample(markets, list(markets[0][0])),
        agents=_frame(members, [key for key in keys if key[2] in MONEY and _trades(key)], 0.0),
        segments=_frame(members, [key for key in keys if not _trades(key)], np.nan),
        a=pair[0],
        b=pair[1],
        seeds=seeds,
        resampled=bool(resampled),
    )


def _resampled(pair: Sequence[Scenario]) -> list[Scenario]:
    """Both scenarios with problems that the seed draws anew; none if a law draws them."""
    if any(isinstance(spec.population, Synthetic) for spec in pair):
        return []
    return [
        spec.model_copy(
            update={"population": spec.population.model_copy(update={"resample": True})}
        )
        for spec in pair
    ]


def _with_sample(
    markets: Sequence[Sequence[Mapping[Key, float]]], keys: Sequence[Key]
) -> pd.DataFrame:
    """The frame of the market's measures, with intervals that say how sure the sample is, too."""
    frame = _frame(markets[:2], keys, absent=np.nan)
    low = high = np.full(len(keys), np.nan)
    if len(markets) > 2:
        of_seeds, of_both = (
            np.array([[y[k] - x[k] for x, y in zip(*sides, strict=True)] for k in keys])
            for sides in (markets[:2], markets[2:])
        )
        low, high = with_sample_error(of_seeds, of_both)
    return frame.assign(sample_low=low, sample_high=high)


def _changes(a: Any, b: Any, path: str = "") -> Iterator[str]:
    """`PATH=VALUE` of what differs in `b`; list entries with the same name are compared."""
    if a == b:
        return
    tables = [_named(side) for side in (a, b)]
    if path and (tables[0] is None or tables[1] is None or set(tables[0]) != set(tables[1])):
        yield f"{path}={json.dumps(b, ensure_ascii=False)}"
        return
    for key, value in (tables[1] or {}).items():
        if path or key not in ("seed", "sweep"):
            yield from _changes((tables[0] or {}).get(key), value, f"{path}.{key}".lstrip("."))


def _named(value: Any) -> dict[str, Any] | None:
    """A table's entries, or a list's by their names; None for other values."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        return {str(v["name"]): v for v in value if "name" in v} or None
    return None


def _of_market(run: RunOutcome) -> dict[Key, float]:
    return {("market", "market", measure): value for measure, value in run.measures.items()}


def _members(run: RunOutcome, merged: Mapping[str, Sequence[str]]) -> dict[Key, float]:
    """By agent and segment; who is merged on one side only is told together on both."""
    found = {(m.name, m.role, m.measure): m.value for m in run.members}
    for name, members in merged.items():
        for measure in MONEY:
            earned = (found.get((member, "provider", measure), 0.0) for member in members)
            found[name, "owner", measure] = sum(earned)
    return found


def _trades(key: Key) -> bool:
    return key[1] != "segment"


def _order(keys: Sequence[Key]) -> list[Key]:
    """Each key once: providers, arbitrageurs, segments, each in the order in which they appear."""
    roles = list(dict.fromkeys(role for _, role, _ in keys))
    return sorted(dict.fromkeys(keys), key=lambda key: roles.index(key[1]))


def _frame(
    sides: Sequence[Sequence[Mapping[Key, float]]], keys: Sequence[Key], absent: float
) -> pd.DataFrame:
    """A row per key: both means, and the paired difference."""
    a, b = (
        np.array([[run.get(key, absent) for run in side] for key in keys]).reshape(
            len(keys), len(side)
        )
        for side in sides
    )
    found = paired_difference(b, a)
    columns: dict[str, Any] = dict(
        zip(COLUMNS[:3], zip(*keys, strict=True) if keys else ((), (), ()), strict=True)
    )
    return pd.DataFrame(
        {
            **columns,
            "a": estimate(a).mean,
            "b": estimate(b).mean,
            "difference": found.mean,
            "standard_error": found.standard_error,
            "low": found.low,
            "high": found.high,
            "replicates": found.replicates,
        }
    )
