"""Two sides of a grid as frames: what changes, paired by seed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.foundation.arrays import FloatArray
from market.measures.intervals import estimate, paired_difference
from market.studies.run_task import RunOutcome

MEASURES = (
    "price_index",
    "consumer_surplus",
    "producer_surplus",
    "arbitrageur_surplus",
    "welfare",
    "arbitrage_share",
)


def measures_frame(base: Sequence[RunOutcome], runs: Sequence[RunOutcome]) -> pd.DataFrame:
    """Measures of the market, a row each: both means, the level's and the difference's interval."""
    names = [name for name in MEASURES if name in base[0].measures]
    a, b = (
        np.array([[run.measures.get(name, np.nan) for run in side] for name in names])
        for side in (base, runs)
    )
    return _frame(a, b).assign(measure=names)


def agents_frame(base: Sequence[RunOutcome], runs: Sequence[RunOutcome]) -> pd.DataFrame:
    """Profit of each agent; 0 of one that is on one side only."""
    sides = [
        [{(m.name, m.role): m.value for m in run.members if m.measure == "profit"} for run in side]
        for side in (base, runs)
    ]
    keys = [*dict.fromkeys(key for side in sides for run in side for key in run)]
    keys.sort(key=lambda key: key[1] != "provider")  # stable: providers first
    a, b = (np.array([[run.get(key, 0.0) for run in side] for key in keys]) for side in sides)
    return _frame(a, b).assign(
        name=[name for name, _ in keys], role=[role for _, role in keys], measure="profit"
    )


def _frame(a: FloatArray, b: FloatArray) -> pd.DataFrame:
    level, moved = estimate(b), paired_difference(b, a)
    columns: dict[str, Any] = {
        "a": estimate(a).mean,
        "b": level.mean,
        "level_low": level.low,
        "level_high": level.high,
        "difference": moved.mean,
        "low": moved.low,
        "high": moved.high,
    }
    return pd.DataFrame(columns)
