"""The page: controls on one side, the market before and after on the other."""

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, cast

import plotly.graph_objects as go
from dash import dcc, html

from market.charts import mode_bar
from market.explore.before_after_charts import SIDES, Pictures, pictures
from market.explore.before_after_text import Row, cards, earners, earnings_unit, measures
from market.explore.controls import ChoiceControl, Control, Lines, Members, Number, Switches
from market.explore.scenario_controls import Group
from market.measures.formulas import last_quarter_ticks
from market.results.run_result import RunResult
from market.scenario.schema import Scenario
from market.scenario.validation_messages import show

TYPING = 0.7  # seconds without a key after which what was typed counts
SLIDING = 0.3  # seconds that a slider rests
CLOCK = 400  # milliseconds between questions about a run
PAGE_FRAME = """<!doctype html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
{%css%}
<style>STYLE</style>
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def index() -> str:
    """The HTML around the app: the report's stylesheet, which both rooms share, and our own."""
    report = files("market.report") / "templates" / "page.css"
    own = files("market.explore") / "page.css"
    style = "".join(part.read_text(encoding="utf-8") for part in (report, own))
    return PAGE_FRAME.replace("STYLE", style)


def layout(scenario: Scenario, groups: Sequence[Group]) -> html.Main:
    """The page as it opens.

    Parameters
    ----------
    scenario
        As given.
    groups
        Its controls.
    """
    return html.Main(
        [
            html.Header(
                [
                    html.P("What if", className="kind"),
                    html.H1(scenario.name),
                    html.P(scenario.description),
                    *_interventions(scenario),
                ]
            ),
            html.Div([_controls(groups), _results()], className="sides"),
            dcc.Store(id="wanted"),
            dcc.Store(id="ready"),
            dcc.Interval(id="clock", interval=CLOCK, disabled=True),
            dcc.Download(id="download"),
        ]
    )


def broken(message: str) -> html.Main:
    """The page of a scenario that cannot be read."""
    return html.Main([html.H1("This scenario cannot be read"), html.Pre(message)])


def _interventions(scenario: Scenario) -> Iterator[html.P]:
    for event in sorted(scenario.interventions, key=lambda event: event.at):
        values = ", ".join(f"{path} = {show(value)}" for path, value in event.set.items())
        yield html.P(
            f"From tick {event.at} ({event.name}): {values}, whatever you set here.",
            className="kind",
        )


def _controls(groups: Sequence[Group]) -> html.Div:
    fieldsets = [
        html.Fieldset([html.Legend(group.title), *map(_control, group.controls)])
        for group in groups
    ]
    return html.Div([*fieldsets, html.A("Start over", href="")], id="controls")


def _control(control: Control) -> html.Div:
    found = {"control": control.key, "part": "value"}
    body: list[Any]
    match control:
        case Number():
            body = [
                html.Div(
                    [
                        dcc.Input(
                            id={"control": control.key, "part": "slider"},
                            type="range",
                            min=control.low,
                            max=control.high,
                            step=control.step,
                            value=control.start,
                            debounce=SLIDING,
                            className="slider",
                        ),
                        dcc.Input(
                            id=found,
                            type="text",
                            value=control.start,
                            debounce=TYPING,
                            className="typed",
                        ),
                    ],
                    className="number",
                )
            ]
        case ChoiceControl():
            options = [{"label": o.label, "value": k} for k, o in control.options.items()]
            body = [dcc.RadioItems(options, control.start, id=found)]
        case Members() | Switches():
            body = [dcc.Checklist(list(control.names), list(control.start), id=found)]
        case Lines():
            body = [dcc.Textarea(id=found, value=control.start, rows=3)]
    wrapped = {"control": control.key, "part": "whole"}
    note = [html.Small(control.note)] if control.note else []
    return html.Div([_label(control), *body, *note], id=wrapped, className="control")


def _label(control: Control) -> html.Label | html.P:
    """The label of a field, or the heading of a list of boxes."""
    if not isinstance(control, Number | Lines):
        return html.P(control.label)
    field = json.dumps({"control": control.key, "part": "value"}, separators=(",", ":"))
    return html.Label(control.label, htmlFor=field)  # the id as Dash writes it


def _results() -> html.Div:
    return html.Div(
        [
            html.Div(id="message", role="alert"),
            html.Div(id="failure", role="alert"),
            html.Div(id="progress", role="status"),
            html.Div(id="results"),
            html.Section(
                [
                    html.H2("Save or repeat"),
                    html.P(
                        "Save the scenario with these changes, or repeat it from the command line:"
                    ),
                    html.Pre(id="command"),
                    html.Button("Save the scenario", id="save", n_clicks=0),
                ]
            ),
        ],
        id="answers",
    )


def underway(done: int, total: int) -> list[Any]:
    """How far the runs are."""
    words = f"Simulating: {done} of {total} ticks" if done else "Waiting for another run to finish"
    return [html.Progress(value=str(done), max=str(total)), html.Span(words)]


def results(before: RunResult, after: RunResult) -> list[Any]:
    """Cards, tables and charts."""
    shown = [
        html.Li([html.Strong(card.figure), " ", html.Span(card.words)])
        for card in cards(before, after)
    ]
    quarter = len(last_quarter_ticks(after.scenario.ticks))
    return [
        html.Ul(shown, className="cards"),
        _table("measure", measures(before, after)),
        html.Details(
            [
                html.Summary(f"Profit of each seller, {earnings_unit(before, after).name}"),
                _table("seller", earners(before, after)),
            ]
        ),
        html.P(
            f"Means of the last {quarter} ticks of one run each, on the same queries. Before you "
            "rely on a small change, check it with other seeds: market compare.",
            className="kind",
        ),
        *map(_pictures, pictures(before, after)),
    ]


def _table(first: str, rows: Sequence[Row]) -> html.Div:
    head = html.Tr([html.Th(text, scope="col") for text in (first, *SIDES, "change")])
    body = [
        html.Tr([html.Th(r.name, scope="row"), *map(html.Td, (r.before, r.after, r.change))])
        for r in rows
    ]
    return html.Div(html.Table([html.Thead(head), html.Tbody(body)]), className="scroll")


def _pictures(found: Pictures) -> html.Figure:
    if len(found.charts) == 1:
        shown = [_chart(found.charts[0], "", found.question)]
    else:
        pairs = zip(SIDES, found.charts, strict=True)
        shown = [_chart(chart, side, found.question) for side, chart in pairs]
    return html.Figure(
        [
            html.H2(found.question),
            html.Div(shown, className="pair" if len(shown) > 1 else ""),
            html.Figcaption(found.note),
        ]
    )


def _chart(chart: go.Figure | str, side: str, question: str) -> html.Div:
    heading = [html.H3(side)] if side else []
    if isinstance(chart, str):
        return html.Div([*heading, html.P(f"Nothing to draw: {chart}.", className="nothing")])
    height = chart.layout.height
    graph = dcc.Graph(
        figure=go.Figure(chart).update_layout(height=None, autosize=True),
        responsive=True,
        config=cast("dcc.Graph.Config", mode_bar(f"{question} {side}")),
        style={"height": f"{height}px"},
        className="chart",
    )
    label: dict[str, Any] = {"aria-label": f"{question} {side}".strip()}
    return html.Div([*heading, html.Div(graph, role="img", **label)])
