"""The command line: parse, call, print. Heavy imports happen inside the commands."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.answer_first import AnswerFirst
from market.cli.arguments import PrintableArguments
from market.cli.cite import cite
from market.cli.claims import claims
from market.cli.compare import TakesPairs, compare
from market.cli.economics import calibrate, frontier, packs, paper
from market.cli.equilibrium import equilibrium
from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.explore import explore
from market.cli.export import export
from market.cli.fit import fit
from market.cli.imports import import_
from market.cli.learn import learn
from market.cli.options import (
    AnySize,
    Arbitrageurs,
    Json,
    Overwrite,
    ScenarioArgument,
    Seed,
    Set,
    changes_of,
)
from market.cli.regret import regret
from market.cli.release import release
from market.cli.report import report
from market.cli.reprice import reprice
from market.cli.router import router
from market.cli.scenarios import check, scenarios, schema, verbs
from market.cli.sweep import sweep
from market.foundation.errors import RunError, ScenarioError
from market.foundation.formats import REPORT

if TYPE_CHECKING:
    from market.results.run_result import RunResult
    from market.scenario.schema import Scenario

app = typer.Typer(
    cls=PrintableArguments,
    name="market",
    help="Simulate markets for AI models: providers, arbitrageurs and consumers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from market import __version__

        typer.echo(f"market {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate markets for AI models: providers, arbitrageurs and consumers."""


@app.command()
def run(
    scenario: ScenarioArgument,
    set_: Set = None,
    arbitrageurs: Arbitrageurs = None,
    seed: Seed = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the result; by default the next free results/NAME-N."),
    ] = None,
    overwrite: Overwrite = False,
    baseline: Annotated[
        bool,
        typer.Option(
            help="Also run the market without arbitrageurs, on the same queries, to compare."
        ),
    ] = True,
    report: Annotated[
        bool,
        typer.Option("--report", help="Also write report.html, a page of charts."),
    ] = False,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Simulate a market, print a summary and write its tables.

    Example: market run swebench --arbitrageurs 4
    """
    with acting_on_errors():
        from market.foundation.atomic_files import free_folder, whole_folder
        from market.scenario.files import load
        from market.scenario.interventions import without_arbitrageurs
        from market.scenario.workload import require_feasible, workload

        spec = load(scenario, set=changes_of(scenario, set_, arbitrageurs), seed=seed)
        if not any_size:
            require_feasible(workload(spec), spec.name)
        folder = out if out is not None else free_folder(Path("results"), spec.name)
        compared = baseline and any(group.count for group in spec.arbitrageurs)
        held, page = AnswerFirst(), AnswerFirst()
        with held, whole_folder(folder, overwrite) as draft:
            result = _simulate(spec, spec.name)
            twin = None
            if compared:
                twin = _simulate(without_arbitrageurs(spec), "without arbitrageurs")
            held.ready()
            page.ready()
            result.write(draft)
            if report:
                with page:
                    _write_run_report(draft, twin, folder)
        if json_:
            print_json(_run_as_json(result, twin, folder if held.written else None))
        else:
            from market.cli.print_run import print_run
            from market.cli.terminal import say

            print_run(result, twin, str(folder) if held.written else None)
            if report and held.written and page.written:
                say(f"Report: {folder / REPORT}")
        held.tell()
        page.tell()


def _simulate(spec: "Scenario", title: str) -> "RunResult":
    # Mesa and pandas take a while to import: only now, when the input is known to be right
    from market.cli.terminal import progress
    from market.simulation.model import run as simulate

    with progress(title, "ticks") as tell:
        return simulate(spec, lambda done: tell(done, spec.ticks))


def _run_as_json(
    result: "RunResult", twin: "RunResult | None", folder: Path | None
) -> dict[str, Any]:
    from market.findings.of_results import run_verdict

    answer: dict[str, Any] = {
        "verdict": list(run_verdict(result, twin).sentences),
        "summary": result.summary,
        "agents": result.agents,
        "scenario": result.scenario.model_dump(mode="json"),
        "folder": None if folder is None else str(folder.resolve()),
    }
    if result.scenario.assumed:
        answer["assumed"] = list(result.scenario.assumed)
    if result.warnings:
        answer["warnings"] = list(result.warnings)
    if twin is not None:
        answer["without_arbitrageurs"] = {"summary": twin.summary, "agents": twin.agents}
    return answer


def _write_run_report(draft: Path, twin: "RunResult | None", folder: Path) -> None:
    """Write the page into the draft of a result's folder; where it cannot be, all else is kept."""
    from market.report import read_subject, write_report

    try:
        if twin is None:
            write_report(read_subject(draft), draft / REPORT)
            return
        with TemporaryDirectory() as beside:
            twin.write(Path(beside))
            write_report(read_subject(draft, beside), draft / REPORT)
    except (OSError, RunError, ScenarioError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        raise RunError(
            f"{folder / REPORT}: cannot be written ({getattr(cause, 'strerror', cause or error)}); "
            f"the result is kept: free some space, then: market report {folder}"
        ) from error


for command in (frontier, paper, calibrate, packs, sweep, claims, explore, export, cite):
    app.command()(command)
app.command(cls=TakesPairs)(compare)
app.command("import")(import_)
app.command()(reprice)
app.command()(router)
app.command()(learn)
app.command()(regret)
app.command()(equilibrium)
app.command()(release)
app.command()(fit)
app.command()(report)
app.command()(scenarios)
app.command()(check)
app.command()(verbs)
app.command()(schema)
for known in app.registered_commands:  # else the list of commands cuts what does not fit a line
    known.short_help = (known.callback.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    app()
