"""The server: callbacks from what the browser sends to what it shows, on the loopback address."""

import socket
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from dash import Dash
from flask import has_request_context, request
from werkzeug.serving import make_server

from market.explore import page
from market.explore.address import answers_in
from market.explore.background_runs import Runs
from market.explore.callbacks import connect
from market.explore.controls import Answers
from market.explore.guard import QuietHandler, guard
from market.explore.presets import presets
from market.explore.run_process import RunProcess
from market.explore.scenario_controls import Group, controls_of, offered, settings_of
from market.explore.settings import WhatIf
from market.foundation.errors import MarketError

HOST = "127.0.0.1"


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
        title=escape(f"market explore {question.source}"),
        update_title="",
        index_string=page.index(),
        include_assets_files=False,
        serve_locally=True,
        add_log_handler=False,
    )
    made.layout = lambda: _layout(question)
    connect(made, question, runs)
    guard(made.server, [*made.csp_hashes(), page.script_source()])
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
    apart = RunProcess()
    apart.start()  # it imports what runs need while the page opens
    runs = Runs(make=apart.run)
    with listening:
        server = make_server(
            HOST,
            port,
            app(question, runs).server,
            threaded=True,
            request_handler=QuietHandler,
            fd=listening.fileno(),
        )
        announce(f"http://{HOST}:{listening.getsockname()[1]}/")
        try:
            server.serve_forever()  # ends at an interrupt
        finally:
            apart.close()
            runs.close()


def _layout(question: WhatIf) -> Any:
    try:
        scenario = question.before()
    except MarketError as error:
        return page.broken(str(error))
    groups = offered(scenario)
    # the layout is asked for by the page, whose address is the referrer
    asking = (request.referrer or "") if has_request_context() else ""
    answers = answers_in(asking, list(controls_of(groups)))
    asked = [one for one in presets(scenario) if _applies(question, groups, one.answers)]
    return page.layout(scenario, groups, answers, asked)


def _applies(question: WhatIf, groups: Sequence[Group], answers: Answers) -> bool:
    try:
        question.after(settings_of(groups, answers))
    except MarketError:
        return False
    return True
