"""The command that fits a scenario's parameters to figures."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.give_answer import AnswerFile, give_answer
from market.cli.options import (
    AnySize,
    Arbitrageurs,
    Folder,
    Jobs,
    Json,
    ScenarioArgument,
    Seed,
    Set,
    changes_of,
)
from market.cli.pages import Pages, ReportFile
from market.cli.resumable import resumable


def fit(
    scenario: ScenarioArgument,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE[+-ERROR]",
            help="A figure to reach, and its standard error (a tenth of it if not given): a "
            "measure of the market, or WHO.MEASURE, as A+B.revenue_share; may be repeated.",
        ),
    ] = None,
    free: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=LOW:HIGH",
            help="A parameter that may be moved, and its bounds, which behavioural parameters need "
            "not have; or `all` of these; may be repeated. Without any, they are listed.",
        ),
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=2, metavar="R", help="Runs at each point, on the same seeds.")
    ] = 4,
    set_: Set = None,
    arbitrageurs: Arbitrageurs = None,
    seed: Seed = None,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml", help="Also write a scenario that extends this one, as fitted."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the file of --out.")] = False,
    chart: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Also write a chart of losses and distances."),
    ] = None,
    report: ReportFile = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Fit parameters to figures that are known, and say which of them the figures tell.

    Simulated moments: the market is run on the same seeds at each point. What is found has
    intervals; parameters that the targets leave open, or do not tell apart, are named.

    Example: market fit duopoly --target arbitrage_share=0.3 --free arbitrageurs.router.awareness
    """
    with acting_on_errors():
        from market.scenario.files import load
        from market.scenario.interventions import overriding

        pages = Pages(chart, report).require()
        if out is not None:
            _require_new(out, overwrite, scenario)
        spec = load(scenario, set=changes_of(scenario, set_, arbitrageurs), seed=seed)

        from market.cli.print_answer import print_answer
        from market.cli.terminal import progress
        from market.findings import of_fit, parts_of_fit
        from market.studies.fit.run_fit import fit as fit_all

        with resumable(folder), progress(spec.name) as tell:
            found = fit_all(
                spec,
                target or [],
                free or [],
                replicates=replicates,
                jobs=jobs,
                folder=folder,
                any_size=any_size,
                progress=tell,
            )
        answer = found.to_json()
        said = of_fit(answer)
        answer["verdict"] = list(said.sentences)
        give_answer(
            answer,
            lambda: print_answer(said, parts_of_fit(answer)),
            [
                AnswerFile("Scenario as fitted", out, replace(found, source=scenario).save, "file"),
                *pages.files("fit", answer, said, spec),
            ],
            json_=json_,
            notes=overriding(spec, found.values),
        )


def _require_new(out: Path, overwrite: bool, scenario: str) -> None:
    """Refuse, before any run, a file that may not be written, or that is the scenario's own."""
    from market.foundation.atomic_files import require_writable
    from market.foundation.errors import ScenarioError

    if out.suffix != ".toml":
        raise ScenarioError(f"--out {out}: name a file that ends in .toml")
    require_writable(out, "--out", "file")
    sources = (Path(scenario), Path(f"{scenario}.toml"))
    if any(path.is_file() and out.exists() and out.samefile(path) for path in sources):
        raise ScenarioError(f"--out {out}: is the scenario itself, which it extends; name another")
    if out.exists() and not (overwrite and out.is_file()):
        way_out = "replace it with --overwrite" if out.is_file() else "it is no file"
        raise ScenarioError(f"--out {out}: exists already; name another file, or {way_out}")
