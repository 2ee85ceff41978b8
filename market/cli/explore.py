"""The command `market explore`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.options import Jobs, Overwrite, ScenarioArgument, Seed, Set
from market.foundation.errors import MarketError, ScenarioError


def explore(
    scenario: ScenarioArgument,
    set_: Set = None,
    seed: Seed = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any free one.")
    ] = 8050,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write one file with sliders over markets that ran before, which needs no server.",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUES",
            help="With --export, a slider: 0:6 (0 to 6), 0:1:5 (5 points) or 0.1,0.2; one to four.",
        ),
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(min=2, metavar="R", help="With --export, runs at each point; 5 by default."),
    ] = None,
    jobs: Jobs = None,
    overwrite: Overwrite = False,
) -> None:
    """Open a local page to try changes to a market.

    The page shows the market before and after each change.

    With --export, a file to mail instead: sliders over a grid, with charts and the verdict.

    Example: market explore swebench
    """
    with acting_on_errors():
        if export is not None:
            _export(scenario, set_, seed, export, vary, replicates, jobs, overwrite)
            return
        if vary or replicates or jobs or overwrite:
            raise ScenarioError(
                "--vary, --replicates, --jobs and --overwrite go with --export FILE.html; the page "
                "has sliders of its own"
            )
        from importlib.util import find_spec

        if find_spec("dash") is None:
            raise MarketError(
                "market explore needs Dash; install this package with its extra explore "
                "(from a checkout: pip install '.[explore]')"
            )
        from market.cli.terminal import say
        from market.explore.server import serve
        from market.explore.settings import WhatIf

        given = [*(set_ or []), *([] if seed is None else [f"seed={seed}"])]

        def announce(address: str) -> None:
            say(f"{scenario}: {address} (stop it with Ctrl-C)")
            if open_:
                typer.launch(address)

        serve(WhatIf(scenario, tuple(given)), port, announce)


def _export(
    scenario: str,
    set_: list[str] | None,
    seed: int | None,
    file: Path,
    vary: list[str] | None,
    replicates: int | None,
    jobs: int | None,
    overwrite: bool,
) -> None:
    from market.cli.terminal import complain, progress, say
    from market.explore.export import Plan
    from market.explore.export import export as write
    from market.scenario.files import load

    if not vary:
        raise ScenarioError(
            "--export: say what the sliders move with --vary PATH=VALUES, for example "
            "--vary arbitrageurs.routers.count=0:4"
        )

    def announce(planned: Plan) -> None:
        complain(f"{planned}")

    spec = load(scenario, set=set_ or [], seed=seed)
    with progress(spec.name) as tell:
        write(
            spec,
            file,
            vary,
            replicates=replicates,
            jobs=jobs,
            overwrite=overwrite,
            announce=announce,
            progress=tell,
        )
    size = file.stat().st_size
    say(f"{file}: {size / 1e3:,.0f} kB; open it in any browser, or mail it")
