"""Frames of results whose every amount of money is multiplied by a constant."""

from dataclasses import replace

import pandas as pd

from market.measures.labels import MEASURES
from market.results.run_result import RunResult

AMOUNTS = {name for name, known in MEASURES.items() if known.money} | {
    *("paid", "posted_price", "cost", "spend", "direct_revenue", "resale_revenue"),
}


def scaled(table: pd.DataFrame, scale: float) -> pd.DataFrame:
    """A run's table, or one of a study or a comparison (with a column `measure`)."""
    if "measure" in table:
        rows = table["measure"].isin(AMOUNTS)
        values = [c for c in table.select_dtypes("float") if c not in ("relative", "replicates")]
        return table.assign(**{c: table[c].where(~rows, table[c] * scale) for c in values})
    named = [c for c in table.columns if c in AMOUNTS or str(c).startswith("to:")]
    return table.assign(**{c: table[c] * scale for c in named})


def run_at(run: RunResult, scale: float) -> RunResult:
    """A run in which everything costs `scale` times as much."""
    tables = {name: scaled(table, scale) for name, table in run.tables.items()}
    return replace(run, **tables)
