"""The command `market claims`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Dask, Jobs, Json
from market.foundation.errors import ScenarioError


def claims(
    replicates: Annotated[
        int, typer.Option(min=2, metavar="R", help="Seeds of each market, paired.")
    ] = 10,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the page, as Markdown.")
    ] = None,
    json_: Json = False,
) -> None:
    """Put the claims about markets with arbitrage to the test: holds, reversed or undecided.

    Example: market claims --out claims.md
    """
    with acting_on_errors():
        from market.cli.print_run import out as screen
        from market.cli.print_run import plain_table, progress
        from market.foundation.atomic_files import write_whole
        from market.foundation.ownership import has_mark
        from market.studies.claims import judge
        from market.studies.claims.markdown import MARK, tally, to_markdown, written

        if out is not None and (out.exists() or out.is_symlink()) and not has_mark(out, MARK):
            raise ScenarioError(
                f"--out {out}: is no page of market claims and is not replaced; name another file"
            )
        with progress("claims", 100) as tell:
            report = judge(
                replicates=replicates,
                jobs=jobs,
                dask=dask,
                progress=lambda done, total: tell(100 * done / total),
            )
        if out is not None:
            write_whole(out, to_markdown(report))
        if json_:
            print_json(report.to_json())
            return
        for n, (claim, findings) in enumerate(report.findings, 1):
            counts = ", ".join(
                f"{count} {verdict}"
                for count, verdict in zip(
                    tally(findings), ("hold", "reversed", "undecided"), strict=True
                )
                if count
            )
            table = plain_table(
                f"{n}. {claim.title} ({counts})",
                ["experiment", "demand"],
                ["difference", "95% interval", ""],
            )
            for found in findings:
                table.add_row(
                    found.says,
                    found.demand,
                    written(found.difference),
                    f"{written(found.low)} to {written(found.high)}",
                    found.verdict,
                )
            screen.print(table)
        screen.print(
            f"{report.runs} runs, {report.replicates} seeds of each market; "
            "intervals are of paired differences"
        )
        if out is not None:
            screen.print(f"Page: {out}")
