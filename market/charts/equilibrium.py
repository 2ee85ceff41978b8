"""Charts of prices at rest: heat maps of elasticity and diversion, residual demand."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import Colours
from market.charts.frames import missing_as_nan
from market.charts.template import panels, require
from market.measures.counted import counted

HEAT_MAPS = {
    "elasticity": "elasticity of the quantity by row to the price by column",
    "diversion": "diversion: what the column's gains of what a dearer row's loses",
}
_BOXES = 12  # of a heat map's side, up to which numbers stand in the boxes


def equilibrium_frames(found: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Frames of prices at rest, each with a column `arbitrageurs`.

    `prices`: `provider`, `price`, `gain`, `equilibrium`. `matrix`: `of`, `by`, `elasticity` of the
    first's quantity to the second's price, `diversion` from the first to the second. `demand`:
    `provider`, `price` over list, `quantity` in list dollars per tick.

    Parameters
    ----------
    found
        As `market equilibrium --json` prints it.
    """
    prices, matrix, demand = [], [], []
    for row in found["by_arbitrageurs"]:
        number, names = {"arbitrageurs": row["arbitrageurs"]}, row["providers"]
        rest, panel, curve = row["rest"], row["panel"], row["residual_demand"]
        for i, name in enumerate(names):
            prices.append(
                number
                | {"provider": name, "price": rest["price"][i], "gain": rest["gain"][i]}
                | {"equilibrium": rest["equilibrium"]}
            )
            for j, other in enumerate(names):
                matrix.append(
                    number
                    | {"of": name, "by": other, "elasticity": panel["elasticity"][i][j]}
                    | {"diversion": None if i == j else panel["diversion"][i][j]}
                )
            for multiple, sold in zip(curve["multiple"], curve["quantity"][i], strict=True):
                price = multiple * panel["price"][i]
                demand.append(number | {"provider": name, "price": price, "quantity": sold})
    boxes = pd.DataFrame(matrix)
    for column in ("elasticity", "diversion"):
        boxes[column] = missing_as_nan(boxes[column].tolist())
    return {"prices": pd.DataFrame(prices), "matrix": boxes, "demand": pd.DataFrame(demand)}


def equilibrium_chart(
    frames: Mapping[str, pd.DataFrame],
    question: str = "Where do prices come to rest, and who presses on whom?",
    provider: str | None = None,
) -> go.Figure:
    """Prices at rest, residual demand, and heat maps for each number of arbitrageurs.

    Parameters
    ----------
    frames
        As :func:`equilibrium_frames` gives them.
    question
        The title.
    provider
        Whose demand is drawn; the one that sells most if None.

    Raises
    ------
    DataError
        There is nobody, or nothing of this provider.
    """
    matrix, demand, prices = (frames[name] for name in ("matrix", "demand", "prices"))
    require(matrix, "no provider sells anything")
    named = {n: counted(n, "arbitrageur") for n in matrix["arbitrageurs"].unique().tolist()}
    if provider is None:
        provider = largest_seller(demand)
    drawn = demand[demand["provider"] == provider]
    require(drawn, f"nothing of {provider}")
    chart = panels(
        question,
        [
            "prices over list at rest; by number of arbitrageurs",
            f"residual demand of {provider}, list dollars per tick; by its price over list",
            *(f"{title}; {words}" for title in HEAT_MAPS.values() for words in named.values()),
        ],
        max(200, 60 + 26 * len(matrix["of"].unique())),
        90,
        shared=False,
    )
    providers = prices["provider"].unique().tolist()
    colours = Colours.of_market([*named.values(), *providers])
    _add_demand(chart, drawn, named, colours)
    for name in providers:
        part = prices[prices["provider"] == name]
        chart.add_trace(
            go.Scatter(
                x=[str(n) for n in part["arbitrageurs"]],
                y=part["price"],
                name=name,
                mode="lines+markers",
                **colours.look(name),
                hovertemplate="%{y:.2f}",
            ),
            row=1,
            col=1,
        )
    chart.update_xaxes(type="category", row=1, col=1)
    for k, (column, n) in enumerate(product(HEAT_MAPS, named)):
        strongest = float(np.nanmax(np.abs(matrix[column]), initial=0.0)) or 1.0
        boxes = _heat_map(matrix[matrix["arbitrageurs"] == n], column, strongest)
        chart.add_trace(boxes, row=3 + k, col=1)
        chart.update_yaxes(autorange="reversed", showgrid=False, dtick=1, row=3 + k, col=1)
        chart.update_xaxes(dtick=1, row=3 + k, col=1)
    return chart


def largest_seller(demand: pd.DataFrame) -> str:
    """The provider that sells most with the first number of arbitrageurs."""
    first = demand[demand["arbitrageurs"] == demand["arbitrageurs"].iloc[0]]
    return str(first.groupby("provider", sort=False)["quantity"].max().idxmax())


def _add_demand(
    chart: go.Figure, demand: pd.DataFrame, named: Mapping[int, str], colours: Colours
) -> None:
    """Residual demand of one provider, a line for each number of arbitrageurs."""
    for n, name in named.items():
        part = demand[demand["arbitrageurs"] == n]
        chart.add_trace(
            go.Scatter(
                x=part["price"],
                y=part["quantity"],
                name=name,
                mode="lines",
                line={"color": colours[name], "width": 2},
                hovertemplate="%{y:.3g} at %{x:.2f}",
            ),
            row=2,
            col=1,
        )


def _heat_map(shown: pd.DataFrame, column: str, strongest: float) -> go.Heatmap:
    names = shown["of"].unique().tolist()
    value = shown[column].to_numpy(dtype=float).reshape(len(names), len(names))
    text = [[f"{x:.2f}" if np.isfinite(x) else "" for x in row] for row in value]
    return go.Heatmap(
        x=names,
        y=names,
        z=value,
        zmin=-strongest,
        zmax=strongest,
        colorscale="RdBu",
        reversescale=True,
        showscale=False,
        text=text,
        texttemplate="%{text}" if len(names) <= _BOXES else "",
        hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
        xgap=1,
        ygap=1,
    )
