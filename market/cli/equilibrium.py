"""The command that finds prices at rest."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.give_answer import give_answer
from market.cli.options import (
    AnySize,
    Json,
    ScenarioArgument,
    Seed,
    Set,
    counts_of,
    names_of,
)
from market.cli.pages import ChartFile, Pages, ReportFile

if TYPE_CHECKING:
    from market.equilibrium.mergers import Merging


class Prices(StrEnum):
    """At which prices elasticities and the like are measured."""

    REST = "rest"
    TODAY = "today"


def equilibrium(
    scenario: ScenarioArgument,
    at: Annotated[
        Prices,
        typer.Option(
            help="Where elasticities and the like are measured: at rest, or at the prices that the "
            "scenario's rules post at first."
        ),
    ] = Prices.REST,
    merge: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B|all",
            help="Let the owners of two providers merge, or any two; may be repeated.",
        ),
    ] = None,
    arbitrageurs: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,...",
            help="Numbers of arbitrageurs, side by side; by default those of the scenario.",
        ),
    ] = None,
    prices: Annotated[
        int,
        typer.Option(
            min=3,
            max=100,
            metavar="M",
            help="Prices of each provider that best replies are followed on where there is no "
            "equilibrium.",
        ),
    ] = 15,
    resamples: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="R",
            help="Draw problems and buyers anew so often, for intervals; each takes as long as the "
            "market itself, mergers included.",
        ),
    ] = 0,
    set_: Set = None,
    seed: Seed = None,
    chart: ChartFile = None,
    report: ReportFile = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Find prices from which no provider gains by moving alone, and how they press on each other.

    Elasticities, diversion, Lerner indices, pass-through, upward pricing pressure, and what
    mergers would do, while arbitrageurs route and undercut to their rest.

    Example: market equilibrium duopoly --arbitrageurs 0,1,3 --merge all
    """
    with acting_on_errors():
        from market.cli.print_answer import print_answer
        from market.cli.terminal import progress
        from market.equilibrium.as_json import equilibrium_as_json
        from market.equilibrium.price_equilibrium import equilibrium as found_of
        from market.findings import of_equilibrium, parts_of_equilibrium
        from market.scenario.files import arbitrageurs_override, load
        from market.scenario.workload import equilibrium_workload, require_feasible

        pages = Pages(chart, report).require()
        merging = _merging(merge)
        pairs = 10**6 if merging == "all" else len(merging)
        spec = load(scenario, set=set_ or [], seed=seed)
        specs = [spec]
        if arbitrageurs is not None:
            changes = [
                arbitrageurs_override(scenario, n, "--arbitrageurs")
                for n in counts_of(arbitrageurs)
            ]
            specs = [load(scenario, set=[*(set_ or []), one], seed=seed) for one in changes]
        if not any_size:
            for one in specs:
                size = equilibrium_workload(one, prices, resamples, pairs, len(specs))
                require_feasible(size, f"equilibrium of {spec.name}")
        found = []
        with progress(spec.name, "markets") as tell:
            for k, one in enumerate(specs):

                def done(markets: int, of: int, before: int = k) -> None:
                    tell(before * of + markets, len(specs) * of)

                found.append(
                    found_of(
                        one,
                        at=at.value,
                        merge=merging,
                        prices=prices,
                        resamples=resamples,
                        progress=done,
                    )
                )
        answer = equilibrium_as_json(spec.name, found)
        said = of_equilibrium(answer)
        answer["verdict"] = list(said.sentences)
        give_answer(
            answer,
            lambda: print_answer(said, parts_of_equilibrium(answer)),
            pages.files("equilibrium", answer, said, spec),
            json_=json_,
        )


def _merging(asked: list[str] | None) -> "Merging":
    from market.foundation.errors import DataError

    if asked is not None and "all" in [text.strip() for text in asked]:
        return "all"
    pairs = []
    for text in asked or []:
        names = names_of(text, "--merge") or []
        if len(names) != 2:
            raise DataError(f"--merge {text}: name two providers, as A,B, or write --merge all")
        pairs.append((names[0], names[1]))
    return pairs
