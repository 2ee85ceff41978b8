"""When distillation pays."""

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY, PROVIDERS, VERMILION
from market.charts.intervals import band
from market.charts.template import figure, log_axis, require
from market.measures.money_units import MoneyUnit


def distillation_profit(
    by_tokens: pd.DataFrame,
    question: str = "When does distilling a teacher pay?",
    label: str | None = None,
    tick: str = "",
) -> go.Figure:
    """Profit against the tokens that a student was trained on, on a log axis.

    Parameters
    ----------
    by_tokens
        `tokens`, `who` (a line each, such as the distiller and the teacher), `profit`; where known
        `low` and `high`.
    question
        The title.
    label, tick
        Of the profit's axis, and its d3 format, where it is not US dollars per tick.

    Raises
    ------
    DataError
        There is no profit.
    """
    rows = by_tokens.dropna(subset="profit")
    require(rows, "no profit of distillation is known")
    unit = MoneyUnit.fitting(rows["profit"], "tick")
    if label is None:
        columns = [c for c in ("profit", "low", "high") if c in rows]
        rows = rows.assign(**{column: rows[column] * unit.factor for column in columns})
    chart = figure(question)
    for i, (who, part) in enumerate(rows.groupby("who", sort=False)):
        part = part.sort_values("tokens")
        colour = (VERMILION, *PROVIDERS)[i % (1 + len(PROVIDERS))]
        if {"low", "high"} <= set(part.columns):
            chart.add_trace(band(part, "tokens", colour, group=str(who)))
        chart.add_scatter(
            x=part["tokens"],
            y=part["profit"],
            name=str(who),
            legendgroup=str(who),
            showlegend=True,
            mode="lines+markers",
            line={"color": colour, "width": 2.5},
            hovertemplate=f"%{{y:{tick}}}" if label else unit.hover("y"),
        )
    chart.add_hline(y=0, line={"color": GREY, "width": 1})
    chart.update_xaxes(title_text="tokens from the teacher, log scale")
    log_axis(chart, rows["tokens"].tolist())
    chart.update_yaxes(title_text=label or unit.name, tickformat=tick)
    return chart
