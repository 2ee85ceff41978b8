"""The command that makes records of other people's files."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import (
    Json,
    Keep,
    MergeRuns,
    names_of,
    numbers_of,
    pairs_of,
    reading_of,
)
from market.cli.reprice import Date, PriceNames


def import_(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A file or a folder.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for the records, to be made.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="Which format it is; else by structure."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    solved_at: Annotated[
        float | None,
        typer.Option(
            metavar="SCORE",
            help="Score from which on an attempt counts as solved; by default scores are kept, and "
            "who reads the records decides.",
        ),
    ] = None,
    prices: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.csv",
            help="Price tokens by this list (model,input,output[,cached,written], USD per million "
            "tokens) even where the source has costs; `list` for the one of genai-prices, which is "
            "used anyway where there are tokens and no costs.",
        ),
    ] = None,
    price_name: PriceNames = None,
    date: Date = None,
    cost_per_problem: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL=USD",
            help="What an attempt costs where there are neither costs nor tokens; may be repeated.",
        ),
    ] = None,
    merge_runs: MergeRuns = False,
    keep: Keep = None,
    metric: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which score counts (reward, scorer, metric)."),
    ] = None,
    filter_: Annotated[
        str | None,
        typer.Option("--filter", metavar="NAME", help="lm-evaluation-harness: filter that counts."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="mini-swe-agent: SWE-bench's report of what is solved."),
    ] = None,
    model_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The model, where the source is of one.")
    ] = None,
    problem: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tables: the problem's id.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tables: the model's name.")
    ] = None,
    solved: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tables: solved or not, or a score.")
    ] = None,
    cost: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tables: US dollars of the attempt.")
    ] = None,
    tokens_in: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Tables: input tokens, the cached ones included."),
    ] = None,
    tokens_out: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Tables: output tokens, or a number for all."),
    ] = None,
    tokens_cached: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tables: tokens read from a cache.")
    ] = None,
    attempt: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Tables: which attempt it is; without it each row is an attempt of its own.",
        ),
    ] = None,
    domain: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tables: the problem's domain.")
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMNS",
            help="Tables: numbers that a router may see of a problem, separated by commas.",
        ),
    ] = None,
    wide: Annotated[
        bool,
        typer.Option(
            "--wide",
            help="Tables: a row for each problem, with columns MODEL and MODEL|cost (or --models).",
        ),
    ] = False,
    models: Annotated[
        str | None,
        typer.Option(metavar="COLUMNS", help="Wide tables: which columns are models."),
    ] = None,
    json_: Json = False,
) -> None:
    """Make attempt records of other people's files.

    Known are records of this program, Harbor and Terminal-Bench 2, tau2-bench, mini-swe-agent with
    a SWE-bench report, the file of SWE-bench's leaderboard, Inspect AI, lm-evaluation-harness,
    RouterArena, RouterBench, and any CSV or Parquet. MODEL with = or a double quote in its name
    stands in double quotes.

    Example: market import runs/ --out records/mine
    """
    with acting_on_errors():
        from market.cli.print_imports import print_import
        from market.cli.terminal import progress
        from market.foundation.atomic_files import require_free
        from market.foundation.errors import DataError
        from market.importers.attempts import ImportOptions
        from market.importers.imported import ImportPlan, import_source
        from market.importers.own_prices import price_list
        from market.importers.pricing import Pricing
        from market.importers.token_prices import require_date

        if out is None and not dry_run:
            raise DataError("--out is missing: name a folder for the records, or use --dry-run")
        if out is not None and not dry_run:
            require_free(out)
        reading = reading_of(solved_at, merge_runs, keep)
        plan = ImportPlan(
            source,
            ImportOptions(
                problem,
                model,
                solved,
                cost,
                tokens_in,
                tokens_out,
                tokens_cached,
                attempt,
                domain,
                tuple(names_of(features, "--features") or ()),
                model_name,
                tuple(names_of(models) or ()),
                wide,
                metric,
                filter_,
                report,
            ),
            format_,
            solved_at,
            reading.repeats if reading is not None else "refuse",
            Pricing(
                price_list(prices),
                numbers_of(cost_per_problem, "--cost-per-problem"),
                pairs_of(price_name, "--price-name"),
                require_date(date) if date is not None else None,
            ),
        )
        with progress("reading", "bytes") as tell:
            summary = import_source(plan, None if dry_run else out, tell)
        if json_:
            print_json(summary.to_json() | {"folder": None if dry_run else str(out)})
        else:
            print_import(summary, None if dry_run else out)
