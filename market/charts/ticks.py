"""What happens over ticks: the price war, the market's measures, what agents earn."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import BLACK, GREY, Colours
from market.charts.frames import by_problems, provider_columns, thinned
from market.charts.reference_lines import reference
from market.charts.template import Interventions, benchmark, figure, mark, panels, require
from market.measures.labels import fitted, measure
from market.measures.money_units import MoneyUnit
from market.measures.old_names import current, in_present_names

SMOOTHED = 10  # ticks
MOVING = ("price_index", "price_per_query", "revenue_per_query", "segmentation", "welfare")


def price_war(
    trades: pd.DataFrame,
    arbitrageurs: Sequence[str],
    colours: Colours | None = None,
    interventions: Interventions = (),
    quality: float | None = None,
    unit: MoneyUnit | None = None,
) -> go.Figure:
    """Posted price of every arbitrageur at one tier, between market price and cost.

    Parameters
    ----------
    trades
        A run's table; of several query mixes, the one with most queries is shown.
    arbitrageurs
        Names of the sellers that own no model, at least one of them in `trades`.
    colours
        Of the arbitrageurs.
    interventions
        Ticks and labels to mark.
    quality
        The tier's solve rate; the one at which arbitrageurs took most fees if None.
    unit
        How money is written; what fits these amounts if None.

    Raises
    ------
    DataError
        No arbitrageur posts a price there.
    """
    trades = next(iter(by_problems(trades).values()))
    resold = trades[trades["seller"].isin(list(arbitrageurs))].dropna(subset="posted_price")
    require(resold, "no arbitrageur posts a price")
    tiers = resold.groupby("quality")["paid"].sum()
    tier = float(tiers.index.to_numpy()[tiers.argmax()]) if quality is None else quality
    resold = resold[resold["quality"] == tier]
    require(resold, f"no arbitrageur posts a price at solve rate {tier:g}")
    colours = colours or Colours.of_market((), arbitrageurs)
    chart = figure(f"How far do arbitrageurs undercut each other at a solve rate of {tier:.0%}?")
    direct = trades[~trades["seller"].isin(list(arbitrageurs)) & (trades["quality"] == tier)]
    market = direct.groupby("tick")["posted_price"].min().dropna()
    unit = unit or MoneyUnit.fitting([*market, *resold["posted_price"]], "query")
    _draw(chart, market, unit, "market price", {"line": reference("market price", 2.5)})
    for name in arbitrageurs:
        posted = resold[resold["seller"] == name].groupby("tick")["posted_price"].min()
        look = colours.look(name)
        _draw(chart, posted, unit, name, look | {"mode": "lines+markers", "line_shape": "hv"})
    flows = resold.assign(spend=resold[provider_columns(resold)].sum(axis=1))
    by_tick = flows.groupby("tick")[["spend", "queries"]].sum().rolling(SMOOTHED, 1).sum()
    cost = (by_tick["spend"] / by_tick["queries"].where(by_tick["queries"] > 0)).dropna()
    words = f"arbitrage cost (mean of {SMOOTHED} ticks)"
    _draw(chart, cost, unit, words, {"line": reference("arbitrage cost")})
    mark(chart, interventions)
    chart.update_xaxes(title_text="tick")
    chart.update_yaxes(title_text=unit.name, rangemode="tozero")
    return chart


def _draw(
    chart: go.Figure,
    series: "pd.Series[float]",
    unit: MoneyUnit,
    name: str,
    look: Mapping[str, object],
) -> None:
    """A price by tick; nothing where there is no value."""
    points = thinned((series * unit.factor).rename("value").reset_index())
    if len(points):
        chart.add_scatter(
            x=points["tick"],
            y=points["value"],
            name=name,
            hovertemplate=unit.hover("y"),
            **{"mode": "lines", **look},
        )


def measures_over_ticks(
    market: pd.DataFrame,
    names: Sequence[str] = ("price_index", "revenue_per_query", "segmentation"),
    interventions: Interventions = (),
    baseline: pd.DataFrame | None = None,
    baseline_name: str = "without arbitrageurs",
    benchmarks: Mapping[str, Mapping[str, float]] | None = None,
    question: str = "How does the market change over time?",
) -> go.Figure:
    """Measures of the market, one panel each.

    Parameters
    ----------
    market
        A run's table.
    names
        Measures; those that the table lacks, or never has a value for, are left out.
    interventions
        Ticks and labels to mark.
    baseline, baseline_name
        The same table of another market, such as this one without arbitrageurs.
    benchmarks
        Reference levels by measure and label.
    question
        The title.

    Raises
    ------
    DataError
        The table has none of the measures.
    """
    names, market = tuple(map(current, names)), in_present_names(market)
    names = [name for name in names if name in market and market[name].notna().any()]
    require(names, "the run has none of the measures")
    runs = [("this market", market, 2.5)]
    if baseline is not None:
        runs.insert(0, (baseline_name, in_present_names(baseline), 1.0))
    shown = fitted({name: pd.concat([table[name] for _, table, _ in runs]) for name in names})
    chart = panels(question, [known.label for known in shown.values()], 150)
    for row, (name, known) in enumerate(shown.items(), start=1):
        for label, table, width in runs:
            kept = thinned(table[["tick", name]].dropna())
            chart.add_trace(
                go.Scatter(
                    x=kept["tick"],
                    y=kept[name] * known.unit.factor,
                    name=label,
                    legendgroup=label,
                    showlegend=row == 1 and len(runs) > 1,
                    mode="lines+markers" if width < 2 or len(kept) < 2 else "lines",
                    line={"color": BLACK if width > 2 else GREY, "width": width},
                    marker={"symbol": "circle-open", "size": 6, "maxdisplayed": 8},
                    hovertemplate=known.unit.hover("y"),
                ),
                row=row,
                col=1,
            )
        benchmark(chart, (benchmarks or {}).get(name, {}), row, known.unit)
        chart.update_yaxes(tickformat=known.unit.tick, nticks=5, row=row, col=1)
    mark(chart, interventions, letters=16)
    chart.update_xaxes(title_text="tick", row=len(names), col=1)
    return chart


def agents_over_ticks(
    providers: pd.DataFrame,
    arbitrageurs: pd.DataFrame,
    what: str = "revenue",
    colours: Colours | None = None,
    interventions: Interventions = (),
    question: str | None = None,
    unit: MoneyUnit | None = None,
) -> go.Figure:
    """Revenue or profit of every provider and arbitrageur.

    Parameters
    ----------
    providers, arbitrageurs
        A run's tables; the second may be empty.
    what
        `revenue` (an arbitrageur's are its fees) or `profit`.
    colours
        Of all agents.
    interventions
        Ticks and labels to mark.
    question
        The title.
    unit
        How money is written; what fits these amounts if None.

    Raises
    ------
    DataError
        The run has no agents.
    """
    named = [providers.rename(columns={"provider": "agent"})[["tick", "agent", what]]]
    if len(arbitrageurs):
        fees = "fees" if what == "revenue" else what
        renamed = arbitrageurs.rename(columns={"arbitrageur": "agent"})[["tick", "agent", fees]]
        named.append(renamed.rename(columns={fees: what}))
    agents = thinned(pd.concat(named, ignore_index=True), ["agent"])
    require(agents, "the run has no agents")
    if colours is None:
        names = arbitrageurs["arbitrageur"] if len(arbitrageurs) else ()
        colours = Colours.of_market(providers["provider"], names)
    unit = unit or MoneyUnit.fitting(agents[what], "tick")
    chart = figure(question or f"Who earns what {what}?")
    for name, one in agents.groupby("agent", sort=False):
        chart.add_scatter(
            x=one["tick"],
            y=one[what] * unit.factor,
            name=str(name),
            mode="lines+markers",
            **colours.look(str(name)),
            hovertemplate=unit.hover("y"),
        )
    mark(chart, interventions)
    chart.update_xaxes(title_text="tick")
    chart.update_yaxes(title_text=f"{measure(what).words}, {unit.name}")
    return chart
