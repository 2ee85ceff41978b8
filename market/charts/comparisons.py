"""Two markets side by side: what changed, and who gained."""

from textwrap import wrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import BLUE, GREY, Colours
from market.charts.intervals import bars
from market.charts.template import figure, require
from market.measures.labels import HEADLINES, fitted, measure
from market.measures.money_units import MoneyUnit
from market.measures.old_names import in_present_names
from market.measures.percent import tells_in_percent


def winners_and_losers(
    agents: pd.DataFrame,
    names: tuple[str, ...] = ("profit", "consumer_surplus"),
    colours: Colours | None = None,
    question: str = "Who gains and who loses?",
    side: str = "B",
) -> go.Figure:
    """Gain of each agent and segment from A to B, with its interval.

    Parameters
    ----------
    agents
        A comparison's frames `agents` and `segments`, one below the other: `name`, `role`,
        `measure`, `a`, `b`, `difference`, `low`, `high`.
    names
        Measures in US dollars to draw; one bar for each agent that has one of them.
    colours
        Of all agents.
    question
        The title.
    side
        What the second side is called, of several.

    Raises
    ------
    DataError
        No agent has any of the measures.
    """
    rows = agents[agents["measure"].isin(names)].dropna(subset="difference")
    require(rows, f"no agent has {' or '.join(names)}")
    rows = rows.sort_values("difference")
    unit = MoneyUnit.fitting(rows[["a", "b"]], "tick")
    amounts = ["a", "b", "difference", "low", "high"]
    rows = rows.assign(**{column: rows[column] * unit.factor for column in amounts})
    if colours is None:
        by_role = agents.groupby("role")["name"].unique()
        colours = Colours.of_market(by_role.get("provider", ()), by_role.get("arbitrageur", ()))
    chart = figure(question, 150 + 38 * max(len(rows), 2))
    several = rows["name"].duplicated(keep=False)
    chart.add_bar(
        y=[
            f"{name} ({measure(str(what)).words})" if twice else str(name)
            for name, what, twice in zip(rows["name"], rows["measure"], several, strict=True)
        ],
        x=rows["difference"],
        orientation="h",
        marker_color=[
            colours[str(name)] if role in ("provider", "arbitrageur") else GREY
            for name, role in zip(rows["name"], rows["role"], strict=True)
        ],
        error_x=bars(rows, "difference", 1.5),
        customdata=np.column_stack(
            [
                rows["role"],
                rows["measure"].map(lambda m: measure(str(m)).words),
                rows["a"],
                rows["b"],
            ]
        ),
        hovertemplate=f"{unit.hover('x', '+')} (%{{customdata[0]}}, %{{customdata[1]}}: "
        f"{unit.hover('customdata[2]')} to {unit.hover('customdata[3]')})<extra></extra>",
        showlegend=False,
    )
    _signed(chart, f"{unit.name}, {side} − A", unit.tick)
    return chart


def changes(
    measures: pd.DataFrame, question: str = "What changes from A to B?", most: int = 20
) -> go.Figure:
    """Relative change of each headline measure from A to B, with its interval.

    Measures that are near 0 in A have no relative change and are left out.

    Parameters
    ----------
    measures
        A comparison's frame: `measure`, `a`, `b`, `difference`, `low`, `high`.
    question
        The title.
    most
        Measures to draw, in the frame's order.

    Raises
    ------
    DataError
        No measure has a relative change.
    """
    measures = in_present_names(measures)
    told = [
        tells_in_percent(*map(float, ends))
        for ends in measures[["a", "difference", "low", "high"]].to_numpy()
    ]
    rows = measures[told]
    require(rows, "no measure has a relative change")
    main = rows["measure"].isin(HEADLINES)
    rows = (rows[main] if main.any() else rows).head(most).iloc[::-1]
    known = fitted({str(row["measure"]): [row["a"], row["b"]] for row in rows.to_dict("records")})
    scale = rows["a"].abs()
    relative = rows.assign(**{c: rows[c] / scale for c in ("difference", "low", "high")})
    chart = figure(question, 150 + 34 * max(len(rows), 3))
    chart.add_scatter(
        x=relative["difference"],
        y=["<br>".join(wrap(known[str(m)].unitless, 20)) for m in rows["measure"]],
        mode="markers",
        marker={"color": BLUE, "size": 9},
        error_x=bars(relative, "difference", 1.5),
        customdata=[
            [known[str(m)].text(a), known[str(m)].text(b), known[str(m)].unit.name]
            for m, a, b in zip(rows["measure"], rows["a"], rows["b"], strict=True)
        ],
        hovertemplate="%{x:+.1%} (%{customdata[0]} to %{customdata[1]} %{customdata[2]})"
        "<extra></extra>",
        showlegend=False,
    )
    _signed(chart, "change, relative to A", ".0%")
    return chart


def _signed(chart: go.Figure, title: str, tick: str) -> None:
    chart.add_vline(x=0, line={"color": GREY, "width": 1})
    chart.update_layout(hovermode="closest", hoverdistance=20)
    chart.update_xaxes(title_text=title, tickformat=tick, showgrid=True, gridcolor="#E6E6E6")
    chart.update_xaxes(nticks=5, tickangle=0)
    chart.update_yaxes(showgrid=False)
