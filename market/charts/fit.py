"""Charts of a fit: how near targets are, and how the loss rises as a parameter is moved."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY
from market.charts.template import panels, require

_FAR = 1.96  # standard errors of a 95% interval: what lies within is near on the chart, too
_SHOWN = 4.0  # times what the interval allows: beyond, the loss says no more


def fit_frames(found: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Frames of a fit.

    `targets`: `name`, `distance` in standard errors. `profiles`: `parameter`, `value`, `over` (loss
    above the least), `allowed` (within a 95% interval), `by_ratio`.

    Parameters
    ----------
    found
        As `market fit --json` prints it.
    """
    profiles = [
        {
            "parameter": row["path"],
            "value": point["value"],
            "over": float("inf") if point["loss"] is None else point["loss"] - found["loss"],
            "allowed": found["allowed"],
            "by_ratio": row["by_ratio"],
        }
        for row in found["parameters"]
        for point in row["profile"]
    ]
    targets = [{"name": row["name"], "distance": row["distance"]} for row in found["targets"]]
    return {"targets": pd.DataFrame(targets), "profiles": pd.DataFrame(profiles)}


def fit_chart(
    frames: Mapping[str, pd.DataFrame],
    question: str = "What do the targets tell of the parameters?",
) -> go.Figure:
    """Distances of targets, and the least loss by each parameter, the others fitted anew.

    Parameters
    ----------
    frames
        As :func:`fit_frames` gives them.
    question
        The title.

    Raises
    ------
    DataError
        No parameter was fitted.
    """
    targets, profiles = frames["targets"], frames["profiles"]
    require(profiles, "no parameter was fitted")
    parameters, allowed = profiles["parameter"].unique().tolist(), profiles["allowed"].iloc[0]
    chart = panels(
        question,
        [
            "fitted less asked, in standard errors",
            *(f"loss above the least, by {name}" for name in parameters),
        ],
        200,
        80,
        shared=False,
    )
    chart.add_trace(
        go.Scatter(
            x=targets["name"],
            y=targets["distance"],
            mode="markers",
            marker={"size": 9, "color": "#222222"},
            showlegend=False,
            hovertemplate="%{y:+.2f}<extra>%{x}</extra>",
        ),
        row=1,
        col=1,
    )
    for number, name in enumerate(parameters, 2):
        rows = profiles[profiles["parameter"] == name]
        chart.add_trace(
            go.Scatter(
                x=rows["value"],
                y=rows["over"],
                mode="lines+markers",
                line={"color": "#222222", "width": 2},
                showlegend=False,
                hovertemplate="%{y:.2f}",
            ),
            row=number,
            col=1,
        )
        chart.add_hline(y=allowed, line={"color": GREY, "dash": "dash"}, row=number, col=1)
        chart.update_yaxes(range=[-0.05 * allowed, _SHOWN * allowed], row=number, col=1)
        if rows["by_ratio"].all():
            chart.update_xaxes(type="log", dtick="D2", tickformat=",.3~r", row=number, col=1)
    chart.update_xaxes(type="category", row=1, col=1)
    reach = 1.1 * float(np.nanmax([_FAR, *targets["distance"].abs()]))
    chart.update_yaxes(zeroline=True, range=[-reach, reach], row=1, col=1)
    return chart
