"""Make docs/world.md's figure and tables again: what brings a reseller's margin to an exchange's.

Run by `make world`; takes some minutes, and needs chromium and chromedriver for the picture.
Sweeps are kept under results/world and resumed.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from picture import shoot

import market
from market.charts.template import benchmark, figure
from market.measures.intervals import LEVEL
from market.strategies.provider_pricing import BestResponse

PAGE = Path(__file__).parent / "world.md"
TARGET = Path(__file__).parent / "world.png"
RUNS = Path("results") / "world"
FEE = 0.055  # of what buyers spend, at a large exchange
COUNT, SENSITIVITY = "arbitrageurs.routers.count", "consumers.teams.price_sensitivity"
AWARENESS, CORRELATION = "arbitrageurs.routers.awareness", "consumers.teams.taste_correlation"
GRID: dict[str, Sequence[float]] = {COUNT: [1, 2, 3, 6], SENSITIVITY: [1.1, 3, 10]}
FALSE_ACCEPT, CHECK = "verifier.false_accept", "verifier.price"
BUYERS_CHECK, ROUTER = "consumers.teams.verifier", "consumers.teams.self_routing.cost"
FEW_SEND_MOST = {"consumers.teams.volume": {"kind": "lognormal", "sigma": 1.5}}
NO_ROUTER = 1e6  # USD per tick: no team builds at that
HOSTS = ("host 2", "host 3")
ALONE: dict[str, tuple[str, Sequence[Any], dict[str, Any]]] = {
    "share of buyers who know each reseller": (AWARENESS, [0.3, 0.8, 1.0], {}),
    "how alike resellers are to buyers": (CORRELATION, [0.0, 0.5, 0.9, 0.99], {}),
    "wrong answers that pass for everybody": (FALSE_ACCEPT, [0.0, 0.05, 0.1, 0.2], {}),
    "price of a check for everybody, USD": (CHECK, [0.0, 0.001, 0.005], {}),
    "own router, USD per tick and team": (ROUTER, [NO_ROUTER, 0.3, 0.03, 0.003], FEW_SEND_MOST),
    "hosts of DeepSeek's model that answer": ("remove", [HOSTS, HOSTS[1:], ()], {}),
}
TOGETHER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "six rivals, all known, price sensitivity 10, 0.99 alike": (
        {AWARENESS: 1.0, CORRELATION: 0.99, COUNT: 6, SENSITIVITY: 10},
        {},
    ),
    "three rivals, price sensitivity 3": ({COUNT: 3}, {}),
    "and all known": ({COUNT: 3, AWARENESS: 1.0}, {}),
    "and 5% of wrong answers pass": ({COUNT: 3, AWARENESS: 1.0, FALSE_ACCEPT: 0.05}, {}),
    "and own routers at 0.03 USD": (
        {COUNT: 3, AWARENESS: 1.0, FALSE_ACCEPT: 0.05, ROUTER: 0.03},
        FEW_SEND_MOST,
    ),
    "the same at price sensitivity 1.1": (
        {COUNT: 3, AWARENESS: 1.0, FALSE_ACCEPT: 0.05, ROUTER: 0.03, SENSITIVITY: 1.1},
        FEW_SEND_MOST,
    ),
}
"""Settings that are varied, and what else is set."""


def exchange(changes: dict[str, Any], hosts: bool = False) -> market.Scenario:
    """The scenario; with two more hosts of DeepSeek's model, which answer with their prices."""
    spec = market.load("exchange", set=changes)
    if not hosts:
        return spec
    answers = BestResponse()
    listed = [
        p.model_copy(update={"pricing": answers}) if p.name == "DeepSeek" else p
        for p in spec.providers
    ]
    (deepseek,) = (p for p in listed if p.name == "DeepSeek")
    more = [deepseek.model_copy(update={"name": name}) for name in HOSTS]
    return spec.model_copy(update={"providers": (*listed, *more)})


def margins(
    name: str, vary: dict[str, Sequence[Any]], changes: dict[str, Any] | None = None
) -> pd.DataFrame:
    """Arbitrage margin by design point: mean over resampled problems, and their 95% range."""
    folder = RUNS / name
    if folder.exists():
        study = market.resume(folder)
    else:
        spec = exchange(changes or {}, "remove" in vary)
        study = market.sweep(spec, vary, replicates=8 if name == "grid" else 5, out=folder)
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


def write(marker: str, settings: str, table: str) -> None:
    """Put a table between its marks on the page; marks within one would end it."""
    begin, end = f"<!-- {marker} -->\n\n", f"\n\n<!-- end of {marker} -->"
    heads = f"| {settings} | margin | range of resamples |\n|---|---|---|---|\n"
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(before + begin + heads + table + end + after, encoding="utf-8")


def setting(path: str, value: Any) -> str:
    """What a row of the second table says of a varied value."""
    if path == "remove":
        return str(1 + len(HOSTS) - len(json.loads(value)))
    return "none" if path == ROUTER and value == NO_ROUTER else f"{value:g}"


def main() -> int:
    """Run what is missing, and write figure and tables."""
    grid = margins("grid", GRID)
    write("grid", "resellers | price sensitivity", rows(grid, [COUNT, SENSITIVITY]))
    lines = []
    for words, (path, values, changes) in ALONE.items():
        found = margins(path.replace(".", "-"), {path: values}, changes)
        told = zip(found[path], found.to_dict("records"), strict=True)
        lines += [line(words, setting(path, value), row) for value, row in told]
    for i, (words, (point, changes)) in enumerate(TOGETHER.items()):
        vary = {path: [value] for path, value in point.items()}
        (row,) = margins(f"together-{i}", vary, changes).to_dict("records")
        lines.append(line(words, "together", row))
    write("alone", "what | setting", "\n".join(lines))
    return shoot(chart(grid), TARGET, 900, 420)


def line(words: str, told: str, row: Mapping[Any, Any]) -> str:
    """A row of the second table."""
    ends = f"{row['low']:.1%} to {row['high']:.1%}"
    return f"| {words} | {told} | {row['mean']:.1%} | {ends} |"


if __name__ == "__main__":
    sys.exit(main())
