"""The command that asks what a release earns."""

from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.give_answer import give_answer
from market.cli.options import (
    AnySize,
    Dask,
    Folder,
    Jobs,
    Json,
    ScenarioArgument,
    Seed,
    Set,
    counts_of,
)
from market.cli.pages import ChartFile, Pages, ReportFile
from market.cli.resumable import resumable


def release(
    scenario: ScenarioArgument,
    provider: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The provider whose entry it is, where several enter."),
    ] = None,
    arbitrageurs: Annotated[
        str,
        typer.Option(
            metavar="N,N,...", help="Numbers of arbitrageurs; the others are set beside the first."
        ),
    ] = "0,1,2,4",
    set_: Set = None,
    seed: Seed = None,
    replicates: Annotated[
        int, typer.Option(min=2, metavar="R", help="Seeds of each market; runs are paired by seed.")
    ] = 10,
    jobs: Jobs = None,
    dask: Dask = None,
    folder: Folder = None,
    chart: ChartFile = None,
    report: ReportFile = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """See what a new model earns, and from whom, by number of arbitrageurs.

    The market into which a provider enters at a tick is run with it and without it, on the same
    seeds. Let an incumbent release the model by a merger with the provider that sells it.

    Example: market release release --set 'merge=["OpenAI", "Challenger"]'
    """
    with acting_on_errors():
        pages = Pages(chart, report).require()
        counts = counts_of(arbitrageurs)

        from market.cli.print_answer import print_answer
        from market.cli.terminal import progress
        from market.findings import of_release, parts_of_release
        from market.scenario.files import load
        from market.studies.run_release import release as run_all

        spec = load(scenario, set=set_ or [], seed=seed)
        with resumable(folder), progress(spec.name) as tell:
            found = run_all(
                spec,
                provider=provider,
                arbitrageurs=counts,
                replicates=replicates,
                jobs=jobs,
                dask=dask,
                folder=folder,
                any_size=any_size,
                progress=tell,
            )
        answer = found.to_json()
        said = of_release(answer, spec.description)
        answer["verdict"] = list(said.sentences)
        give_answer(
            answer,
            lambda: print_answer(said, parts_of_release(answer)),
            pages.files("release", answer, said, spec, spec.description),
            json_=json_,
        )
