"""The command `market explore`."""

from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.options import ScenarioArgument, Seed, Set
from market.foundation.errors import MarketError


def explore(
    scenario: ScenarioArgument,
    set_: Set = None,
    seed: Seed = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any free one.")
    ] = 8050,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
) -> None:
    """Open a local page to try changes to a market.

    The page shows the market before and after each change.

    Example: market explore swebench
    """
    with acting_on_errors():
        from importlib.util import find_spec

        if find_spec("dash") is None:
            raise MarketError(
                "market explore needs Dash; install this package with its extra explore "
                "(from a checkout: pip install '.[explore]')"
            )
        from market.explore.server import serve
        from market.explore.settings import WhatIf

        given = [*(set_ or []), *([] if seed is None else [f"seed={seed}"])]

        def announce(address: str) -> None:
            typer.echo(f"{scenario}: {address} (stop it with Ctrl-C)")
            if open_:
                typer.launch(address)

        serve(WhatIf(scenario, tuple(given)), port, announce)
