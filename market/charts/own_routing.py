"""Who routes the queries, and what arbitrageurs keep, as buyers' own routers get dearer."""

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY, VERMILION, Colours
from market.charts.intervals import band
from market.charts.template import log_axis, panels, require
from market.measures.labels import parameter
from market.measures.money_units import MoneyUnit

PATH = ".self_routing.cost"
_SHARES = {
    "arbitrage_share": "arbitrageurs",
    "own_routing_share": "buyers themselves",
    "arbitrage_margin": "arbitrage margin",
}


def routing_cost_varied(summary: pd.DataFrame) -> str | None:
    """The cost of own routers that a study varied, by dotted path; None where it did not."""
    found = [str(c) for c in summary.columns if str(c).endswith(PATH)]
    several = [c for c in found if summary[c].nunique() > 1]
    return (
        several[0] if len(several) == 1 and "own_routing_share" in set(summary["measure"]) else None
    )


def build_or_buy(
    summary: pd.DataFrame, question: str = "When do buyers build, and what is left to arbitrage?"
) -> go.Figure:
    """Shares of queries by who routes them, and the arbitrage margin, by the cost of own routers.

    Parameters
    ----------
    summary
        A study's frame that varies one `self_routing.cost` alone, with `measure`, `mean`, `low` and
        `high`.
    question
        The title.

    Raises
    ------
    DataError
        The study does not vary it, or has no shares.
    """
    axis = routing_cost_varied(summary)
    known = summary[summary["measure"].isin(list(_SHARES)) & summary["mean"].notna()]
    require([] if axis is None else known, "the study varies no cost of own routers")
    assert axis is not None
    unit = MoneyUnit.fitting(known[axis], "tick")
    known = known.assign(**{axis: known[axis] * unit.factor}).sort_values(axis)
    colours = Colours({"buyers themselves": GREY, "arbitrage margin": VERMILION})
    chart = panels(question, ["share of queries routed by", "arbitrage margin, of fees"], 220)
    for measure, name in _SHARES.items():
        part = known[known["measure"] == measure]
        row = 1 + (measure == "arbitrage_margin")
        sure = part.dropna(subset=["low", "high"])
        if len(sure) > 1:
            chart.add_trace(band(sure, axis, colours[name], group=name), row=row, col=1)
        chart.add_trace(
            go.Scatter(
                x=part[axis],
                y=part["mean"],
                name=name,
                legendgroup=name,
                mode="lines+markers",
                showlegend=row == 1,
                **colours.look(name),
                customdata=part[["low", "high"]],
                hovertemplate="%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})",
            ),
            row=row,
            col=1,
        )
    chart.update_yaxes(tickformat=".0%", rangemode="tozero")
    points = sorted(known[axis].unique().tolist())
    logarithmic = points[0] > 0 and points[-1] / points[0] >= 50
    words = f"{parameter(axis)}, {unit.name}"
    chart.update_xaxes(title_text=f"{words}, log scale" if logarithmic else words, row=2, col=1)
    if logarithmic:
        log_axis(chart, points)
    return chart
