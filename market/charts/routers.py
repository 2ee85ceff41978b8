"""Charts of a router beside what its models could do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import BLACK, OPEN, VERMILION, Colours
from market.charts.frames import ARBITRAGE_COST, MARKET_PRICE, missing_as_nan
from market.charts.reference_lines import reference
from market.charts.template import figure, require
from market.foundation.atomic_files import require_writable, write_whole
from market.foundation.formats import CHART_MARK
from market.foundation.ownership import require_page
from market.measures.money_units import MoneyUnit

ROUTER = "your router"
ORACLE = "oracle"


def router_costs(found: Mapping[str, Any]) -> pd.DataFrame:
    """Curves and points: `kind`, `name`, `quality`, `cost`, `low`, `high`, `rate_low`, `rate_high`.

    `kind` is `market`, `arbitrage`, `signal`, `oracle` (curves), `model` (one attempt) or `router`;
    costs are US dollars per query.

    Parameters
    ----------
    found
        As `market router --json` prints it.
    """
    curves = [("market", MARKET_PRICE, found["market_price"])]
    curves.append(("arbitrage", ARBITRAGE_COST, found["cascade"]))
    for accuracy, spend in found["signals"].items():
        curves.append(("signal", f"signal right {float(accuracy):.0%}", spend))
    curves.append(("oracle", ORACLE, found["oracle"]))
    quality = missing_as_nan(found["quality"])
    frames = [
        pd.DataFrame({"kind": k, "name": n, "quality": quality, "cost": missing_as_nan(cost)})
        for k, n, cost in curves
    ]
    points: list[dict[str, Any]] = [
        {
            "kind": "model",
            "name": model["name"],
            "quality": model["one_attempt_solves"],
            "cost": model["one_attempt_costs"],
        }
        for model in found["models"]
    ]
    rate, cost = found["router"]["solve_rate"], found["router"]["cost"]
    points.append(
        {
            "kind": "router",
            "name": ROUTER,
            "quality": rate["value"],
            "cost": cost["value"],
            "low": cost["low"],
            "high": cost["high"],
            "rate_low": rate["low"],
            "rate_high": rate["high"],
        }
    )
    return pd.concat([*frames, pd.DataFrame(points)], ignore_index=True)


def router_chart(
    costs: pd.DataFrame, question: str = "Is the router worth it?", unit: MoneyUnit | None = None
) -> go.Figure:
    """The router's point, with its intervals, between market price, cascades, signals and oracle.

    Parameters
    ----------
    costs
        As :func:`router_costs` gives it.
    question
        The title.
    unit
        How money is written; what fits these amounts if None.

    Raises
    ------
    DataError
        No cost is known.
    """
    known = costs.dropna(subset="cost")
    known = known[known["cost"] > 0]
    require(known, "no cost is known")
    unit = unit or MoneyUnit.fitting(known["cost"], "query")
    chart = figure(question, 480)
    signals = {"color": VERMILION, "width": 1.2}
    looks = {"market": 3.0, "arbitrage": 3.0, "signal": None, "oracle": 2.0}
    for kind, width in looks.items():
        for i, (name, part) in enumerate(known[known["kind"] == kind].groupby("name", sort=False)):
            chart.add_scatter(
                x=part["quality"],
                y=part["cost"] * unit.factor,
                name=str(name),
                mode="lines+markers" if width is None else "lines",
                line=signals if width is None else reference(str(name), width),
                marker={"symbol": OPEN[i % len(OPEN)], "size": 6, "maxdisplayed": 8},
                hovertemplate=unit.hover("y"),
            )
    alone = known[known["kind"] == "model"]
    colours = Colours.of_market(map(str, alone["name"]))
    for name, part in alone.groupby("name", sort=False):
        chart.add_scatter(
            x=part["quality"],
            y=part["cost"] * unit.factor,
            name=f"{name}, one attempt",
            mode="markers",
            marker={"color": colours[str(name)], "symbol": colours.marker(str(name)), "size": 9},
            hovertemplate=unit.hover("y"),
        )
    own = known[known["kind"] == "router"]
    chart.add_scatter(
        x=own["quality"],
        y=own["cost"] * unit.factor,
        name=ROUTER,
        mode="markers",
        marker={"color": BLACK, "size": 15, "symbol": "star"},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": ((own["high"] - own["cost"]) * unit.factor).fillna(0),
            "arrayminus": ((own["cost"] - own["low"]) * unit.factor).fillna(0),
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (own["rate_high"] - own["quality"]).fillna(0),
            "arrayminus": (own["quality"] - own["rate_low"]).fillna(0),
        },
        hovertemplate=unit.hover("y"),
    )
    chart.update_layout(hovermode="closest")
    chart.update_xaxes(title_text="solve rate", tickformat=".0%")
    chart.update_yaxes(
        title_text=f"{unit.name}, log scale", type="log", tickformat=",.3~r", dtick="D2"
    )
    return chart


def write_chart(chart: go.Figure, file: Path) -> None:
    """Write one chart as a page that works without a network; an earlier one is replaced.

    Raises
    ------
    MarketError
        The file is something else, or cannot be written.
    """
    require_chart(file)
    page = chart.to_html(include_plotlyjs=True)
    head = f'<head>{CHART_MARK}<meta name="viewport" content="width=device-width, initial-scale=1">'
    write_whole(file, page.replace("<head>", head, 1), "--chart")


def require_chart(file: Path) -> None:
    """Refuse, before any work, a file that is not an earlier chart or could not be written.

    Raises
    ------
    MarketError
        With the reason.
    """
    require_page(file, CHART_MARK, "a chart that this program wrote", "--chart")
    require_writable(file, "--chart", "file")
