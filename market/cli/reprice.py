"""The command that makes records at other prices."""

import math
from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Json, pairs_of

PriceNames = Annotated[
    list[str] | None,
    typer.Option(metavar="MODEL=NAME", help="What the price list calls a model; may be repeated."),
]
Date = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="Date of the prices, where the list is dated."),
]


def reprice(
    records: Annotated[Path, typer.Argument(metavar="RECORDS", help="Folder of attempt records.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For the new records, to be made.")],
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Reprice this model only; the others stay as they are."),
    ] = None,
    input_: Annotated[
        float | None,
        typer.Option("--input", metavar="USD", help="Of a million input tokens of --model."),
    ] = None,
    output: Annotated[
        float | None,
        typer.Option("--output", metavar="USD", help="Of a million output tokens of --model."),
    ] = None,
    cached: Annotated[
        float | None,
        typer.Option(
            "--cached", metavar="USD", help="Of a million tokens read from a cache; else --input."
        ),
    ] = None,
    factor: Annotated[
        float | None,
        typer.Option(metavar="F", help="Times the cost of before: for records without tokens."),
    ] = None,
    date: Date = None,
    prices: Annotated[
        str | None,
        typer.Option(metavar="FILE.csv", help="A list of one's own, as for market import."),
    ] = None,
    price_name: PriceNames = None,
    json_: Json = False,
) -> None:
    """Make new records at other prices: today's, those of a date, or one model's.

    Tokens are priced by the list of genai-prices, without a network, or by --prices.

    Example: market reprice records/mine --model gpt-5-mini --input 0.25 --output 2 --out cheaper
    """
    with acting_on_errors():
        from market.cli.print_imports import print_import
        from market.cli.terminal import progress
        from market.foundation.errors import DataError
        from market.importers.own_prices import OneModel, price_list
        from market.importers.reprice import Repricing, reprice_records
        from market.importers.token_prices import require_date

        for option, value in (
            ("input", input_),
            ("output", output),
            ("cached", cached),
            ("factor", factor),
        ):
            if value is not None and not 0 <= value < math.inf:
                raise DataError(f"--{option} {value:g}: must be a number from 0 up")
        listed = price_list(prices)
        if (input_ is None) != (output is None) or (cached is not None and input_ is None):
            raise DataError("--input and --output: give both, in USD per million tokens")
        if input_ is not None and output is not None:
            if model is None:
                raise DataError("--input and --output: say of which model, with --model")
            listed = OneModel(model, input_, output, input_ if cached is None else cached)
        if factor is not None and (listed is not None or date is not None):
            raise DataError("--factor: is all there is to a price; leave out the others")
        wanted = Repricing(
            None if model is None else frozenset((model,)),
            listed,
            factor,
            require_date(date) if date is not None else None,
            pairs_of(price_name, "--price-name"),
        )
        with progress("reading", "bytes") as tell:
            summary = reprice_records(records, out, wanted, tell)
        if json_:
            print_json(summary.to_json() | {"folder": str(out)})
        else:
            print_import(summary, out)
