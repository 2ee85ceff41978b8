"""Make docs/world.md's figure and tables again: what brings a reseller's margin to an exchange's.

Run by `make world`; takes some minutes, and needs chromium and chromedriver for the picture.
Sweeps are kept under results/world and resumed.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
from picture import shoot

import market
from market.charts.template import benchmark, figure
from market.measures.intervals import LEVEL

PAGE = Path(__file__).parent / "world.md"
TARGET = Path(__file__).parent / "world.png"
RUNS = Path("results") / "world"
FEE = 0.055  # of what buyers spend, at a large exchange
COUNT, SENSITIVITY = "arbitrageurs.routers.count", "consumers.teams.price_sensitivity"
AWARENESS, CORRELATION = "arbitrageurs.routers.awareness", "consumers.teams.taste_correlation"
GRID: dict[str, Sequence[float]] = {COUNT: [1, 2, 3, 6], SENSITIVITY: [1.1, 3, 10]}
ALONE: dict[str, tuple[str, Sequence[float]]] = {
    "share of buyers who know each reseller": (AWARENESS, [0.3, 0.8, 1.0]),
    "how alike resellers are to buyers": (CORRELATION, [0.0, 0.5, 0.9, 0.99]),
}
TOGETHER = {AWARENESS: 1.0, CORRELATION: 0.99, COUNT: 6, SENSITIVITY: 10}


def margins(name: str, vary: dict[str, Sequence[float]]) -> pd.DataFrame:
    """Arbitrage margin by design point: mean over resampled problems, and their 95% range."""
    folder = RUNS / name
    if folder.exists():
        study = market.resume(folder)
    else:
        study = market.sweep(market.load("exchange"), vary, out=folder)
    runs = study.outcomes
    found = runs.groupby(list(vary))["arbitrage_margin"]
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = (found.quantile(end) for end in ends)
    return pd.DataFrame({"mean": found.mean(), "low": low, "high": high}).reset_index()


def chart(found: pd.DataFrame) -> go.Figure:
    """Margin by number of resellers, a line for each price sensitivity."""
    drawn = figure("What do resellers keep of what buyers pay them?", 420)
    for sensitivity, part in found.groupby(SENSITIVITY):
        drawn.add_scatter(
            x=part[COUNT],
            y=part["mean"],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": part["high"] - part["mean"],
                "arrayminus": part["mean"] - part["low"],
            },
            name=f"price sensitivity {sensitivity:g}",
            mode="lines+markers",
        )
    benchmark(drawn, {"a large exchange: 5.5%": FEE})
    drawn.update_xaxes(title_text="resellers", type="category")
    drawn.update_yaxes(title_text="margin, of the fee", tickformat=".0%", rangemode="tozero")
    return drawn


def rows(found: pd.DataFrame, columns: Sequence[str]) -> str:
    """Rows of a Markdown table: the settings, the mean and the ends."""
    lines = []
    for row in found.to_dict("records"):
        setting = " | ".join(f"{row[column]:g}" for column in columns)
        lines.append(f"| {setting} | {row['mean']:.1%} | {row['low']:.1%} to {row['high']:.1%} |")
    return "\n".join(lines)


def write(marker: str, table: str) -> None:
    """Put a table between its marks on the page."""
    begin, end = f"<!-- {marker} -->\n", f"\n<!-- end of {marker} -->"
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(before + begin + table + end + after, encoding="utf-8")


def main() -> int:
    """Run what is missing, and write figure and tables."""
    grid = margins("grid", GRID)
    write("grid", rows(grid, [COUNT, SENSITIVITY]))
    lines = []
    for words, (path, values) in ALONE.items():
        found = margins(path.rpartition(".")[2], {path: values})
        lines += [f"| {words} | {line[2:]}" for line in rows(found, [path]).splitlines()]
    both = margins("together", {path: [value] for path, value in TOGETHER.items()})
    (row,) = both.to_dict("records")
    lines.append(
        "| six rivals, all known, price sensitivity 10, 0.99 alike | together | "
        f"{row['mean']:.1%} | {row['low']:.1%} to {row['high']:.1%} |"
    )
    write("alone", "\n".join(lines))
    return shoot(chart(grid), TARGET, 900, 420)


if __name__ == "__main__":
    sys.exit(main())
