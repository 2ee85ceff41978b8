"""The server: callbacks from what the browser sends to what it shows, on the loopback address."""

import logging
import socket
from collections.abc import Callable
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, no_update
from flask import Request, abort, request
from werkzeug.serving import make_server

from market.explore import page
from market.explore.background_runs import Failed, Runs, Underway
from market.explore.controls import Answers, Number
from market.explore.scenario_controls import controls_of, offered, settings_of
from market.explore.settings import WhatIf
from market.foundation.errors import MarketError
from market.results.run_result import RunResult
from market.scenario.files import to_toml

HOST = "127.0.0.1"
NAMES = {"127.0.0.1", "localhost"}

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


def app(question: WhatIf, runs: Runs) -> Dash:
    """The page of a question, as an application.

    Parameters
    ----------
    question
        The scenario, and how it was started.
    runs
        Where its markets are run.
    """
    made = Dash(
        "market.explore",
        title=f"market explore {question.source}",
        update_title="",
        index_string=page.index(),
        include_assets_files=False,
        serve_locally=True,
        add_log_handler=False,
    )
    made.layout = lambda: _layout(question)
    made.server.before_request(lambda: _refuse_strangers(request))
    _keep_numbers_alike(made)
    _hide_what_does_not_matter(made, question)
    _read_answers(made, question, runs)
    _follow_runs(made, question, runs)
    _save(made, question)
    return made


def serve(question: WhatIf, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    question
        The scenario, and how it was started.
    port
        To listen at; any free one if 0.
    announce
        Called with the page's address when it can be opened.

    Raises
    ------
    MarketError
        The scenario is not valid, or the port is taken.
    """
    question.before()
    try:
        listening = socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise MarketError(
            f"--port {port}: cannot be used ({error}); choose another, or 0 for a free one"
        ) from error
    runs = Runs()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every request
    with listening:
        server = make_server(
            HOST, port, app(question, runs).server, threaded=True, fd=listening.fileno()
        )
        announce(f"http://{HOST}:{listening.getsockname()[1]}/")
        try:
            server.serve_forever()  # ends at an interrupt
        finally:
            runs.close()


def _layout(question: WhatIf) -> Any:
    try:
        scenario = question.before()
    except MarketError as error:
        return page.broken(str(error))
    return page.layout(scenario, offered(scenario))


def _refuse_strangers(asked: Request) -> None:
    """Refuse a page of another site that got its name to mean this machine (DNS rebinding)."""
    if asked.host.rpartition(":")[0] not in NAMES and asked.host not in NAMES:
        abort(403)


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
        Output("command", "children"),
        Input({"control": ALL, "part": "value"}, "value"),
    )
    def read(_: Any) -> tuple[Any, Any, Any]:
        try:
            before = question.before()
            settings = settings_of(offered(before), _answers())
            after = question.after(settings)
        except MarketError as error:
            return no_update, str(error), no_update
        keys = [runs.start(before), runs.start(after, base=before)]
        return {"settings": settings, "keys": keys}, "", question.command(settings)


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
                before = question.before()
                runs.start(before)
                runs.start(question.after(wanted["settings"]), base=before)
            except MarketError as error:
                return no_update, str(error), "", True
        parts = [_ticks(state) for state in states]
        done, total = (sum(numbers) for numbers in zip(*parts, strict=True))
        return no_update, "", page.underway(done, total), False

    @made.callback(Output("results", "children"), Input("ready", "data"), prevent_initial_call=True)
    def draw(ready: Any) -> Any:
        found = [runs.state(key) for key in (ready or {}).get("keys", ())]
        match found:
            case [RunResult() as before, RunResult() as after]:
                return page.results(before, after)
            case _:
                return no_update


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
        Input("save", "n_clicks"),
        State("wanted", "data"),
        prevent_initial_call=True,
    )
    def save(_: Any, wanted: Any) -> Any:
        if wanted is None:
            return no_update
        try:
            after = question.after(wanted["settings"])
        except MarketError:  # the file has changed; the next answer says so
            return no_update
        return {"content": to_toml(after), "filename": f"{after.name}-what-if.toml"}
