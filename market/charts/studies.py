"""What a study found: measures against what was varied, and what matters to them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import BLUE, GREY, PROVIDERS, VERMILION, translucent
from market.charts.template import benchmark, figure, panels, require
from market.measures.labels import Measure, measure, parameter

ESTIMATES = ("measure", "mean", "difference", "standard_error", "low", "high", "relative")
MOST_LINES = 8
SUMMARY = frozenset({*ESTIMATES, "replicates"})


def varied(table: pd.DataFrame) -> list[str]:
    """Parameters of a study's summary or differences, by dotted path: those with most values first.

    A parameter with one value was not varied.
    """
    counts = {
        str(column): table[column].nunique() for column in table.columns if column not in SUMMARY
    }
    found = [column for column, count in counts.items() if count > 1]
    return sorted(found, key=lambda column: -counts[column])


def measure_by_parameter(
    summary: pd.DataFrame,
    name: str,
    differences: pd.DataFrame | None = None,
    over: str | None = None,
    benchmarks: Mapping[str, float] | None = None,
    question: str | None = None,
) -> go.Figure:
    """One measure against one parameter, with its interval; below it the paired differences.

    Other parameters that were varied make a line for each of their values, up to eight lines; where
    there would be more, every design point is a point of its own.

    Parameters
    ----------
    summary
        A study's frame: parameters by dotted path, `measure`, `mean`, `low`, `high`, `replicates`.
    name
        The measure.
    differences
        A study's frame of paired differences from its baseline, if there is one.
    over
        The parameter on the x axis; the one with most values if None.
    benchmarks
        Reference levels by label.
    question
        The title.

    Raises
    ------
    DataError
        The study has no such measure, or nothing was varied.
    """
    rows = summary[(summary["measure"] == name) & summary["mean"].notna()]
    require(rows, f"the study has no measure {name}")
    parameters = varied(summary)
    require(parameters, "the study varied nothing")
    axis = over or parameters[0]
    others = [column for column in parameters if column != axis]
    known = measure(name)
    parts = [("mean", rows)]
    if differences is not None:
        paired = differences[(differences["measure"] == name) & differences["difference"].notna()]
        parts += [("difference", paired)] if len(paired) else []
    titles = [known.axis, "paired difference from the baseline"][: len(parts)]
    words = parameter(axis)
    combinations = rows[others].drop_duplicates() if others else rows[[]].head(1)
    scattered = len(combinations) > MOST_LINES
    lines: dict[str, pd.Series[Any] | None] = {"": None}
    if others and not scattered:
        lines = {
            ", ".join(f"{parameter(str(p))} = {value}" for p, value in chosen.items()): chosen
            for _, chosen in combinations.iterrows()
        }
    chart = panels(question or f"How does {known.noun} move with {words}?", titles, 210)
    for row, (column, table) in enumerate(parts, start=1):
        for i, (label, chosen) in enumerate(lines.items()):
            part = table if chosen is None else table.merge(chosen.to_frame().T.infer_objects())
            colour = PROVIDERS[i % len(PROVIDERS)] if label else (BLUE, VERMILION)[row - 1]
            drawn = _points if scattered or not _is_number(part[axis]) else _line
            for trace in drawn(part.sort_values(axis), axis, column, colour, label, known):
                named = trace.mode != "lines"  # the band goes with its line
                trace.showlegend = named and row == 1 and len(lines) > 1
                chart.add_trace(trace, row=row, col=1)
        if column == "difference":
            chart.add_hline(y=0, line={"color": GREY, "width": 1}, row=row, col=1)
        else:
            benchmark(chart, benchmarks or {}, row=row, tick=known.unit.tick)
        chart.update_yaxes(tickformat=known.unit.tick, nticks=6, row=row, col=1)
    chart.update_xaxes(title_text=words, row=len(parts), col=1)
    if _spans_decades(rows[axis]):
        points = sorted(rows[axis].unique().tolist())
        chart.update_xaxes(type="log", tickvals=points, ticktext=[_short(p) for p in points])
        chart.update_xaxes(title_text=f"{words}, log scale", row=len(parts), col=1)
    elif pd.api.types.is_integer_dtype(rows[axis]) and rows[axis].nunique() <= 12:
        chart.update_xaxes(tickmode="array", tickvals=sorted(rows[axis].unique().tolist()))
    return chart


def _spans_decades(values: "pd.Series[Any]") -> bool:
    """Whether a linear axis would crowd the lower values, as with numbers of tokens."""
    return _is_number(values) and bool(values.min() > 0 and values.max() / values.min() >= 50)


def _is_number(values: "pd.Series[Any]") -> bool:
    return pd.api.types.is_numeric_dtype(values)


def _points(
    part: pd.DataFrame, axis: str, column: str, colour: str, label: str, known: Measure
) -> list[go.Scatter]:
    """Points with bars."""
    tick = known.unit.tick
    low, high = (f"%{{customdata[{i}]:{tick}}}" for i in (0, 1))
    return [
        go.Scatter(
            x=part[axis],
            y=part[column],
            name=label,
            legendgroup=label,
            mode="markers",
            line={"color": colour, "width": 2},
            marker={"size": 6, "color": colour},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": (part["high"] - part[column]).fillna(0),
                "arrayminus": (part[column] - part["low"]).fillna(0),
                "thickness": 1.2,
            },
            customdata=part[["low", "high", "replicates"]],
            hovertemplate=f"%{{y:{tick}}} ({low} to {high}, %{{customdata[2]}} replicates)"
            f"<extra>{label}</extra>",
        )
    ]


def _line(
    part: pd.DataFrame, axis: str, column: str, colour: str, label: str, known: Measure
) -> list[go.Scatter]:
    """A line in its band."""
    (centre,) = _points(part, axis, column, colour, label, known)
    centre.mode, centre.error_y = "lines+markers", None
    bounds = part.dropna(subset=["low", "high"])
    if len(bounds) < 2:
        return [centre]
    band = go.Scatter(
        x=pd.concat([bounds[axis], bounds[axis][::-1]]),
        y=pd.concat([bounds["high"], bounds["low"][::-1]]),
        fill="toself",
        fillcolor=translucent(colour, 0.2),
        line={"width": 0},
        mode="lines",
        legendgroup=label,
        hoverinfo="skip",
    )
    return [band, centre]


def sensitivity_bars(
    sensitivity: pd.DataFrame, name: str, question: str | None = None
) -> go.Figure:
    """What a measure depends on: a bar per parameter and index, with its interval.

    Parameters
    ----------
    sensitivity
        A study's frame: `measure`, `parameter`, `index` (S1 and ST of Sobol, mu_star and sigma of
        Morris; S2 is not drawn), `value`, `low`, `high`.
    name
        The measure.
    question
        The title.

    Raises
    ------
    DataError
        There is no index of this measure.
    """
    rows = sensitivity[(sensitivity["measure"] == name) & (sensitivity["index"] != "S2")]
    rows = rows.dropna(subset="value")
    require(rows, f"the study has no sensitivity of {name}")
    words = {
        "S1": "alone (S1)",
        "ST": "with interactions (ST)",
        "mu_star": "mean effect (μ*)",
        "sigma": "spread of effects (σ)",
    }
    main = "ST" if (rows["index"] == "ST").any() else str(rows["index"].iloc[0])
    order = rows[rows["index"] == main].sort_values("value")["parameter"]
    chart = figure(
        question or f"What does {measure(name).noun} depend on?",
        170 + 46 * max(len(order), 2),
    )
    for i, (index, part) in enumerate(rows.groupby("index", sort=False)):
        part = part.set_index("parameter").reindex(order).reset_index()
        chart.add_bar(
            y=[_two_lines(path) for path in part["parameter"]],
            x=part["value"],
            name=words.get(str(index), str(index)),
            orientation="h",
            marker_color=(BLUE, "#56B4E9", "#009E73")[i % 3],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (part["high"] - part["value"]).fillna(0),
                "arrayminus": (part["value"] - part["low"]).fillna(0),
                "thickness": 1.2,
                "color": "#444444",
            },
            hovertemplate="%{x:.3f}",
        )
    chart.update_layout(hovermode="y unified", barmode="group")
    chart.update_xaxes(title_text="sensitivity index", showgrid=True, gridcolor="#E6E6E6")
    chart.update_yaxes(showgrid=False)
    return chart


def _short(count: float) -> str:
    """A number of tokens as one says it: 70M, 1.8B."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.3g}{letter}"
    return f"{count:g}"


