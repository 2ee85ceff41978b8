"""The command `market claims`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.interrupts import INTERRUPTED
from market.cli.options import AnySize, Dask, Jobs, Json
from market.foundation.errors import ScenarioError


def claims(
    replicates: Annotated[
        int, typer.Option(min=2, metavar="R", help="Seeds of each market; runs are paired by seed.")
    ] = 5,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the findings as Markdown."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep each run there as it ends; runs that are there already are not repeated.",
        ),
    ] = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Test the claims about markets with arbitrage.

    Each experiment holds, is reversed or is undecided, on the assumptions of the
    page and under others. It takes half an hour on two cores; with --folder, the
    same command resumes one that was stopped.

    Example: market claims --out claims.md --folder claims-runs
    """
    with acting_on_errors():
        from market.cli.print_claims import print_claims
        from market.cli.terminal import progress, say
        from market.foundation.atomic_files import write_whole
        from market.foundation.ownership import has_mark
        from market.studies.claims import judge
        from market.studies.claims.markdown import MARK, to_markdown

        if out is not None and (out.exists() or out.is_symlink()) and not has_mark(out, MARK):
            raise ScenarioError(
                f"--out {out}: is not a page of market claims and is not replaced; "
                "name another file"
            )
        with _resumable(folder), progress("claims") as tell:
            report = judge(
                replicates=replicates,
                jobs=jobs,
                dask=dask,
                folder=folder,
                any_size=any_size,
                progress=tell,
            )
        if out is not None:
            write_whole(out, to_markdown(report))
        if json_:
            print_json(report.to_json())
            return
        print_claims(report)
        if out is not None:
            say(f"Page: {out}")


@contextmanager
def _resumable(folder: Path | None) -> Iterator[None]:
    """After an interrupt, say that what is kept is not run again."""
    try:
        yield
    except KeyboardInterrupt:
        if folder is None:
            raise
        typer.echo(
            f"interrupted; the runs that ended are kept in {folder}: repeat the command to resume",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None
