"""What providers ask for their models, over list price, tick by tick."""

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import Colours
from market.charts.frames import thinned
from market.charts.template import Interventions, figure, mark, require


def provider_prices(
    models: pd.DataFrame,
    colours: Colours | None = None,
    interventions: Interventions = (),
    question: str = "What do providers charge, over list price?",
) -> go.Figure:
    """A line for each provider, or for each of its models where their prices differ.

    Parameters
    ----------
    models
        A run's table.
    colours
        Of providers and their models.
    interventions
        Ticks and labels to mark.
    question
        The title.

    Raises
    ------
    DataError
        No model is on sale at any tick.
    """
    sold = models[~models["student"].astype(bool)].dropna(subset="price_multiplier")
    require(sold, "no model is on sale")
    colours = colours or Colours.of_market(sold["provider"])
    chart = figure(question)
    for provider, own in sold.groupby("provider", sort=False):
        apart = (own.groupby("tick")["price_multiplier"].nunique() > 1).any()
        lines = own.groupby("model", sort=False) if apart else [(None, own.drop_duplicates("tick"))]
        for model, line in lines:
            shown = thinned(line.assign(line=str(model or provider)), ["line"])
            chart.add_scatter(
                x=shown["tick"],
                y=shown["price_multiplier"],
                name=str(provider) if model is None else " / ".join((str(provider), str(model))),
                mode="lines+markers",
                **colours.look(str(provider if model is None else model)),
                hovertemplate="%{y:.3f}",
            )
    mark(chart, interventions)
    chart.update_xaxes(title_text="tick")
    chart.update_yaxes(title_text="price, in list prices", rangemode="tozero")
    return chart


def prices_move(models: pd.DataFrame) -> bool:
    """Whether any provider's price differs from one tick to another."""
    return bool((models.groupby(["provider", "model"])["price_multiplier"].nunique() > 1).any())
