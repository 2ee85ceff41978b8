"""The panels of a chart as charts of their own, for pages whose headings and notes wrap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from market.charts.template import figure

LEAST = 240  # pixels of what is drawn
_MARGINS = 90  # pixels above and below what is drawn, without title and legend
_BUTTONS = 14  # pixels above what is drawn, so that no button covers it
_LEGEND = 20  # pixels of a line of the legend
_ENTRIES = 3  # of a line of the legend
_OF_A_ROW = {"anchor", "domain", "matches", "showticklabels"}  # what places an axis among others


@dataclass(frozen=True)
class Panel:
    """How a panel is called where it stands alone.

    Attributes
    ----------
    question
        Its title.
    x, y
        Titles of its axes.
    """

    question: str
    x: str = ""
    y: str = ""


def panels_apart(chart: go.Figure, named: Sequence[Panel]) -> list[go.Figure]:
    """A figure for each panel, with a legend of what is drawn in it.

    Parameters
    ----------
    chart
        As :func:`market.charts.template.panels` makes it, one panel below the other.
    named
        What they are called, from the top.
    """
    content = chart.to_plotly_json()
    return [
        _alone(content, "" if row == 1 else str(row), panel) for row, panel in enumerate(named, 1)
    ]


def _alone(content: Mapping[str, Any], number: str, panel: Panel) -> go.Figure:
    """The panel whose axes have this number."""
    layout = content["layout"]
    traces = [trace for trace in content["data"] if trace.get("yaxis", "y") == f"y{number}"]
    traces, entries = _each_name_once(traces)
    bottom, top = layout[f"yaxis{number}"]["domain"]
    height = max(LEAST, (top - bottom) * (layout["height"] - layout["margin"]["t"]))
    lines = -(-entries // _ENTRIES) if entries > 1 else 0
    alone = figure(panel.question)
    alone.add_traces([{**trace, "xaxis": "x", "yaxis": "y"} for trace in traces])
    axes = {
        f"{axis}axis": {
            **{k: v for k, v in layout[f"{axis}axis{number}"].items() if k not in _OF_A_ROW},
            "title": {"text": title},
        }
        for axis, title in (("x", panel.x), ("y", panel.y))
    }
    return alone.update_layout(
        **axes,
        shapes=list(_shapes(layout.get("shapes", ()), number)),
        barmode=layout.get("barmode"),
        hovermode=layout.get("hovermode"),
        margin_t=alone.layout.margin.t + _BUTTONS,
        height=round(height) + _MARGINS + alone.layout.margin.t + _LEGEND * lines,
    )


def _each_name_once(traces: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The traces, with each name in the legend, and how many names there are."""
    found, seen = [], set()
    for trace in traces:
        name = trace.get("name")
        found.append({**trace, "showlegend": name not in seen} if name else dict(trace))
        seen.add(name)
    return found, len(seen - {None, ""})


def _shapes(shapes: Sequence[Mapping[str, Any]], number: str) -> Iterator[dict[str, Any]]:
    """Lines of this panel, on the axes of a figure of one panel."""
    for shape in shapes:
        if shape["yref"].split(" ")[0] == f"y{number}":
            moved = {end: shape[end].replace(f"{end[0]}{number}", end[0]) for end in _REFS}
            yield {**shape, **moved}


_REFS = ("xref", "yref")
