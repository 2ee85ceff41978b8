"""From paired runs to the frames of a comparison: means, and paired differences."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.measures.intervals import estimate, paired_difference, with_sample_error
from market.studies.run_task import RunOutcome

MONEY = ("revenue", "profit", "net_profit")
Key = tuple[str, str, str]  # name, role, measure
COLUMNS = ("name", "role", "measure", "a", "b", "difference", "standard_error", "low", "high")


def with_sample(
    markets: Sequence[Sequence[Mapping[Key, float]]], keys: Sequence[Key]
) -> pd.DataFrame:
    """The frame of the market's measures, with intervals that say how sure the sample is, too."""
    found = frame_of(markets[:2], keys, absent=np.nan)
    low = high = np.full(len(keys), np.nan)
    if len(markets) > 2:
        of_seeds, of_both = (
            np.array([[y[k] - x[k] for x, y in zip(*sides, strict=True)] for k in keys])
            for sides in (markets[:2], markets[2:])
        )
        low, high = with_sample_error(of_seeds, of_both)
    return found.assign(sample_low=low, sample_high=high)


def of_market(run: RunOutcome) -> dict[Key, float]:
    """Measures of the whole market."""
    return {("market", "market", measure): value for measure, value in run.measures.items()}


def members_of(run: RunOutcome, merged: Mapping[str, Sequence[str]]) -> dict[Key, float]:
    """By agent and segment; who is merged on one side only is told together on both."""
    found = {(m.name, m.role, m.measure): m.value for m in run.members}
    for name, members in merged.items():
        for measure in MONEY:
            earned = (found.get((member, "provider", measure), 0.0) for member in members)
            found[name, "owner", measure] = sum(earned)
    return found


def trades(key: Key) -> bool:
    """Whether a row is of an agent that trades, not of buyers."""
    return key[1] != "segment"


def ordered(keys: Sequence[Key]) -> list[Key]:
    """Each key once: providers, arbitrageurs, segments, each in the order in which they appear."""
    roles = list(dict.fromkeys(role for _, role, _ in keys))
    return sorted(dict.fromkeys(keys), key=lambda key: roles.index(key[1]))


def frame_of(
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
