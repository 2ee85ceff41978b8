"""The command that asks what a release earns."""

from typing import Annotated

import typer

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import (
    AnySize,
    ChartFile,
    Dask,
    Folder,
    Jobs,
    Json,
    ScenarioArgument,
    Seed,
    Set,
    counts_of,
    require_chart_file,
)
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
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """See what a new model earns, and from whom, by number of arbitrageurs.

    The market into which a provider enters at a tick is run with it and without it, on the same
    seeds. Let an incumbent release the model by a merger with the provider that sells it.

    Example: market release release --set 'merge=["OpenAI", "Challenger"]'
    """
    with acting_on_errors():
        require_chart_file(chart)
        counts = counts_of(arbitrageurs)

        from market.cli.print_release import print_release
        from market.cli.terminal import progress, say
        from market.findings import of_release
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
        held = AnswerFirst()
        held.ready()
        answer = found.to_json()
        said = of_release(answer, spec.description)
        answer["verdict"] = list(said.sentences)
        if chart is not None:
            from market.charts import release_chart, release_frames, write_chart

            with held:
                write_chart(release_chart(release_frames(answer), spec.description), chart)
        if json_:
            print_json(answer)
        else:
            print_release(answer, said)
            if chart is not None and held.written:
                say(f"Chart: {chart}")
        held.tell()
