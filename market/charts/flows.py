"""Who buys from whom, and which provider serves which quality."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY, VERMILION, Colours, translucent
from market.charts.frames import provider_columns
from market.charts.template import figure, panels, require
from market.measures.money_units import MoneyUnit

CONSUMERS = "consumers"
KEPT_SHARE = "kept by arbitrageurs"
SHARE_COLOURS = {
    "colorscale": [[0, "#F4F7FA"], [0.5, "#6AAED6"], [1, "#08306B"]],
    "cmin": 0,
    "cmax": 1,
    "colorbar": {
        "orientation": "h",
        "x": 0.5,
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
        "thickness": 10,
        "len": 0.9,
        "tickformat": ".0%",
    },
}


def who_buys_from_whom(
    trades: pd.DataFrame,
    arbitrageurs: Sequence[str],
    colours: Colours | None = None,
    question: str = "Who buys from whom?",
    unit: MoneyUnit | None = None,
) -> go.Figure:
    """Money per tick from consumers to sellers, and from arbitrageurs on to providers.

    Parameters
    ----------
    trades
        A run's table, or some ticks of it.
    arbitrageurs
        Names of the sellers that own no model.
    colours
        Of all agents.
    question
        The title.
    unit
        How money is written; what fits these amounts if None.

    Raises
    ------
    DataError
        Nothing was sold.
    """
    ticks = max(trades["tick"].nunique(), 1)
    columns = provider_columns(trades)
    providers = [column.removeprefix("to:") for column in columns]
    total = trades.groupby("seller", sort=False)[["paid", *columns]].sum() / ticks
    colours = colours or Colours.of_market(providers, arbitrageurs)
    links = [(CONSUMERS, str(seller), float(row["paid"])) for seller, row in total.iterrows()]
    for name in arbitrageurs:
        if name in total.index:
            spend = total.loc[name, columns].to_numpy(dtype=float)
            links += [(name, p, float(v)) for p, v in zip(providers, spend, strict=True)]
            links.append((name, KEPT_SHARE, float(total.loc[name, "paid"] - spend.sum())))
    paid = sum(value for source, _, value in links if source == CONSUMERS)
    # a flow that no one can see only adds a label
    links = [link for link in links if link[2] > 0.002 * paid]
    require(links, "nothing was sold")
    unit = unit or MoneyUnit.fitting([value for _, _, value in links], "tick")
    names = list(dict.fromkeys(name for source, target, _ in links for name in (source, target)))
    shown = {CONSUMERS: GREY, KEPT_SHARE: VERMILION}
    colour = [shown.get(name, colours[name]) for name in names]
    chart = figure(question, 460)
    chart.add_sankey(
        arrangement="snap",
        valueformat="$,.3~r",
        valuesuffix=unit.suffix,
        node={
            "label": names,
            "color": colour,
            "pad": 18,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}: %{value}<extra></extra>",
        },
        link={
            "source": [names.index(source) for source, _, _ in links],
            "target": [names.index(target) for _, target, _ in links],
            "value": [value * unit.factor for _, _, value in links],
            "color": [translucent(colour[names.index(target)], 0.35) for _, target, _ in links],
            "hovertemplate": "%{source.label} pay %{target.label} %{value}<extra></extra>",
        },
    )
    chart.update_layout(hovermode="closest", margin={"l": 10, "r": 10, "b": 24})
    return chart


def segmentation_map(
    after: pd.DataFrame,
    before: pd.DataFrame | None = None,
    titles: tuple[str, str] = ("without arbitrage", "with arbitrage"),
    question: str = "Which provider serves which quality?",
) -> go.Figure:
    """Share of each tier's provider revenue by provider; one panel before, one after.

    Parameters
    ----------
    after
        Provider revenue, index `quality` and a column per provider, as
        :func:`market.charts.tier_revenue` gives it.
    before
        The same of the market that it is compared with.
    titles
        Of the panels: before, after.
    question
        The title.

    Raises
    ------
    DataError
        Nothing was earned.
    """
    shown = [(titles[1], after)] if before is None else [(titles[0], before), (titles[1], after)]
    require(after.to_numpy().nonzero()[0], "no provider earned anything")
    providers = [str(name) for name in after.columns]
    sold = pd.concat([revenue.sum(axis=1) for _, revenue in shown]).groupby(level=0).sum()
    sold = sold.index[sold > 0]
    chart = panels(question, [title for title, _ in shown], 60 + 30 * len(providers))
    for row, (_, revenue) in enumerate(shown, start=1):
        earned = revenue.reindex(sold, columns=after.columns).to_numpy(dtype=float)
        total = earned.sum(axis=1, keepdims=True)
        share = np.divide(earned, total, out=np.full_like(earned, np.nan), where=total > 0)
        chart.add_trace(
            go.Heatmap(
                x=sold,
                y=providers,
                z=share.T,
                coloraxis="coloraxis",
                hovertemplate="%{y} earns %{z:.0%} of what providers earn "
                "at solve rate %{x:.1%}<extra></extra>",
                xgap=1,
                ygap=1,
            ),
            row=row,
            col=1,
        )
    chart.update_layout(
        hovermode="closest",
        coloraxis=SHARE_COLOURS,
        margin_b=120,
    )
    chart.add_annotation(  # Plotly sets a colour bar's own title over the bar of a low chart
        text="share of the tier's provider revenue",
        xref="paper",
        x=0.5,
        yref="paper",
        y=0,
        yanchor="top",
        yshift=-52,
        showarrow=False,
        font={"size": 12},
    )
    chart.update_layout(height=chart.layout.height + 60)
    chart.update_xaxes(tickformat=".0%", showline=False)
    chart.update_xaxes(title_text="solve rate", row=len(shown), col=1)
    chart.update_yaxes(showgrid=False, autorange="reversed")
    return chart
