"""A market tick by tick: menus, sales and payments, with play, pause and a slider."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY, Colours
from market.charts.frames import by_problems, provider_columns
from market.charts.template import panels, require
from market.measures.money_units import MoneyUnit

MOST_FRAMES = 60
BUYERS = "buyers"
_BUTTON = {"bgcolor": "#EEF1F4", "bordercolor": "#8A9096", "font": {"color": "#1F1F1F"}}


def tick_player(
    trades: pd.DataFrame,
    arbitrageurs: Sequence[str] = (),
    colours: Colours | None = None,
    question: str = "What happens tick by tick?",
    most: int = MOST_FRAMES,
) -> go.Figure:
    """Price menus, queries sold and money to providers at one tick after the other.

    Parameters
    ----------
    trades
        A run's table; of several query mixes, menus are those of the one with most queries.
    arbitrageurs
        Names of the sellers that own no model.
    colours
        Of all agents.
    question
        The title.
    most
        Ticks shown; of more, evenly spaced ones from the first to the last, and the chart says so.

    Raises
    ------
    DataError
        Nothing was sold.
    """
    require(trades["paid"].to_numpy().nonzero()[0], "nothing was sold")
    columns = provider_columns(trades)
    providers = [column.removeprefix("to:") for column in columns]
    resellers = [name for name in arbitrageurs if name in set(trades["seller"])]
    colours = colours or Colours.of_market(providers, resellers)
    ticks = np.sort(trades["tick"].unique())
    place = np.linspace(0, len(ticks) - 1, min(most, len(ticks))).round().astype(int)
    shown = ticks[np.unique(place)]
    kept = trades[trades["tick"].isin(shown)]
    paid = _paid(kept, columns, resellers)
    menus = next(iter(by_problems(kept).values()))
    units = (
        MoneyUnit.fitting(menus["posted_price"], "query"),
        MoneyUnit.fitting(paid.to_numpy(), "tick"),
    )
    sellers = list(dict.fromkeys(map(str, menus["seller"])))
    titles = [
        f"price menus, {units[0].name}, log scale",
        "queries sold per tick, by seller",
        f"paid to providers, {units[1].name}, by payer",
    ]
    chart = panels(question, titles, 240, gap=90, shared=False)
    base = _traces(menus, kept, paid, units, sellers, providers, shown[0])
    for row, name, content in base:
        chart.add_trace(_trace(row, name, content, colours), row=row, col=1)
    chart.frames = [
        go.Frame(
            name=str(tick),
            data=[
                content
                for _, _, content in _traces(menus, kept, paid, units, sellers, providers, tick)
            ],
            traces=list(range(len(base))),
        )
        for tick in shown
    ]
    _axes(chart, menus, kept, paid, units)
    _controls(chart, shown, len(ticks))
    return chart


def _paid(trades: pd.DataFrame, columns: list[str], resellers: list[str]) -> pd.DataFrame:
    """What each payer pays each provider: index tick and payer, a column per provider."""
    payer = trades["seller"].where(trades["seller"].isin(resellers), BUYERS)
    return trades.groupby([trades["tick"], payer.rename("payer")])[columns].sum()


def _traces(
    menus: pd.DataFrame,
    trades: pd.DataFrame,
    paid: pd.DataFrame,
    units: tuple[MoneyUnit, MoneyUnit],
    sellers: list[str],
    providers: list[str],
    tick: int,
) -> list[tuple[int, str, dict[str, Any]]]:
    """Panel, name and content of every trace at a tick, always in the same order."""
    now = menus[menus["tick"] == tick]
    sold = trades[trades["tick"] == tick].groupby("seller")["queries"].sum()
    found: list[tuple[int, str, dict[str, Any]]] = []
    for name in sellers:
        menu = now[now["seller"] == name].dropna(subset="posted_price").sort_values("quality")
        price = _short(menu["posted_price"] * units[0].factor)
        found.append((1, name, {"x": _short(menu["quality"]), "y": price}))
    for name in sellers:
        found.append((2, name, {"x": [float(sold.get(name, 0))], "y": [name]}))
    for name in paid.index.get_level_values("payer").unique():
        there = (tick, name) in paid.index
        money = paid.loc[(tick, name)].to_numpy() if there else np.zeros(len(providers))
        found.append((3, str(name), {"x": _short(money * units[1].factor), "y": providers}))
    return found


def _short(values: Any) -> list[float]:
    """Four digits, so that many ticks are a small file."""
    return [float(f"{value:.4g}") for value in values]


def _trace(row: int, name: str, content: Mapping[str, Any], colours: Colours) -> Any:
    if row == 1:
        return go.Scatter(
            **content,
            name=name,
            legendgroup=name,
            mode="lines+markers",
            **colours.look(name),
            hovertemplate="%{y:.3~r}",
        )
    colour = GREY if name == BUYERS else colours[name]
    return go.Bar(
        **content,
        name=name,
        legendgroup=name,
        showlegend=name == BUYERS,
        orientation="h",
        marker_color=colour,
        hovertemplate="%{x:,.4~r}",
    )


def _axes(
    chart: go.Figure,
    menus: pd.DataFrame,
    trades: pd.DataFrame,
    paid: pd.DataFrame,
    units: tuple[MoneyUnit, MoneyUnit],
) -> None:
    """Axes that hold every tick, so that they stand still while it plays."""
    price = menus["posted_price"].dropna() * units[0].factor
    price = np.log10(price[price > 0])
    ends = [price.min() - 0.1, price.max() + 0.1] if len(price) else None
    chart.update_yaxes(type="log", tickformat=",.3~r", dtick="D2", range=ends, row=1, col=1)
    rates = menus.dropna(subset="posted_price")["quality"]
    width = max(float(rates.max() - rates.min()), 0.02) if len(rates) else 1.0
    span = [rates.min() - 0.04 * width, rates.max() + 0.04 * width] if len(rates) else None
    chart.update_xaxes(title_text="solve rate", tickformat=".0%", range=span, row=1, col=1)
    most = trades.groupby(["tick", "seller"])["queries"].sum().max()
    chart.update_xaxes(title_text="queries per tick", range=[0, 1.05 * most], row=2, col=1)
    money = paid.groupby("tick").sum().to_numpy().max() * units[1].factor
    chart.update_xaxes(title_text=units[1].name, range=[0, 1.05 * money], row=3, col=1)
    for row in (2, 3):
        chart.update_yaxes(showgrid=False, autorange="reversed", row=row, col=1)
        chart.update_xaxes(showgrid=True, gridcolor="#E6E6E6", row=row, col=1)


def _controls(chart: go.Figure, shown: "np.ndarray[Any, Any]", ticks: int) -> None:
    at_once = {"mode": "immediate", "fromcurrent": True, "transition": {"duration": 0}}
    play = {**at_once, "frame": {"duration": 400, "redraw": True}}
    stop = {**at_once, "frame": {"duration": 0, "redraw": True}}
    thin = "" if len(shown) == ticks else f" ({len(shown)} of {ticks} ticks shown)"
    top = chart.layout.margin.t + 84
    chart.update_layout(
        barmode="stack",
        hovermode="closest",
        margin_t=top,
        height=chart.layout.height + 150,
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "pad": {"b": 92, "t": 0},
                **_BUTTON,
                "buttons": [
                    {"label": "Play", "method": "animate", "args": [None, play]},
                    {"label": "Pause", "method": "animate", "args": [[None], stop]},
                ],
            }
        ],
        sliders=[
            {
                "x": 0,
                "len": 1,
                "y": 1,
                "yanchor": "bottom",
                "pad": {"b": 22, "t": 0},
                "currentvalue": {"prefix": "tick ", "suffix": thin, "xanchor": "left"},
                "ticklen": 0,
                "minorticklen": 0,
                "font": {"size": 12},
                "bgcolor": "#8A9096",
                "bordercolor": "#8A9096",
                "activebgcolor": "#D55E00",
                "steps": [
                    {"label": str(t), "method": "animate", "args": [[str(t)], stop]} for t in shown
                ],
            }
        ],
    )
