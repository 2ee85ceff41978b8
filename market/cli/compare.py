"""The command `market compare`."""

from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import Dask, Jobs, Json, Overwrite, ScenarioArgument
from market.foundation.errors import ScenarioError


def compare(
    a: ScenarioArgument,
    b: Annotated[
        str | None,
        typer.Argument(
            metavar="B", help="Second scenario; by default the first, changed by --set."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set one value of the second scenario; may be repeated.",
        ),
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=1, metavar="R", help="Runs of each scenario, on the same seeds.")
    ] = 20,
    resample: Annotated[
        bool,
        typer.Option(
            help="Run both on resampled problems too, to say how sure the sample of problems is."
        ),
    ] = True,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the first replicate, instead of the scenario's."),
    ] = None,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables, both scenarios and a manifest.")
    ] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Compare two scenarios that run on the same seeds.

    Shows what changes, and who gains and who loses.

    Example: market compare swebench --set arbitrageurs.routers.count=0
    """
    with acting_on_errors():
        from market.foundation.atomic_files import require_free, whole_folder
        from market.scenario.files import load

        if b is None and not set_:
            raise ScenarioError(
                f"{a}: nothing to compare it with; name a second scenario, or change this one "
                "with --set"
            )
        first, second = load(a, seed=seed), load(b or a, set=set_ or [])
        if out is not None:
            require_free(out, overwrite)

        from market.cli.print_study import print_comparison
        from market.cli.terminal import progress, say
        from market.studies.comparison import compare as run_both

        with progress(f"{first.name}, {second.name}") as tell:
            found = run_both(
                first,
                second,
                replicates=replicates,
                resample=resample,
                jobs=jobs,
                dask=dask,
                progress=tell,
            )
        if out is not None:
            with whole_folder(out, overwrite) as draft:
                found.write(draft)
        if json_:
            from market.findings.of_results import comparison_verdict

            told = {"assumed": list(found.assumed)} if found.assumed else {}
            told["verdict"] = list(comparison_verdict(found).sentences)
            frames = {name: frame.to_dict("records") for name, frame in found.frames.items()}
            print_json({**frames, **told, "folder": None if out is None else str(out.resolve())})
            return
        changed = f" with {', '.join(set_)}" if set_ else ""
        print_comparison(found, (a, f"{b or a}{changed}"))
        if out is not None:
            say(f"Comparison: {out}")
