"""Folders as a study and a comparison write them, their numbers from small real runs."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import market
from market.results.run_result import RunResult

SMALL = {"ticks": 8, "consumers.teams.size": 400}
COUNT = "arbitrageurs.router.count"
MEASURES = ("price_index", "revenue_per_query", "segmentation", "arbitrage_profit")


@cache
def small_run(arbitrageurs: int, seed: int = 1) -> RunResult:
    return market.run(market.load("duopoly", set={**SMALL, COUNT: arbitrageurs, "seed": seed}))


def interval(values: np.ndarray) -> dict[str, float]:
    """Standard error and a normal interval of the mean."""
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    mean = float(values.mean())
    return {"standard_error": error, "low": mean - 2 * error, "high": mean + 2 * error}


def study_frames(
    counts: tuple[int, ...] = (0, 1, 2, 3), replicates: int = 3
) -> Mapping[str, pd.DataFrame]:
    """Summary, differences and a sensitivity of a small study over the number of arbitrageurs."""
    runs = {n: [small_run(n, seed).summary for seed in range(1, replicates + 1)] for n in counts}
    summary, differences = [], []
    for n in counts:
        for name in MEASURES:
            values = np.array([run[name] for run in runs[n]])
            base = np.array([run[name] for run in runs[counts[0]]])
            row = {COUNT: n, "measure": name, "replicates": replicates}
            summary.append({**row, "mean": values.mean(), **interval(values)})
            if n != counts[0]:
                paired = values - base
                relative = paired.mean() / base.mean() if base.mean() else np.nan
                differences.append(
                    {**row, "difference": paired.mean(), "relative": relative, **interval(paired)}
                )
    indices = [
        {
            "measure": "price_index",
            "parameter": path,
            "index": index,
            "value": value,
            "low": value - 0.05,
            "high": value + 0.05,
            "method": "sobol",
        }
        for path, first in ((COUNT, 0.5), ("arbitrageurs.router.pricing.step", 0.2))
        for index, value in (("S1", first), ("ST", first + 0.1))
    ]
    return {
        "summary": pd.DataFrame(summary),
        "differences": pd.DataFrame(differences),
        "sensitivity": pd.DataFrame(indices),
    }


def comparison_frames() -> Mapping[str, pd.DataFrame]:
    """Measures, agents and segments of no arbitrageur against two."""
    seeds = (1, 2, 3)
    before, after = ([small_run(n, seed) for seed in seeds] for n in (0, 2))

    def row(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
        paired = b - a
        return {
            "a": a.mean(),
            "b": b.mean(),
            "difference": paired.mean(),
            "replicates": len(paired),
            **interval(paired),
        }

    def column(runs: list[RunResult], name: str) -> np.ndarray:
        return np.array([run.summary[name] for run in runs])

    measures = [
        {"measure": name, **row(column(before, name), column(after, name))}
        for name in before[0].summary
        if name != "imbalance"
    ]
    agents = []
    for name, agent in after[0].agents.items():
        for what in ("revenue", "profit"):
            a, b = (
                np.array([run.agents.get(name, {}).get(what, 0.0) for run in runs])
                for runs in (before, after)
            )
            agents.append({"name": name, "role": agent["role"], "measure": what, **row(a, b)})
    segments = [
        {
            "name": "teams",
            "role": "segment",
            "measure": "consumer_surplus",
            **row(column(before, "consumer_surplus"), column(after, "consumer_surplus")),
        }
    ]
    return {
        "measures": pd.DataFrame(measures),
        "agents": pd.DataFrame(agents),
        "segments": pd.DataFrame(segments),
    }


def write_folder(
    folder: Path, frames: Mapping[str, pd.DataFrame], manifest: Mapping[str, object]
) -> Path:
    """Write frames, a manifest, and for a study its `study.json`."""
    folder.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    if "summary" in frames:
        (folder / "study.json").write_text(json.dumps({"design": "grid", "vary": {COUNT: [0, 3]}}))
    return folder
