"""The command `market calibrate`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import (
    Json,
    Keep,
    MergeRuns,
    Models,
    SolvedAt,
    names_of,
    pair_of,
    pairs_of,
    reading_of,
)


def calibrate(
    records: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="Attempt records, or any file or folder that market import reads.",
        ),
    ],
    classes: Annotated[
        int | None, typer.Option(metavar="K", help="Number of problem classes.")
    ] = None,
    one_attempt: Annotated[
        bool,
        typer.Option(
            "--one-attempt",
            help="Instead of --classes: attempts always come out the same, as of chat models at "
            "temperature 0, so none is made twice. A class for each domain and each set of models "
            "that solve.",
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="PACK", help="Folder for the pack, to be made.")
    ] = None,
    save: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Instead of --out: keep it among your own packs, found by NAME."
        ),
    ] = None,
    models: Models = None,
    provider: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL=NAME", help="Who provides a model; may be repeated."),
    ] = None,
    title: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL=TEXT", help="A model's full name; may be repeated."),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Source of the records, as a note.")] = None,
    date: Annotated[str | None, typer.Option(help="Date of the records, as a note.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the records, as a note.")] = None,
    pair: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL,MODEL",
            help="Two models whose margin is checked; by default the two that solve most.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed for the classes.")] = 0,
    solved_at: SolvedAt = None,
    merge_runs: MergeRuns = False,
    keep: Keep = None,
    json_: Json = False,
) -> None:
    """Condense attempt records into problem classes.

    The classes keep the market's economics: prices, costs and margins.

    Example: market calibrate records/ --classes 128 --out packs/mine
    """
    with acting_on_errors():
        from market.calibration.calibrate import calibrate_records
        from market.cli.print_calibration import print_calibration
        from market.cli.terminal import err, say
        from market.foundation.atomic_files import require_free
        from market.foundation.errors import DataError
        from market.importers.cached import as_records
        from market.population.pack_folders import folder_for

        reading = reading_of(solved_at, merge_runs, keep)
        chosen, two = names_of(models), pair_of(pair)
        providers, titles = pairs_of(provider, "--provider"), pairs_of(title, "--title")
        if one_attempt == (classes is not None):
            raise DataError(
                "--classes, --one-attempt: give one of them: how many problem classes, or that "
                "attempts always come out the same"
            )
        if (out is None) == (save is None):
            raise DataError(
                "--out, --save: give one of them: a folder for the pack, or a name among your own"
            )
        target = Path(folder_for(save)) if save is not None else Path(str(out))
        require_free(target)
        with err.status("calibrating"):
            calibration = calibrate_records(
                as_records(records, "refuse" if reading is None else reading.repeats),
                classes,
                target,
                models=chosen,
                providers=providers,
                titles=titles,
                source=source,
                date=date,
                licence=licence,
                pair=two,
                seed=seed,
                reading=reading,
            )
        if json_:
            told = {"fit": calibration.fit.to_json(), "evidence": list(calibration.evidence)}
            print_json({"folder": str(target.resolve()), **told})
        else:
            print_calibration(calibration, str(target))
            if save is not None:
                say(f"Your own pack {save}: market frontier {save}")
