"""The command `market report`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Json
from market.foundation.formats import REPORT


def report(
    result: Annotated[
        Path,
        typer.Argument(
            metavar="RESULT",
            help="Folder of a result, or a file with the output of market frontier --json.",
        ),
    ],
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="A run to compare it with, such as one without arbitrageurs."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="By default report.html in the folder, or RESULT.html."),
    ] = None,
    json_: Json = False,
) -> None:
    """Write a result as one HTML page with charts.

    The page works without a network.

    Example: market report results/swebench
    """
    with acting_on_errors():
        from market.cli.terminal import say
        from market.report import read_subject, write_report

        subject = read_subject(result, against)
        page = out or (result / REPORT if result.is_dir() else result.with_suffix(".html"))
        write_report(subject, page)
        if json_:
            print_json({"report": str(page.resolve()), "kind": subject.kind})
        else:
            say(f"Report: {page}")
