"""The command `market cite`."""

from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Json


def cite(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="FOLDER|SCENARIO",
            help="Folder of a run, a sweep or a comparison, or a scenario; nothing for the program "
            "alone.",
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Print what to state and cite: version, scenario digest, data with licence, BibTeX.

    Example: market cite results/swebench
    """
    with acting_on_errors():
        from dataclasses import asdict

        from market import __version__
        from market.cli.citation import PAPER, cited, software
        from market.cli.terminal import out

        found, made = ([], None) if what is None else cited(what)
        version = made or __version__
        entries = [software(version, found), PAPER]
        if json_:
            stated = [asdict(one) for one in found]
            print_json({"version": version, "scenarios": stated, "bibtex": entries})
            return
        out.print(
            f"market {version}" + (f", read by {__version__}" if version != __version__ else "")
        )
        for one in found:
            out.print(f"Scenario {one.name}, digest {one.digest}, seed {one.seed}")
            for key, text in one.population.items():
                out.print(f"  {key}: {text}")
        for entry in entries:
            out.print("")
            out.print(entry)
