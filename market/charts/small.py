"""Small charts that stand in a row."""

from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from market.charts.studies import measure_by_parameter, varied
from market.measures.old_names import in_present_names
from market.measures.parameter_words import parameter_in_words

HEIGHT = 225  # pixels, without title and legend
LEGEND = 20  # pixels of an entry
_WIDTH = 34  # letters of an axis


def small_by_parameter(summary: pd.DataFrame, name: str, over: str | None = None) -> go.Figure:
    """A measure against a parameter, small; the measure and its unit are the title.

    Parameters
    ----------
    summary, name, over
        As for :func:`market.charts.measure_by_parameter`.

    Raises
    ------
    DataError
        As there.
    """
    chart = measure_by_parameter(summary, name, over=over)
    (label,) = chart.layout.annotations
    lines = wrap(label.text, _WIDTH)
    axis = over or varied(in_present_names(summary))[0]
    decades = ", log scale" if chart.layout.xaxis.type == "log" else ""
    words = "<br>".join(wrap(parameter_in_words(axis) + decades, _WIDTH))
    chart.layout.annotations = ()
    chart.update_layout(
        title_text="<br>".join(lines),
        title_font_size=14,
        height=HEIGHT + 22 * len(lines) + LEGEND * sum(bool(t.showlegend) for t in chart.data),
        margin_t=14 + 22 * len(lines),
    )
    chart.update_xaxes(title={"text": words, "font": {"size": 12}}, nticks=5)
    chart.update_yaxes(nticks=5)
    return chart
