"""What a solve rate costs, the margin of arbitrage, and who earns the market price."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import BLACK, VERMILION, Colours, translucent
from market.charts.frames import ARBITRAGE_COST, ARBITRAGEUR, MARKET_PRICE
from market.charts.intervals import band
from market.charts.reference_lines import reference
from market.charts.template import benchmark, figure, panels, require
from market.measures.money_units import MoneyUnit


def _colours(names: pd.Series, colours: Colours | None) -> Colours:
    if colours is not None:
        return colours
    return Colours.of_market(str(name) for name in names.unique() if name != ARBITRAGEUR)


def _paired(costs: pd.DataFrame) -> pd.DataFrame:
    """Market price, arbitrage cost and margin where both are known; index `quality`."""
    wide = costs[costs["kind"].isin(["market", "arbitrage"])].pivot_table(
        index="quality", columns="name", values="cost"
    )
    if not {MARKET_PRICE, ARBITRAGE_COST} <= set(wide.columns):
        return pd.DataFrame({"price": [], "cost": [], "margin": []})
    both = wide[[MARKET_PRICE, ARBITRAGE_COST]].dropna().set_axis(["price", "cost"], axis=1)
    return both.assign(margin=(1 - both["cost"] / both["price"]).clip(lower=0))


def cost_by_solve_rate(
    costs: pd.DataFrame,
    colours: Colours | None = None,
    benchmarks: Mapping[str, float] | None = None,
    question: str = "What does a solve rate cost, and what could it cost?",
    unit: MoneyUnit | None = None,
) -> go.Figure:
    """Cost of every model, market price and arbitrage cost.

    Price and cost have bands where their intervals are known; else the margin is shaded.

    Parameters
    ----------
    costs
        As :func:`market.charts.frontier_costs` or :func:`market.charts.menu_costs` gives it.
    colours
        Of the models or providers.
    benchmarks
        Reference levels by label, US dollars per query.
    question
        The title.
    unit
        How money is written; what fits these amounts if None.

    Raises
    ------
    DataError
        No cost is known.
    """
    known = costs.dropna(subset="cost")
    require(known, "no solve rate has a known cost")
    unit = unit or MoneyUnit.fitting(known["cost"], "query")
    known = known.assign(cost=known["cost"] * unit.factor)
    alone = known[known["kind"].isin(["model", "provider"])]
    colours = _colours(alone["name"], colours)
    chart = figure(question, 480)
    for name, part in alone.groupby("name", sort=False):
        chart.add_scatter(
            x=part["quality"],
            y=part["cost"],
            name=str(name),
            mode="lines+markers",
            **colours.look(str(name)),
            hovertemplate=unit.hover("y"),
        )
    if "low" in known:
        for name, colour in ((MARKET_PRICE, BLACK), (ARBITRAGE_COST, VERMILION)):
            part = known[known["name"] == name].dropna(subset=["low", "high"])
            ends = part.assign(low=part["low"] * unit.factor, high=part["high"] * unit.factor)
            chart.add_trace(band(ends, "quality", colour, f"{name}, 95% interval", name))
    else:
        _shade_margin(chart, _paired(known))
    for name in (MARKET_PRICE, ARBITRAGE_COST):
        part = known[known["name"] == name]
        if len(part):
            chart.add_scatter(
                x=part["quality"],
                y=part["cost"],
                name=name,
                mode="lines+markers" if len(part) < 20 else "lines",
                line=reference(name, 3),
                marker={"size": 5},
                hovertemplate=unit.hover("y"),
            )
    benchmark(chart, benchmarks or {}, unit=unit)
    chart.update_xaxes(title_text="solve rate", tickformat=".0%")
    chart.update_yaxes(
        title_text=f"{unit.name}, log scale", type="log", tickformat=",.3~r", dtick="D2"
    )
    return chart


def _shade_margin(chart: go.Figure, both: pd.DataFrame) -> None:
    if len(both) < 2:
        return
    lower = both[["price", "cost"]].min(axis=1)
    edge = {"x": both.index, "mode": "lines", "line": {"width": 0}}
    chart.add_scatter(**edge, y=both["price"], hoverinfo="skip", showlegend=False)
    chart.add_scatter(
        **edge,
        y=lower,
        name="margin",
        fill="tonexty",
        fillcolor=translucent(VERMILION, 0.18),
        customdata=both["margin"],
        hovertemplate="%{customdata:.0%}",
        showlegend=True,
    )


def margin_by_solve_rate(
    costs: pd.DataFrame, question: str = "How large is the arbitrage margin?"
) -> go.Figure:
    """Margin (market price − arbitrage cost) / market price, its mean, and its 95% interval.

    Parameters
    ----------
    costs
        As for :func:`cost_by_solve_rate`.
    question
        The title.

    Raises
    ------
    DataError
        Market price and arbitrage cost are not known at the same solve rate.
    """
    both = _paired(costs.dropna(subset="cost"))
    unit = MoneyUnit.fitting(both[["price", "cost"]], "query")
    require(both, "market price and arbitrage cost are not known at the same solve rate")
    chart, highest = figure(question, 360), both["margin"].max()
    chart.add_scatter(
        x=both.index,
        y=both["margin"],
        name="margin",
        mode="lines+markers" if len(both) < 20 else "lines",
        line={"color": VERMILION, "width": 3},
        customdata=both[["price", "cost"]] * unit.factor,
        hovertemplate=f"%{{y:.1%}} (market {unit.hover('customdata[0]')}, "
        f"cost {unit.hover('customdata[1]')})",
    )
    if "margin_low" in costs:
        ends = costs.dropna(subset=["margin_low", "margin_high"])
        ends = ends.assign(low=ends["margin_low"], high=ends["margin_high"])
        chart.add_trace(band(ends, "quality", VERMILION, "95% interval"))
        highest = max(highest, ends["high"].max())
    if len(both) > 1:
        mean = both["margin"].mean()
        benchmark(chart, {f"mean {mean:.1%}": mean})
    chart.update_xaxes(title_text="solve rate", tickformat=".0%")
    chart.update_yaxes(title_text="margin, of the market price", tickformat=".0%")
    chart.update_yaxes(range=[0, max(0.05, 1.1 * highest)])
    return chart


def revenue_shares(
    shares: pd.DataFrame,
    colours: Colours | None = None,
    question: str = "Who earns the market price, without and with arbitrage?",
) -> go.Figure:
    """Shares of the market price by solve rate, stacked: above without arbitrage, below with it.

    Parameters
    ----------
    shares
        As :func:`market.charts.frontier_shares` gives it.
    colours
        Of the models or providers.
    question
        The title.

    Raises
    ------
    DataError
        No share is known.
    """
    known = shares.dropna(subset="share")
    require(known, "no share of revenue is known")
    colours = _colours(shares["name"], colours)
    chart = panels(question, ["without arbitrage", "with arbitrage"], 220)
    named: set[str] = set()
    for row, arbitrage in enumerate(("without", "with"), start=1):
        part = known[known["arbitrage"] == arbitrage]
        for name, one in part.groupby("name", sort=False):
            if not (one["share"] > 0.005).any():  # nothing that a reader could see
                continue
            chart.add_trace(
                go.Scatter(
                    x=one["quality"],
                    y=one["share"],
                    name=str(name),
                    legendgroup=str(name),
                    showlegend=name not in named,
                    mode="lines",
                    # without arbitrage one seller has it all until another is cheaper
                    line={
                        "width": 0.5,
                        "color": colours[str(name)],
                        "shape": "hv" if arbitrage == "without" else "linear",
                    },
                    fillcolor=translucent(colours[str(name)], 0.75),
                    stackgroup=arbitrage,
                    hovertemplate="%{y:.0%}",
                ),
                row=row,
                col=1,
            )
            named.add(str(name))
    chart.update_yaxes(tickformat=".0%", range=[0, 1])
    chart.update_xaxes(title_text="solve rate", row=2, col=1)
    chart.update_xaxes(tickformat=".0%")
    return chart