def _two_lines(path: str) -> str:
    """A dotted path as an axis holds it: its last part, and below it where it belongs."""
    owner, _, last = path.rpartition(".")
    return f"{last.replace('_', ' ')}<br><sub>{owner}</sub>" if owner else last


def distillation_profit(
    by_tokens: pd.DataFrame,
    question: str = "When does distilling a teacher pay?",
    label: str = "USD per tick",
    tick: str = "$,.4~r",
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
        Of the profit's axis, and its d3 format.

    Raises
    ------
    DataError
        There is no profit.
    """
    rows = by_tokens.dropna(subset="profit")
    require(rows, "no profit of distillation is known")
    chart = figure(question)
    for i, (who, part) in enumerate(rows.groupby("who", sort=False)):
        part = part.sort_values("tokens")
        colour = (VERMILION, *PROVIDERS)[i % (1 + len(PROVIDERS))]
        if {"low", "high"} <= set(part.columns):
            chart.add_scatter(
                x=pd.concat([part["tokens"], part["tokens"][::-1]]),
                y=pd.concat([part["high"], part["low"][::-1]]),
                fill="toself",
                fillcolor=translucent(colour, 0.2),
                line={"width": 0},
                mode="lines",
                legendgroup=str(who),
                showlegend=False,
                hoverinfo="skip",
            )
        chart.add_scatter(
            x=part["tokens"],
            y=part["profit"],
            name=str(who),
            legendgroup=str(who),
            showlegend=True,
            mode="lines+markers",
            line={"color": colour, "width": 2.5},
            hovertemplate=f"%{{y:{tick}}}",
        )
    chart.add_hline(y=0, line={"color": GREY, "width": 1})
    chart.update_xaxes(title_text="tokens of the teacher, log scale", type="log")
    tokens = sorted(rows["tokens"].unique().tolist())
    chart.update_xaxes(tickvals=tokens, ticktext=[_short(count) for count in tokens])
    chart.update_yaxes(title_text=label, tickformat=tick)
    return chart
