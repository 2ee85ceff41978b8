"""The command `market claims`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import AnySize, Dask, Folder, Jobs, Json
from market.cli.resumable import resumable


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
    folder: Folder = None,
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
        from market.foundation.atomic_files import require_writable, write_whole
        from market.foundation.ownership import require_page
        from market.studies.claims import judge
        from market.studies.claims.markdown import MARK, to_markdown

        if out is not None:
            require_page(out, MARK, "a page of market claims")
            require_writable(out, "--out", "file")
        with resumable(folder), progress("claims") as tell:
            report = judge(
                replicates=replicates,
                jobs=jobs,
                dask=dask,
                folder=folder,
                any_size=any_size,
                progress=tell,
            )
        held = AnswerFirst()
        held.ready()
        if out is not None:
            with held:
                write_whole(out, to_markdown(report))
        if json_:
            print_json(report.to_json())
        else:
            print_claims(report)
            if out is not None and held.written:
                say(f"Page: {out}")
        held.tell()
