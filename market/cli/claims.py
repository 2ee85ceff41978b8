"""The command `market claims`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import AnySize, Dask, Folder, Jobs, Json, counts_of
from market.cli.resumable import resumable


def claims(
    replicates: Annotated[
        int, typer.Option(min=2, metavar="R", help="Seeds of each market; runs are paired by seed.")
    ] = 5,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,...",
            help="Test these claims alone, by their numbers; a page that --out names keeps the "
            "others.",
        ),
    ] = None,
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
        from market.foundation.errors import MarketError
        from market.foundation.ownership import require_page
        from market.foundation.text_files import file_is_there, read_text
        from market.studies.claims import judge
        from market.studies.claims.list import CLAIMS, by_number
        from market.studies.claims.markdown import MARK, to_markdown
        from market.studies.claims.merging import merged

        asked = CLAIMS if only is None else by_number(counts_of(only, "--only", "1,12"))
        if out is not None:
            require_page(out, MARK, "a page of market claims")
            require_writable(out, "--out", "file")
        with resumable(folder), progress("claims") as tell:
            report = judge(
                claims=asked,
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
                kept = only is not None and file_is_there(out)
                before = read_text(out, MarketError) if kept else ""
                write_whole(out, merged(before, report) if kept else to_markdown(report))
        if json_:
            print_json(report.to_json())
        else:
            print_claims(report)
            if out is not None and held.written:
                say(f"Page: {out}")
        held.tell()
