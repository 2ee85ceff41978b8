"""How charts draw 95% intervals: as bars on points, or as a band around a line."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import translucent


def bars(rows: pd.DataFrame, centre: str, thickness: float = 1.2) -> dict[str, Any]:
    """Error bars from columns `low` and `high` around the column `centre`."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["high"] - rows[centre]).fillna(0),
        "arrayminus": (rows[centre] - rows["low"]).fillna(0),
        "thickness": thickness,
        "color": "#444444",
    }


def band(rows: pd.DataFrame, x: str, colour: str, name: str = "", group: str = "") -> go.Scatter:
    """Band from columns `low` to `high` over the column `x`, in rising order of it."""
    return go.Scatter(
        x=pd.concat([rows[x], rows[x][::-1]]),
        y=pd.concat([rows["high"], rows["low"][::-1]]),
        name=name,
        legendgroup=group,
        showlegend=bool(name),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=translucent(colour, 0.2),
        hoverinfo="skip",
    )
