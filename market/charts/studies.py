"""What a study found: measures by parameter, and their sensitivities."""

import re
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market.charts.colours import BLUE, FILLED, GREEN, GREY, PROVIDERS, VERMILION
from market.charts.intervals import band, bars
from market.charts.template import benchmark, figure, log_axis, panels, require
from market.measures.labels import (
    NUMBER,
    Measure,
    Unit,
    fitted,
    measure,
    parameter,
)
from market.measures.money_units import MoneyUnit
from market.measures.old_names import current, in_present_names
from market.measures.parameter_words import parameter_in_words

ESTIMATES = ("measure", "mean", "difference", "standard_error", "low", "high", "relative")
MOST_LINES = 8
LABEL_WIDTH, LABEL_LINES = 20, 3  # letters and lines of a text on an axis
SUMMARY = frozenset({*ESTIMATES, "replicates"})


def varied(table: pd.DataFrame) -> list[str]:
    """Varied parameters of a study's frame, by dotted path, those with most values first.

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
    name, summary = current(name), in_present_names(summary)
    rows = summary[(summary["measure"] == name) & summary["mean"].notna()]
    require(rows, f"the study has no measure {name}")
    parameters = varied(summary)
    require(parameters, "the study varied no parameter")
    axis = over or parameters[0]
    others = [column for column in parameters if column != axis]
    known = fitted({name: rows["mean"]})[name]
    parts = [("mean", rows)]
    if differences is not None:
        differences = in_present_names(differences)
        paired = differences[(differences["measure"] == name) & differences["difference"].notna()]
        parts += [("difference", paired)] if len(paired) else []
    titles = [known.label, "paired difference from the baseline"][: len(parts)]
    words = parameter(axis)
    lines = _lines(rows, others)
    chart = panels(question or f"How does {known.noun} depend on {words}?", titles, 210)
    for row, (column, table) in enumerate(parts, start=1):
        for i, (label, chosen) in enumerate(lines.items()):
            part = table if chosen is None else table.merge(chosen.to_frame().T.infer_objects())
            colour = PROVIDERS[i % len(PROVIDERS)] if label else (BLUE, VERMILION)[row - 1]
            is_line = _is_number(part[axis]) and not (others and chosen is None)
            drawn = _line if is_line else _points
            part = _scaled(part, known.unit).sort_values(axis)
            for trace in drawn(part, axis, column, colour, label, known):
                named = trace.mode != "lines"  # the band goes with its line
                trace.showlegend = named and row == 1 and len(lines) > 1
                chart.add_trace(trace, row=row, col=1)
        if column == "difference":
            chart.add_hline(y=0, line={"color": GREY, "width": 1}, row=row, col=1)
        else:
            benchmark(chart, benchmarks or {}, row, known.unit)
        chart.update_yaxes(tickformat=known.unit.tick, nticks=6, row=row, col=1)
    points, decades = sorted(rows[axis].unique().tolist()), _spans_decades(rows[axis])
    title = f"{words}, log scale" if decades else words
    chart.update_xaxes(title_text=title, row=len(parts), col=1)
    if decades:
        log_axis(chart, points)
    elif pd.api.types.is_integer_dtype(rows[axis]) and len(points) <= 12:
        chart.update_xaxes(tickmode="array", tickvals=points)
    elif not _is_number(rows[axis]):
        labels = [_short_text(str(value)) for value in points]
        chart.update_xaxes(tickmode="array", tickvals=points, ticktext=labels)
    return chart


def _short_text(value: str) -> str:
    """A text on an axis, in a few short lines, so that it leaves room for the chart."""
    names = re.findall(r'"([^"]*)"', value) if value.startswith("[") else [value]
    unbroken = ", ".join(name.replace(" ", "\N{NO-BREAK SPACE}") for name in names)
    lines = wrap(unbroken, LABEL_WIDTH) or ["none"]
    return "<br>".join(lines[:LABEL_LINES]) + ("…" if len(lines) > LABEL_LINES else "")


def _scaled(table: pd.DataFrame, unit: Unit | MoneyUnit) -> pd.DataFrame:
    """A frame whose estimates are in the unit that they are shown in."""
    shown = [c for c in ("mean", "difference", "value", "low", "high") if c in table]
    return table.assign(**{column: table[column] * unit.factor for column in shown})


def _lines(rows: pd.DataFrame, others: list[str]) -> "dict[str, pd.Series[Any] | None]":
    """Lines by label, each with its values of the other parameters; one without where too many."""
    combinations = rows[others].drop_duplicates()
    if not others or len(combinations) > MOST_LINES:
        return {"": None}
    return {
        ", ".join(f"{parameter_in_words(str(p))} = {value}" for p, value in chosen.items()): chosen
        for _, chosen in combinations.iterrows()
    }


def _spans_decades(values: "pd.Series[Any]") -> bool:
    """Whether a linear axis would crowd the lower values, as with numbers of tokens."""
    return _is_number(values) and bool(values.min() > 0 and values.max() / values.min() >= 50)


def _is_number(values: "pd.Series[Any]") -> bool:
    return pd.api.types.is_numeric_dtype(values)


def _points(
    part: pd.DataFrame, axis: str, column: str, colour: str, label: str, known: Measure
) -> list[go.Scatter]:
    """Points with bars."""
    mean, low, high = map(known.unit.hover, ("y", "customdata[0]", "customdata[1]"))
    return [
        go.Scatter(
            x=part[axis],
            y=part[column],
            name=label,
            legendgroup=label,
            mode="markers",
            line={"color": colour, "width": 2},
            marker={"size": 6, "color": colour, "symbol": FILLED[_place(colour)]},
            error_y=bars(part, column),
            customdata=part[["low", "high", "replicates"]],
            hovertemplate=f"{mean} ({low} to {high}, %{{customdata[2]}} replicates)"
            f"<extra>{label}</extra>",
        )
    ]


def _place(colour: str) -> int:
    return PROVIDERS.index(colour) if colour in PROVIDERS else 0


def _line(
    part: pd.DataFrame, axis: str, column: str, colour: str, label: str, known: Measure
) -> list[go.Scatter]:
    """A line in its band."""
    (centre,) = _points(part, axis, column, colour, label, known)
    centre.mode, centre.error_y = "lines+markers", None
    bounds = part.dropna(subset=["low", "high"])
    if len(bounds) < 2:
        return [centre]
    return [band(bounds, axis, colour, group=label), centre]


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
    name, sensitivity = current(name), in_present_names(sensitivity)
    rows = sensitivity[(sensitivity["measure"] == name) & (sensitivity["index"] != "S2")]
    rows = rows.dropna(subset="value")
    require(rows, f"the study has no sensitivity of {name}")
    words = {
        "S1": "alone (S1)",
        "ST": "with interactions (ST)",
        "mu_star": "mean effect (μ*)",
        "sigma": "spread of effects (σ)",
    }
    unit: Unit | MoneyUnit = NUMBER
    morris = "mu_star" in set(rows["index"])
    title = "effect over the range" if morris else "share of the variance"
    if morris and measure(name).money:
        known = fitted({name: rows["value"]})[name]
        unit, title = known.unit, f"effect over the range, {known.unit.name}"
    rows = _scaled(rows, unit)
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
            marker_color=(BLUE, GREEN, "#CC79A7")[i % 3],
            error_x=bars(part, "value"),
            hovertemplate=unit.hover("x"),
        )
    chart.update_layout(hovermode="y unified", barmode="group")
    chart.update_xaxes(title_text=title, showgrid=True, gridcolor="#E6E6E6")
    chart.update_yaxes(showgrid=False)
    return chart


def _two_lines(path: str) -> str:
    """A dotted path in two lines: its last part, and below it the rest."""
    owner, _, last = path.rpartition(".")
    return f"{last.replace('_', ' ')}<br><sub>{owner}</sub>" if owner else last
