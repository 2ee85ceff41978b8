"""Callbacks: from what the browser sends to what the page shows."""

from collections.abc import Sequence
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, no_update

from market.explore import page
from market.explore.background_runs import Failed, Runs, Underway
from market.explore.controls import Answers, Control, Number, beside_controls
from market.explore.scenario_controls import controls_of, offered, settings_of
from market.explore.settings import BEFORE_AFTER, WITHOUT_WITH, WhatIf
from market.foundation.errors import MarketError
from market.results.run_result import RunResult
from market.scenario.files import to_toml

# the slider and the field beside it show one number; a number off the slider's scale leaves it
SAME_NUMBER = """
(slid, typed) => {
  const held = window.dash_clientside.no_update;
  const asked = window.dash_clientside.callback_context.triggered_id;
  if (asked && asked.part === "slider") return [held, String(slid)];
  const number = Number(typed);
  return [String(typed).trim() !== "" && Number.isFinite(number) ? number : held, held];
}
"""


# what differs from the scenario goes into the address (page.js)
ADDRESS = "(answers, starts) => window.marketAddress.tell(answers, starts)"


def connect(made: Dash, question: WhatIf, runs: Runs) -> None:
    """Register all callbacks of the page."""
    _keep_numbers_alike(made)
    made.clientside_callback(
        ADDRESS,
        Output("address", "data"),
        Input({"control": ALL, "part": "value"}, "value"),
        Input("starts", "data"),
    )
    _hide_what_does_not_matter(made, question)
    _read_answers(made, question, runs)
    _follow_runs(made, question, runs)
    _save(made, question)


def _keep_numbers_alike(made: Dash) -> None:
    slider, typed = ({"control": MATCH, "part": part} for part in ("slider", "value"))
    made.clientside_callback(
        SAME_NUMBER,
        Output(slider, "value"),
        Output(typed, "value"),
        Input(slider, "value"),
        Input(typed, "value"),
        prevent_initial_call=True,
    )


def _hide_what_does_not_matter(made: Dash, question: WhatIf) -> None:
    @made.callback(
        Output({"control": ALL, "part": "whole"}, "hidden"),
        Input({"control": ALL, "part": "value"}, "value"),
    )
    def hide(_: Any) -> Any:
        try:
            groups = offered(question.before())
        except MarketError:  # read_answers says what is wrong
            return [no_update] * len(ctx.outputs_list)
        answers, controls = _answers(), controls_of(groups)
        idle = {
            control.key
            for control in controls
            if isinstance(control, Number)
            and control.only is not None
            and not control.only.holds(answers)
        }
        return [one["id"]["control"] in idle for one in ctx.outputs_list]


def _answers() -> Answers:
    """What the browser sent, by the keys of controls."""
    (sent,) = ctx.inputs_list
    return {one["id"]["control"]: one.get("value") for one in sent}


def _read_answers(made: Dash, question: WhatIf, runs: Runs) -> None:
    @made.callback(
        Output("wanted", "data"),
        Output("message", "children"),
        Output({"control": ALL, "part": "wrong"}, "children"),
        Output("command", "children"),
        Input({"control": ALL, "part": "value"}, "value"),
    )
    def read(_: Any) -> tuple[Any, Any, list[str], Any]:
        controls: list[Control] = []
        try:
            groups = offered(question.before())
            controls = list(controls_of(groups))
            settings = settings_of(groups, _answers())
            keys = _start(question, settings, runs)
        except MarketError as error:
            message, beside = beside_controls(str(error), controls)
            placed = [beside.get(one["id"]["control"], "") for one in ctx.outputs_list[2]]
            return no_update, message, placed, no_update
        nothing = [""] * len(ctx.outputs_list[2])
        wanted = {"settings": settings, "keys": keys}
        return wanted, "", nothing, question.command(settings)


def _start(question: WhatIf, settings: Sequence[str], runs: Runs) -> list[str]:
    """Start both runs; give their keys."""
    pair = question.pair(settings)
    return [runs.start(pair.one), runs.start(pair.other, base=pair.base)]


def _follow_runs(made: Dash, question: WhatIf, runs: Runs) -> None:
    @made.callback(
        Output("ready", "data"),
        Output("failure", "children"),
        Output("progress", "children"),
        Output("clock", "disabled"),
        Input("clock", "n_intervals"),
        Input("wanted", "data"),
        prevent_initial_call=True,
    )
    def follow(_: Any, wanted: Any) -> tuple[Any, Any, Any, bool]:
        if wanted is None:
            return no_update, "", "", True
        states = [runs.state(key) for key in wanted["keys"]]
        for state in states:
            if isinstance(state, Failed):
                return no_update, state.reason, "", True
        if all(isinstance(state, RunResult) for state in states):
            return wanted, "", "", True
        if None in states:  # abandoned while no page asked
            try:
                _start(question, wanted["settings"], runs)
            except MarketError as error:
                return no_update, str(error), "", True
        parts = [_ticks(state) for state in states]
        done, total = (sum(numbers) for numbers in zip(*parts, strict=True))
        return no_update, "", page.underway(done, total), False

    # the verdict is there before the charts are drawn
    @made.callback(Output("verdict", "children"), Input("ready", "data"), prevent_initial_call=True)
    def say(ready: Any) -> Any:
        sides = _both(ready, runs)
        return no_update if sides is None else page.said(*sides, bool(ready["settings"]))

    @made.callback(Output("results", "children"), Input("ready", "data"), prevent_initial_call=True)
    def draw(ready: Any) -> Any:
        sides = _both(ready, runs)
        if sides is None:
            return no_update
        without = not ready["settings"] and sides[0] is not sides[1]
        return page.results(*sides, WITHOUT_WITH if without else BEFORE_AFTER)


def _both(ready: Any, runs: Runs) -> tuple[RunResult, RunResult] | None:
    """Both results, if they are still kept."""
    match [runs.state(key) for key in (ready or {}).get("keys", ())]:
        case [RunResult() as before, RunResult() as after]:
            return before, after
        case _:
            return None


def _ticks(state: RunResult | Underway | Failed | None) -> tuple[int, int]:
    """Ticks done, of all."""
    match state:
        case Underway():
            return state.done, state.total
        case RunResult():
            return state.scenario.ticks, state.scenario.ticks
        case _:
            return 0, 1


def _save(made: Dash, question: WhatIf) -> None:
    @made.callback(
        Output("download", "data"),
        Output("saved", "children"),
        Input("save", "n_clicks"),
        State("wanted", "data"),
        prevent_initial_call=True,
    )
    def save(_: Any, wanted: Any) -> Any:
        if wanted is None:
            return no_update, "Nothing is saved: what is wrong above must be put right first."
        try:
            after = question.after(wanted["settings"])
        except MarketError as error:  # the file has changed
            return no_update, f"Nothing is saved: {error}"
        name = f"{after.name}-what-if.toml"
        where = f"Saved as {name} where your browser puts downloads. Run it: market run {name}"
        return {"content": to_toml(after), "filename": name}, where
