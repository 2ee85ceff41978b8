"""The command `market export`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Json, names_of
from market.foundation.errors import ScenarioError, shown

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def export(
    result: Annotated[
        Path,
        typer.Argument(
            metavar="RESULT",
            help="Folder of a result, or a file with the output of market frontier --json.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For the files, to be made.")],
    figures: Annotated[
        str | None,
        typer.Option(
            metavar="svg,pdf,png",
            help="Write the charts of the report in these formats; needs the extra figures, and "
            "Chrome or Chromium.",
        ),
    ] = None,
    tables: Annotated[
        str | None,
        typer.Option(
            metavar="csv,xlsx,tex",
            help="Write tables in these formats; xlsx needs the extra tables.",
        ),
    ] = None,
    figure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only the chart with this file name; may be repeated."),
    ] = None,
    measures: Annotated[
        str | None, typer.Option(help="Only these measures in tables, separated by commas.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="A run to compare it with, such as one without arbitrageurs."
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Write a result's charts and tables as files, for papers and spreadsheets.

    Example: market export results/swebench --figures pdf --tables tex --out paper
    """
    with acting_on_errors():
        from market.foundation.atomic_files import require_free, whole_folder
        from market.measures.counted import counted
        from market.report import read_subject
        from market.report.export_tables import export_tables, measured
        from market.report.figure_files import FIGURE_FORMATS, named, require_kaleido, write_figures
        from market.report.sections import sections
        from market.report.table_files import TABLE_FORMATS, require_openpyxl, write_tables

        drawn = _formats(figures, "--figures", FIGURE_FORMATS)
        written = _formats(tables, "--tables", TABLE_FORMATS)
        if not drawn and not written:
            raise ScenarioError("--figures, --tables: say what to write, such as --tables csv")
        for option, given, needs in (
            ("--figure", figure, drawn),
            ("--measures", measures, written),
        ):
            if given is not None and not needs:
                family = "figures" if option == "--figure" else "tables"
                raise ScenarioError(f"{option}: chooses among {family}; give --{family} as well")
        require_free(out)
        if drawn:
            require_kaleido()
        if "xlsx" in written:
            require_openpyxl()
        subject = read_subject(result, against)
        wanted = _measures(names_of(measures, "--measures") or [], measured(subject))
        found = export_tables(subject, wanted) if written else []
        charts = _chosen(named(sections(subject)), figure or []) if drawn else {}
        with whole_folder(out) as draft:
            made = [file.name for file in write_tables(found, written, draft)]
            if charts:
                from market.cli.terminal import err

                with err.status("drawing"):
                    made += [file.name for file in write_figures(charts, drawn, draft)]
        if json_:
            print_json({"folder": str(out.resolve()), "files": sorted(made)})
            return
        from market.cli.terminal import say

        say(f"{counted(len(made), 'file')} in {out}:")
        for name in sorted(made):
            say(f"  {name}")


def _formats(given: str | None, option: str, known: Sequence[str]) -> list[str]:
    """Formats that are wanted, each once, in the order of those that there are."""
    wanted = names_of(given, option) or []
    for name in wanted:
        if name.lower() not in known:
            raise ScenarioError(f"{option} {shown(name)}: must be among {', '.join(known)}")
    return [form for form in known if form in {name.lower() for name in wanted}]


def _measures(wanted: list[str], known: list[str]) -> list[str]:
    """The present names of these measures."""
    from market.foundation.config import nearest
    from market.measures.old_names import current

    for name in map(current, wanted) if known else ():
        if name not in known:
            raise ScenarioError(f"--measures {name}: no such measure; {nearest(name, known)}")
    return [current(name) for name in wanted]


def _chosen(charts: "dict[str, Figure]", wanted: list[str]) -> "dict[str, Figure]":
    """The charts of these file names, or all."""
    for name in wanted:
        if Path(name).stem not in charts:
            raise ScenarioError(
                f"--figure {shown(name)}: no such chart; there are {', '.join(charts) or 'none'}"
            )
    kept = {Path(name).stem for name in wanted}
    return {name: chart for name, chart in charts.items() if not kept or name in kept}
