"""Charts of what a release earns, from whom, and who gains."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY, Colours
from market.charts.frames import missing_as_nan
from market.charts.intervals import band, bars
from market.charts.template import panels, require
from market.measures.counted import counted
from market.measures.money_units import MoneyUnit

_AMOUNTS = ["value", "low", "high"]


def release_frames(found: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Frames of a release, each with columns `arbitrageurs`, `value`, `low` and `high`, US dollars.

    `path`: also `tick`, since the release. `taken`: also `name`, of another provider. `gains`: also
    `name`, of who gains; the first is the owner.

    Parameters
    ----------
    found
        As `market release --json` prints it.
    """
    paths, takings, gains = [], [], []
    for row in found["by_arbitrageurs"]:
        number = {"arbitrageurs": row["arbitrageurs"]}
        paths += [number | {"tick": t} | of for t, of in enumerate(row["revenue_by_tick"])]
        takings += [number | {"name": name} | of for name, of in row["taken_from"].items()]
        for name, of in row["gains"].items():
            words = found["owner"] if name == "releaser" else name.replace("_", " ")
            gains.append(number | {"name": words} | of)
    frames = {"path": paths, "taken": takings, "gains": gains}
    made = {name: pd.DataFrame(rows) for name, rows in frames.items()}
    for frame in made.values():
        for column in _AMOUNTS:
            frame[column] = missing_as_nan(frame[column].tolist() if len(frame) else [])
    return made


def release_chart(
    frames: Mapping[str, pd.DataFrame],
    question: str = "What does a better model earn whoever builds it?",
) -> go.Figure:
    """Revenue since the release, what others lose, and who gains, by number of arbitrageurs.

    Parameters
    ----------
    frames
        As :func:`release_frames` gives them.
    question
        The title.

    Raises
    ------
    DataError
        Nothing is known of what it earns.
    """
    require(frames["path"]["value"].dropna(), "nothing is known of what the release earns")
    unit = release_unit(frames)
    frames = {
        name: frame.assign(**{column: frame[column] * unit.factor for column in _AMOUNTS})
        for name, frame in frames.items()
    }
    chart = panels(
        question,
        [
            f"what it adds to its owner's revenue, {unit.name}; by tick since the release",
            f"revenue of the other providers with it less without, {unit.name}",
            f"who gains: profit, buyers' surplus, and in all welfare, {unit.name}",
        ],
        240,
        80,
        shared=False,
    )
    numbers = [str(number) for number in frames["path"]["arbitrageurs"].unique()]
    names = {number: counted(int(number), "arbitrageur") for number in numbers}
    colours = Colours.of_market(names.values())
    for number, name in names.items():
        own = {
            kind: frame[frame["arbitrageurs"].astype(str) == number]
            for kind, frame in frames.items()
        }
        _add_line(chart, own["path"], name, colours[name], unit)
        for row, kind in ((2, "taken"), (3, "gains")):
            chart.add_bar(
                x=own[kind]["value"],
                y=own[kind]["name"],
                orientation="h",
                name=name,
                legendgroup=name,
                showlegend=False,
                marker={"color": colours[name]},
                error_x=bars(own[kind], "value"),
                hovertemplate=unit.hover("x"),
                row=row,
                col=1,
            )
    chart.update_layout(barmode="group", hovermode="closest")
    chart.update_yaxes(zeroline=True, zerolinecolor=GREY, row=1, col=1)
    for row in (2, 3):  # names and bars from the top down
        chart.update_xaxes(zeroline=True, zerolinecolor=GREY, row=row, col=1)
        chart.update_yaxes(autorange="reversed", showgrid=False, row=row, col=1)
    return chart


def release_unit(frames: Mapping[str, pd.DataFrame]) -> MoneyUnit:
    """The unit in which :func:`release_chart` writes all of its amounts."""
    return MoneyUnit.fitting(pd.concat(frames.values())["value"], "tick")


def _add_line(
    chart: go.Figure, path: pd.DataFrame, name: str, colour: str, unit: MoneyUnit
) -> None:
    chart.add_trace(
        go.Scatter(
            x=path["tick"],
            y=path["value"],
            name=name,
            legendgroup=name,
            mode="lines",
            line={"color": colour, "width": 2},
            hovertemplate=unit.hover("y"),
        ),
        row=1,
        col=1,
    )
    chart.add_trace(band(path.dropna(), "tick", colour, group=name), row=1, col=1)
