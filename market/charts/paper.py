"""The paper's figures (arXiv:2603.22404), from what :func:`market.paper.check` computes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import GREY, PROVIDERS, VERMILION
from market.charts.frames import ARBITRAGE_COST, MARKET_PRICE, missing_as_nan
from market.charts.intervals import band
from market.charts.template import figure, log_axis, require

SIZES = {"k": 1e3, "M": 1e6, "B": 1e9}


def paper_costs(curves: Mapping[str, Any]) -> pd.DataFrame:
    """Costs as :func:`market.charts.frontier_costs` gives them, of one of the paper's procedures.

    Parameters
    ----------
    curves
        `two_models` or `six_models` of a report's curves.
    """
    series = [
        ("market", MARKET_PRICE, "market_price"),
        ("arbitrage", ARBITRAGE_COST, "arbitrage_cost"),
    ]
    series += [("model", key.removeprefix("price_"), key) for key in curves if key[:6] == "price_"]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "quality": curves["solve_rate"],
                    "kind": kind,
                    "name": name,
                    "cost": missing_as_nan(curves[key]),
                }
            )
            for kind, name, key in series
        ],
        ignore_index=True,
    )


def paper_shares(curves: Mapping[str, Any]) -> pd.DataFrame:
    """Shares as :func:`market.charts.frontier_shares` gives them.

    Parameters
    ----------
    curves
        `six_models` or `revenue` of a report's curves.
    """
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "quality": curves["solve_rate"],
                    "arbitrage": arbitrage,
                    "name": name,
                    "share": missing_as_nan(values),
                }
            )
            for arbitrage in ("without", "with")
            for name, values in curves[f"share_{arbitrage}"].items()
        ],
        ignore_index=True,
    )


def paper_students(curves: Mapping[str, Any]) -> pd.DataFrame:
    """Mean margin by tokens of a student, as :func:`market.charts.distillation_profit` takes it.

    Parameters
    ----------
    curves
        `distillation` of a report's curves: by number of tokens, such as `70M`.
    """
    return pd.DataFrame(
        {
            "tokens": [float(tokens[:-1]) * SIZES[tokens[-1]] for tokens in curves],
            "who": "student, then its teacher",
            "profit": [missing_as_nan(one["margin"]).mean() for one in curves.values()],
        }
    )


def paper_fits(curves: Mapping[str, Any]) -> pd.DataFrame:
    """Margin by fitting budget: `budget` (USD), `mean`, and the 5th and 95th percentile.

    Parameters
    ----------
    curves
        `fitting_budget` of a report's curves.
    """
    kept = {float(budget): one for budget, one in curves.items() if budget.isdigit()}
    return pd.DataFrame(
        {
            "budget": list(kept),
            "mean": [one["mean"] for one in kept.values()],
            "low": [one["p5"] for one in kept.values()],
            "high": [one["p95"] for one in kept.values()],
        }
    )


def margins_compared(
    margins: Mapping[str, tuple[Sequence[float], Sequence[float | None]]],
    question: str = "How large is the margin with each search?",
) -> go.Figure:
    """Margins by solve rate, a line each.

    Parameters
    ----------
    margins
        By name: solve rates, and margins at them.
    question
        The title.

    Raises
    ------
    DataError
        No margin is known.
    """
    chart = figure(question, 400)
    known = {n: (rate, missing_as_nan(margin)) for n, (rate, margin) in margins.items()}
    require(
        [n for n, (_, margin) in known.items() if (margin == margin).any()], "no margin is known"
    )
    for i, (name, (rate, margin)) in enumerate(known.items()):
        chart.add_scatter(
            x=list(rate),
            y=margin,
            name=name,
            mode="lines",
            line={"color": (VERMILION, *PROVIDERS)[i % (1 + len(PROVIDERS))], "width": 2.5},
            hovertemplate="%{y:.1%}",
        )
    chart.update_xaxes(title_text="solve rate", tickformat=".0%")
    chart.update_yaxes(title_text="margin, of the market price", tickformat=".0%")
    chart.update_yaxes(rangemode="tozero")
    return chart


def margin_by_fitting_budget(
    fits: pd.DataFrame, question: str = "What does it cost to find a good cascade?"
) -> go.Figure:
    """Mean margin of cascades chosen on a sample worth a fitting budget; 5th to 95th percentile.

    Parameters
    ----------
    fits
        As :func:`market.charts.paper_fits` gives it.
    question
        The title.

    Raises
    ------
    DataError
        There is no fit.
    """
    rows = fits.dropna(subset="mean").sort_values("budget")
    require(rows, "no fit is known")
    chart = figure(question, 400)
    chart.add_trace(band(rows, "budget", VERMILION, "5th to 95th percentile"))
    chart.add_scatter(
        x=rows["budget"],
        y=rows["mean"],
        name="mean margin",
        mode="lines+markers",
        line={"color": VERMILION, "width": 2.5},
        customdata=rows[["low", "high"]],
        hovertemplate="%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})",
    )
    chart.update_xaxes(title_text="fitting budget, US dollars, log scale")
    log_axis(chart, rows["budget"].tolist(), "$")
    chart.update_yaxes(title_text="margin, of the market price", tickformat=".0%")
    chart.update_yaxes(rangemode="tozero")
    return chart


def published_figures(
    figures: pd.DataFrame, question: str = "Do our figures match the published ones?"
) -> go.Figure:
    """Computed against published figures, on a diagonal: margins, shares, solve rates.

    Parameters
    ----------
    figures
        `name`, `published`, `computed`, `tolerance`; those from 0 to 1 are drawn.
    question
        The title.

    Raises
    ------
    DataError
        There is none.
    """
    rows = figures[figures["published"].between(0, 1)].dropna(subset="computed")
    require(rows, "no published figure is from 0 to 1")
    chart = figure(question, 480)
    chart.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": GREY, "width": 1},
        showlegend=False,
        hoverinfo="skip",
    )
    group = rows["name"].str.partition(".")[0]
    for i, (name, part) in enumerate(rows.groupby(group, sort=False)):
        chart.add_scatter(
            x=part["published"],
            y=part["computed"],
            name=str(name).replace("_", " "),
            mode="markers",
            marker={"size": 9, "color": PROVIDERS[i % len(PROVIDERS)], "opacity": 0.85},
            error_y={"type": "data", "array": part["tolerance"], "thickness": 1, "width": 3},
            text=part["name"],
            hovertemplate="%{text}: published %{x:.3f}, computed %{y:.3f}<extra></extra>",
        )
    chart.update_layout(hovermode="closest", hoverdistance=20)
    chart.update_xaxes(title_text="published", tickformat=".1f")
    chart.update_yaxes(title_text="computed, with our tolerance", tickformat=".1f")
    return chart
