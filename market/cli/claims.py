"""The command `market claims`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Dask, Jobs, Json
from market.foundation.errors import ScenarioError


def claims(
    replicates: Annotated[
        int, typer.Option(min=2, metavar="R", help="Seeds of each market; runs are paired by seed.")
    ] = 10,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the findings as Markdown."),
    ] = None,
    json_: Json = False,
) -> None:
    """Test the claims about markets with arbitrage.

    Each holds, is reversed or is undecided.

    Example: market claims --out claims.md
    """
    with acting_on_errors():
        from market.cli.print_study import print_claims
        from market.cli.terminal import progress
        from market.foundation.atomic_files import write_whole
        from market.foundation.ownership import has_mark
        from market.studies.claims import judge
        from market.studies.claims.markdown import MARK, to_markdown

        if out is not None and (out.exists() or out.is_symlink()) and not has_mark(out, MARK):
            raise ScenarioError(
                f"--out {out}: is not a page of market claims and is not replaced; "
                "name another file"
            )
        with progress("claims") as tell:
            report = judge(replicates=replicates, jobs=jobs, dask=dask, progress=tell)
        if out is not None:
            write_whole(out, to_markdown(report))
        if json_:
            print_json(report.to_json())
            return
        print_claims(report)
        if out is not None:
            typer.echo(f"Page: {out}")
