"""Charts of providers that learn their prices."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import Colours
from market.charts.frames import missing_as_nan
from market.charts.intervals import bars
from market.charts.template import figure, panels, require
from market.measures.counted import counted


def learning_frames(found: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Frames of what providers learned, each with a column `arbitrageurs`.

    `gain`: `value`, `low`, `high`. `curve`: `period`, `profit_gain`. `path`: `period` (0 is the
    period of the deviation), `provider`, `price`.

    Parameters
    ----------
    found
        As `market learn --json` prints it.
    """
    gains, curves, paths = [], [], []
    for row in found["by_arbitrageurs"]:
        number = {"arbitrageurs": row["arbitrageurs"]}
        gains.append(number | row["profit_gain"])
        curves += [number | point for point in row["curve"]]
        for period, prices in enumerate(row["path_after_deviation"], -1):
            for provider, price in zip(found["providers"], prices, strict=True):
                paths.append(number | {"period": period, "provider": provider, "price": price})
    gain = pd.DataFrame(gains)
    for column in ("value", "low", "high"):
        gain[column] = missing_as_nan(gain[column].tolist())
    return {"gain": gain, "curve": pd.DataFrame(curves), "path": pd.DataFrame(paths)}


def learning_chart(
    frames: Mapping[str, pd.DataFrame],
    question: str = "Does arbitrage break the collusion that pricing algorithms learn?",
) -> go.Figure:
    """Profit gain by number of arbitrageurs, while learning, and prices after a deviation.

    Parameters
    ----------
    frames
        As :func:`learning_frames` gives them.
    question
        The title.

    Raises
    ------
    DataError
        No gain is known.
    """
    gain = frames["gain"]
    require(gain["value"].dropna(), "no profit gain is known")
    first = int(gain["arbitrageurs"].iloc[0])
    fewest = counted(first, "arbitrageur")
    chart = panels(
        question,
        [
            "profit gain: 0 in equilibrium, 1 if agreed; by number of arbitrageurs",
            "profit gain while learning; by period",
            f"prices over list when the first undercuts once; {fewest}, by period",
        ],
        220,
        80,
        shared=False,
    )
    order = [str(number) for number in gain["arbitrageurs"]]
    chart.add_trace(
        go.Scatter(
            x=order,
            y=gain["value"],
            mode="markers",
            marker={"size": 9, "color": "#222222"},
            error_y=bars(gain, "value"),
            text=[counted(int(number), "arbitrageur") for number in order],
            showlegend=False,
            hovertemplate="%{y:.2f}<extra>%{text}</extra>",
        ),
        row=1,
        col=1,
    )
    names = [counted(int(number), "arbitrageur") for number in order]
    colours = Colours.of_market(names + frames["path"]["provider"].unique().tolist())
    for number, name in zip(gain["arbitrageurs"], names, strict=True):
        curve = frames["curve"]
        curve = curve[curve["arbitrageurs"] == number]
        chart.add_trace(
            go.Scatter(
                x=curve["period"],
                y=curve["profit_gain"],
                name=name,
                mode="lines",
                line={"color": colours[name], "width": 2},
                hovertemplate="%{y:.2f}",
            ),
            row=2,
            col=1,
        )
    path = frames["path"]
    path = path[path["arbitrageurs"] == first]
    for provider, part in path.groupby("provider", sort=False):
        chart.add_trace(
            go.Scatter(
                x=part["period"],
                y=part["price"],
                name=str(provider),
                mode="lines+markers",
                **colours.look(str(provider)),
                hovertemplate="%{y:.2f}",
            ),
            row=3,
            col=1,
        )
    chart.update_xaxes(type="category", row=1, col=1)
    chart.update_xaxes(type="log", dtick=1, exponentformat="power", row=2, col=1)
    return chart


def learning_by_value_chart(
    found: Mapping[str, Any],
    question: str = "Does arbitrage break the collusion that pricing algorithms learn?",
) -> go.Figure:
    """Profit gain by value of a parameter, a line for each number of arbitrageurs.

    Parameters
    ----------
    found
        As `market learn --vary --json` prints it.
    question
        The title.

    Raises
    ------
    DataError
        No gain is known.
    """
    rows = pd.DataFrame(
        {"at": str(value["value"]), "arbitrageurs": row["arbitrageurs"], **row["profit_gain"]}
        for value in found["by_value"]
        for row in value["by_arbitrageurs"]
    )
    for column in ("value", "low", "high"):
        rows[column] = missing_as_nan(rows[column].tolist())
    require(rows["value"].dropna(), "no profit gain is known")
    chart = figure(question)
    colours = Colours.of_market(
        counted(int(n), "arbitrageur") for n in rows["arbitrageurs"].unique()
    )
    for number, part in rows.groupby("arbitrageurs", sort=False):
        name = counted(int(str(number)), "arbitrageur")
        chart.add_trace(
            go.Scatter(
                x=part["at"],
                y=part["value"],
                name=name,
                mode="lines+markers",
                **colours.look(name),
                error_y=bars(part, "value"),
                hovertemplate="%{y:.2f}",
            )
        )
    chart.update_xaxes(type="category", title_text=found["vary"])
    chart.update_yaxes(title_text="profit gain: 0 in equilibrium, 1 if agreed")
    return chart
