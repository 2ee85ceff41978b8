"""Small pictures of the shipped scenarios: price index and arbitrage share, tick by tick."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

import market
from market.foundation.arrays import FloatArray
from market.measures.labels import MEASURES

LINES = {"price_index": "whole", "arbitrage_share": "dashed"}  # column, and how it is drawn
WIDTH, HEIGHT, EDGE = 260, 90, 4  # in pixels where there is room for them
NO_ARBITRAGE = 1.0  # the price index then: a thin line, and the least top of the axis


def pictures(names: Iterable[str]) -> dict[str, str]:
    """Run scenarios as they are, on all cores, and draw each: HTML by name.

    Elasticities, which no line shows, are not measured.
    """
    scenarios = [market.load(name, set={"perturb_every": "never"}) for name in names]
    results = Parallel(n_jobs=-1)(delayed(market.run)(scenario) for scenario in scenarios)
    return {
        scenario.name: figure(result.tables["market"], result.summary)
        for scenario, result in zip(scenarios, results, strict=True)
    }


def figure(ticks: pd.DataFrame, summary: dict[str, float]) -> str:
    """The picture of a run, with what its lines are at the end."""
    values = {column: ticks[column].to_numpy(float) for column in LINES}
    top = max(NO_ARBITRAGE, *(np.nanmax(line, initial=0.0) for line in values.values()))
    told = ", ".join(
        f"{words(column)} {MEASURES[column].text(summary[column])}" for column in LINES
    )
    level = height(NO_ARBITRAGE, top)
    drawing = "".join(path(values[column], top, style) for column, style in LINES.items())
    return (
        f'<figure class="run"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
        f'<path class="level" d="M{EDGE} {level:.1f}H{WIDTH - EDGE}"/>{drawing}</svg>'
        f"<figcaption>{told}</figcaption></figure>"
    )


def words(column: str) -> str:
    """What a line is called below the picture."""
    return column.replace("_", " ")


def path(line: FloatArray, top: float, style: str) -> str:
    """One line, with a gap where a value is missing."""
    across = np.linspace(EDGE, WIDTH - EDGE, len(line))
    steps, missing = [], True
    for x, value in zip(across, line, strict=True):
        if not np.isnan(value):
            steps.append(f"{'M' if missing else 'L'}{x:.1f} {height(value, top):.1f}")
        missing = bool(np.isnan(value))
    return f'<path class="{style}" d="{"".join(steps)}"/>' if steps else ""


def height(value: float, top: float) -> float:
    """How far down the picture a value is; 0 is at its lower edge."""
    return HEIGHT - EDGE - value / top * (HEIGHT - 2 * EDGE)
