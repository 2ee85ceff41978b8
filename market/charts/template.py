"""The style of every figure: one template, questions as titles, panels, reference lines."""

import textwrap
from collections.abc import Mapping, Sequence, Sized

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from market.charts.colours import GREY, PROVIDERS
from market.charts.mode_bar import Chart
from market.charts.reference_lines import reference
from market.foundation.errors import DataError
from market.measures.labels import SHARE, Unit
from market.measures.money_units import MoneyUnit

Interventions = Sequence[tuple[int, str]]  # tick and label

TITLE_LINE = 22  # pixels
TITLE_WIDTH = 40  # letters in a line: what a phone's width holds
HEIGHT = 440  # pixels
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": "#222222"},
        "colorway": list(PROVIDERS),
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "title": {
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "font": {"size": 16},
        },
        "margin": {"l": 62, "r": 18, "t": 20, "b": 48},
        "hovermode": "x unified",
        "hoverdistance": -1,  # the nearest tick is shown, however far it is
        "hoverlabel": {"font": {"size": 12}, "namelength": -1},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": 12},
        },
        "xaxis": {
            "showgrid": False,
            "showline": True,
            "linecolor": "#888888",
            "ticks": "outside",
            "tickcolor": "#888888",
            "zeroline": False,
            "automargin": True,
            "title": {"standoff": 8},
            "separatethousands": True,
            "exponentformat": "none",
        },
        "yaxis": {
            "gridcolor": "#E6E6E6",
            "zeroline": False,
            "zerolinecolor": "#BBBBBB",
            "automargin": True,
            "title": {"standoff": 8},
            "separatethousands": True,
            "exponentformat": "none",
        },
        "colorscale": {"sequential": "Blues"},
    }
)


def figure(question: str, height: int = HEIGHT) -> go.Figure:
    """An empty figure with the title `question`, as wide as its container."""
    return _dressed(_empty(), question, height)


def panels(
    question: str, titles: Sequence[str], height: int = 190, gap: int = 46, shared: bool = True
) -> go.Figure:
    """Panels one below the other over one x axis, each under its title, `height` pixels each.

    They stand `gap` pixels apart; if not `shared`, each has an x axis of its own.
    """
    rows = len(titles)
    total = height * rows + 110
    found = make_subplots(
        figure=_empty(),
        rows=rows,
        cols=1,
        shared_xaxes=shared,
        subplot_titles=list(titles),
        vertical_spacing=min(0.3 / rows, gap / total),
    )
    found.update_annotations(x=0, xanchor="left", font_size=13)
    dressed = _dressed(found, question, total)
    return dressed.update_layout(margin_t=dressed.layout.margin.t + 18)


def _empty() -> Chart:
    """A figure that has our template from the start: Plotly would first copy its own, a larger."""
    return Chart(layout={"template": TEMPLATE})


def _dressed(bare: go.Figure, question: str, height: int) -> go.Figure:
    lines = textwrap.wrap(question, TITLE_WIDTH)
    bare.update_layout(
        title={"text": "<br>".join(lines), "pad": {"l": 8, "t": 10 + 13 * (len(lines) - 1)}},
        margin_t=TEMPLATE.layout.margin.t + TITLE_LINE * len(lines),
        height=height,
    )
    return bare


def mark(chart: go.Figure, interventions: Interventions, letters: int = 30) -> None:
    """Draw a line at each intervention's tick through all panels.

    The label runs along it in the first panel, cut to so many `letters`; the hover has all of it.
    """
    for tick, label in interventions:
        chart.add_vline(x=tick, line={"color": GREY, "width": 1}, row="all")
        chart.add_annotation(
            x=tick,
            y=1,
            xref="x",
            yref="y domain",
            text=textwrap.shorten(label, letters, placeholder="…"),
            hovertext=f"tick {tick}: {label}",
            textangle=-90,
            xanchor="right",
            xshift=-2,
            yanchor="top",
            showarrow=False,
            bgcolor="rgba(255,255,255,0.75)",
            font={"size": 11, "color": "#555555"},
        )


def benchmark(
    chart: go.Figure,
    levels: Mapping[str, float],
    row: int | None = None,
    unit: Unit | MoneyUnit = SHARE,
) -> None:
    """Draw horizontal reference lines, such as marginal cost, list price or monopoly price.

    They are entries of the legend, so that a reader can hide them.

    Parameters
    ----------
    chart
        A figure with data in the panel.
    levels
        Value by label, as it is stored; missing ones are left out.
    row
        Panel, from 1; the whole figure if None.
    unit
        How the values of the panel are written.
    """
    place = {} if row is None else {"row": row, "col": 1}
    axis = "x" if row in (None, 1) else f"x{row}"
    xs = [x for trace in chart.data if (trace.xaxis or "x") == axis for x in trace.x]
    for label, value in levels.items():
        if value != value or not xs:
            continue
        chart.add_trace(
            go.Scatter(
                x=[min(xs), max(xs)],
                y=[value * unit.factor] * 2,
                name=label,
                mode="lines",
                line=reference(label),
                hovertemplate=unit.hover("y"),
            ),
            **place,
        )


def log_axis(chart: go.Figure, values: Sequence[float], unit: str = "") -> None:
    """Make the x axes logarithmic, with a tick and a short label at each value."""
    points = sorted(set(values))
    labels = [f"{unit}{_short(value)}" for value in points]
    chart.update_xaxes(type="log", tickvals=points, ticktext=labels)


def _short(value: float) -> str:
    """A number as one says it: 70M, 1.8B."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:g}"


def require(found: Sized, what: str) -> None:
    """Refuse to draw an empty chart.

    Raises
    ------
    DataError
        `found` is empty.
    """
    if not len(found):
        raise DataError(f"nothing to draw: {what}")
