"""How large a margin is left where answers are checked worse, or dearer."""

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import Colours
from market.charts.intervals import band
from market.charts.template import figure, require
from market.measures.money_units import MoneyUnit

_AXES = {
    "false_accept": "share of wrong answers that the verifier accepts",
    "false_reject": "share of right answers that the verifier rejects",
    "price": "price of a check",
    "wrong_answer_cost": "cost of a wrong answer that is accepted",
}
_MOST = 5  # solve rates drawn


def margin_by_verifier(
    margins: pd.DataFrame, question: str = "What does checking leave of the arbitrage margin?"
) -> go.Figure:
    """Margin by how well, or how dearly, answers are checked, at a few solve rates of right ones.

    With bands for 95% intervals where they are known.

    Parameters
    ----------
    margins
        As :func:`market.charts.verifier_margins` gives it.
    question
        The title.

    Raises
    ------
    DataError
        No margin is known.
    """
    known = margins.dropna(subset="margin")
    require(known, "no margin is known")
    varied = str(known["varied"].iloc[0])
    rates = sorted(known["quality"].unique())
    count = min(_MOST, len(rates))
    drawn = [rates[round(i * (len(rates) - 1) / max(count - 1, 1))] for i in range(count)]
    names = {rate: f"solve rate {rate:.0%}" for rate in dict.fromkeys(drawn)}
    colours = Colours.of_market(names.values())
    unit = MoneyUnit.fitting(known["value"], "check" if varied == "price" else "answer")
    money = varied in ("price", "wrong_answer_cost")
    known = known.assign(value=known["value"] * (unit.factor if money else 1.0))
    chart = figure(question, 420)
    for rate, name in names.items():
        part = known[known["quality"] == rate]
        sure = part.dropna(subset=["low", "high"])
        if len(sure):
            chart.add_trace(band(sure, "value", colours[name], f"{name}, 95% interval", name))
        chart.add_scatter(
            x=part["value"],
            y=part["margin"],
            name=name,
            mode="lines+markers",
            line={"color": colours[name], "width": 2},
            hovertemplate="%{y:.1%}",
        )
    axis = _AXES.get(varied, varied)
    chart.update_xaxes(title_text=f"{axis}, {unit.name}" if money else axis)
    if not money:
        chart.update_xaxes(tickformat=".0%")
    chart.update_yaxes(
        title_text="margin, of the market price", tickformat=".0%", rangemode="tozero"
    )
    return chart
