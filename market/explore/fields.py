"""Controls as the fields of the page, and the questions to begin with as links."""

import json
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from market.explore.controls import (
    Answers,
    ChoiceControl,
    Control,
    Lines,
    Members,
    Number,
    Switches,
)
from market.explore.presets import Preset
from market.explore.scenario_controls import Group

TYPING = 0.7  # seconds without a key after which what was typed counts
SLIDING = 0.15  # seconds that a slider rests


def questions(asked: Sequence[Preset]) -> html.Nav:
    """Questions as links, so that each can be opened beside the page, and sent."""
    links = [html.A(one.words, href=one.search, className="preset") for one in asked]
    begin = html.A("As the scenario is", href="/", className="preset")
    shown = html.Ul([html.Li(link) for link in (begin, *links)])
    return html.Nav([html.H2("What happens with …"), shown], id="presets")


def fields(groups: Sequence[Group], answers: Answers) -> html.Div:
    """Fields in groups, each with its answer: the scenario's own where none is given."""
    fieldsets = [
        html.Fieldset(
            [
                html.Legend(group.title),
                *(_control(c, answers.get(c.key, c.start)) for c in group.controls),
            ]
        )
        for group in groups
    ]
    over = html.A("Start over", href="/", className="preset")
    return html.Div([*fieldsets, over], id="controls")


def _control(control: Control, answer: Any) -> html.Div:
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
                            value=answer,
                            debounce=SLIDING,
                            className="slider",
                        ),
                        dcc.Input(
                            id=found,
                            type="text",
                            value=answer,
                            debounce=TYPING,
                            className="typed",
                        ),
                    ],
                    className="number",
                )
            ]
        case ChoiceControl():
            options = [{"label": o.label, "value": k} for k, o in control.options.items()]
            body = [dcc.RadioItems(options, answer, id=found)]
        case Members() | Switches():
            body = [dcc.Checklist(list(control.names), list(answer), id=found)]
        case Lines():
            body = [dcc.Textarea(id=found, value=answer, rows=3)]
    wrapped = {"control": control.key, "part": "whole"}
    note = [html.Small(control.note)] if control.note else []
    wrong = html.Div(id={"control": control.key, "part": "wrong"}, className="wrong", role="alert")
    return html.Div(
        [*_labelled(control, body, found), wrong, *note], id=wrapped, className="control"
    )


def _labelled(control: Control, body: list[Any], found: dict[str, str]) -> list[Any]:
    """The label of a field, or boxes as a group with a legend."""
    field = json.dumps(found, separators=(",", ":"))  # the id as Dash writes it
    if isinstance(control, Number):
        slider = json.dumps({**found, "part": "slider"}, separators=(",", ":"))
        hidden = html.Label(f"{control.label}: slider", htmlFor=slider, className="unseen")
        return [html.Label(control.label, htmlFor=field), hidden, *body]
    if isinstance(control, Lines):
        return [html.Label(control.label, htmlFor=field), *body]
    return [html.Fieldset([html.Legend(control.label), *body])]
