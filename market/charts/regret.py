"""Charts of routers that learn."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import Colours
from market.charts.frames import missing_as_nan
from market.charts.template import panels, require


def regret_frame(found: Mapping[str, Any]) -> pd.DataFrame:
    """A row per rule and number of queries: `rule`, `queries`, `regret`, `low`, `high`, `share`.

    Parameters
    ----------
    found
        As `market regret --json` prints it.
    """
    rows = [
        {"rule": rule["name"], **point, "share": point["per_query"] / found["best"]}
        for rule in found["rules"]
        for point in rule["points"]
    ]
    frame = pd.DataFrame(rows)
    for column in ("low", "high"):
        frame[column] = missing_as_nan(frame[column].tolist())
    return frame


def regret_chart(
    frame: pd.DataFrame, question: str = "What does it cost a router to learn while it sells?"
) -> go.Figure:
    """Cumulative regret, and regret per query, by queries; all axes logarithmic.

    Parameters
    ----------
    frame
        As :func:`regret_frame` gives it.
    question
        The title.

    Raises
    ------
    DataError
        Nothing was lost.
    """
    require(frame["regret"][frame["regret"] > 0], "nothing was lost")
    chart = panels(
        question,
        [
            "lost so far, $; by queries",
            "lost per query, as a share of what the best cascades are worth; by queries",
        ],
        260,
        80,
    )
    colours = Colours.of_market(frame["rule"].unique().tolist())
    for rule, part in frame.groupby("rule", sort=False):
        look = {"color": colours[str(rule)], "width": 2}
        for row, column, form in ((1, "regret", "$%{y:.3g}"), (2, "share", "%{y:.2%}")):
            chart.add_trace(
                go.Scatter(
                    x=part["queries"],
                    y=part[column].where(part[column] > 0),
                    name=str(rule),
                    mode="lines+markers",
                    line=look,
                    showlegend=row == 1,
                    hovertemplate=form,
                ),
                row=row,
                col=1,
            )
    chart.update_xaxes(type="log", dtick=1, exponentformat="power")
    chart.update_yaxes(type="log", dtick="D2", tickformat=",.3~r")
    chart.update_yaxes(tickformat=".2~%", row=2, col=1)
    return chart
