"""The page: controls on one side, the market before and after on the other."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, cast

import plotly.graph_objects as go
from dash import dcc, html

from market.charts import mode_bar
from market.explore.before_after_charts import Pictures, pictures
from market.explore.before_after_text import Row, earners, earnings_unit, measures
from market.explore.controls import Answers
from market.explore.fields import fields, questions
from market.explore.presets import Preset
from market.explore.scenario_controls import Group, controls_of
from market.findings.of_results import change_verdict, run_verdict
from market.results.run_result import RunResult
from market.scenario.schema import Scenario
from market.scenario.validation_messages import show

CLOCK = 100  # milliseconds between questions about a run
PAGE_FRAME = """<!doctype html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
{%css%}
<style>STYLE</style>
<script>SCRIPT</script>
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
    return PAGE_FRAME.replace("STYLE", style).replace("SCRIPT", _script())


def script_source() -> str:
    """Our own script as a content security policy names it: by its hash."""
    digest = hashlib.sha256(_script().encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


def _script() -> str:
    return (files("market.explore") / "page.js").read_text(encoding="utf-8")


def layout(
    scenario: Scenario,
    groups: Sequence[Group],
    answers: Answers | None = None,
    asked: Sequence[Preset] = (),
) -> html.Main:
    """The page as it opens.

    Parameters
    ----------
    scenario
        As given.
    groups
        Its controls.
    answers
        Those of the page's address, which are not the scenario's own.
    asked
        Questions to begin with.
    """
    starts = {control.key: control.start for control in controls_of(groups)}
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
            questions(asked),
            html.Div([fields(groups, answers or {}), _results()], className="sides"),
            dcc.Store(id="starts", data=starts),
            dcc.Store(id="address"),
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


def _results() -> html.Div:
    return html.Div(
        [
            html.Div(id="message", role="alert"),
            html.Div(id="failure", role="alert"),
            html.Div(id="progress", role="status"),
            html.Section(id="verdict", **cast("dict[str, Any]", {"aria-live": "polite"})),
            html.Div(id="results"),
            html.Section(
                [
                    html.H2("Save or repeat"),
                    html.P(
                        "Save the scenario with these changes, or repeat it from the command line:"
                    ),
                    html.Pre(id="command"),
                    html.Button("Save the scenario", id="save", n_clicks=0),
                    html.P(id="saved", role="status"),
                ]
            ),
        ],
        id="answers",
    )


def underway(done: int, total: int) -> list[Any]:
    """How far the runs are."""
    words = f"Simulating: {done} of {total} ticks" if done else "Waiting for another run to finish"
    words += ". Figures below, if any, are of the market before this change."
    return [html.Progress(value=str(done), max=str(total)), html.Span(words)]


def said(before: RunResult, after: RunResult, changed: bool) -> list[Any]:
    """The verdict: of a change, or of the market against the one without arbitrageurs."""
    if changed or before is after:
        found = change_verdict(before, after) if changed else run_verdict(after)
    else:
        found = run_verdict(after, before)
    return [html.P(found.text)]


def results(before: RunResult, after: RunResult, names: tuple[str, str]) -> list[Any]:
    """Tables and charts."""
    unit = earnings_unit(before, after).name
    return [
        _table("measure", measures(before, after), names),
        html.Details(
            [
                html.Summary(f"Profit of each seller, {unit}"),
                _table("seller", earners(before, after), names),
            ]
        ),
        *(_pictures(found, names) for found in pictures(before, after, names)),
    ]


def _table(first: str, rows: Sequence[Row], names: tuple[str, str]) -> html.Div:
    head = html.Tr([html.Th(text, scope="col") for text in (first, *names, "change")])
    body = [
        html.Tr([html.Th(r.name, scope="row"), *map(html.Td, (r.before, r.after, r.change))])
        for r in rows
    ]
    return html.Div(html.Table([html.Thead(head), html.Tbody(body)]), className="scroll")


def _pictures(found: Pictures, names: tuple[str, str]) -> html.Figure:
    if len(found.charts) == 1:
        shown = [_chart(found.charts[0], "", found.question)]
    else:
        pairs = zip(names, found.charts, strict=True)
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
        figure=chart.update_layout(height=None, autosize=True).to_dict(),
        responsive=True,
        config=cast("dcc.Graph.Config", mode_bar(f"{question} {side}")),
        style={"height": f"{height}px"},
        className="chart",
    )
    label: dict[str, Any] = {"aria-label": f"{question} {side}".strip()}
    return html.Div([*heading, html.Div(graph, role="img", **label)])
