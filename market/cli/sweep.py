"""The command `market sweep`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import RUN_FAILED, acting_on_errors, complain
from market.cli.interrupts import INTERRUPTED
from market.cli.options import (
    AnySize,
    Arbitrageurs,
    Dask,
    Jobs,
    Json,
    Seed,
    Set,
    changes_of,
    names_of,
)
from market.foundation.errors import ScenarioError

if TYPE_CHECKING:
    from market.studies.run_sweep import Tally
    from market.studies.study import Study


def sweep(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a .toml file."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUES",
            help="Values to try: 0:6 (0 to 6), 0:1:5 (5 points from 0 to 1) or 0.1,0.2; may be "
            "repeated. Replaces what the scenario's [sweep] varies.",
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(help="grid (default), list, latin_hypercube, morris or sobol."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(metavar="N", help="Size of a sampled design.")
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(metavar="R", help="Runs at each design point.")
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUE",
            help="The design point to compare with, by default the first; may be repeated.",
        ),
    ] = None,
    set_: Set = None,
    arbitrageurs: Arbitrageurs = None,
    seed: Seed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the study; by default the next free results/NAME-sweep-N. "
            "A study that is already there is resumed."
        ),
    ] = None,
    keep: Annotated[
        str, typer.Option(help="What to keep of each run: tables, or only its summary.")
    ] = "tables",
    overwrite: Annotated[bool, typer.Option(help="Replace a study in the --out folder.")] = False,
    resume: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Resume a study that was stopped.")
    ] = None,
    status: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Show what a study has found so far; runs nothing."),
    ] = None,
    measures: Annotated[
        str | None, typer.Option(help="Names of the measures to print, separated by commas.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write all tables as CSV files.")
    ] = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Run a scenario at many design points and compare them.

    A sweep that was stopped can be resumed: give the same command with the same --out, or use
    --resume. Exit code 1 if any run failed.

    Example: market sweep swebench --vary arbitrageurs.routers.count=0:6 --replicates 20
    """
    with acting_on_errors():
        if sum(given is not None for given in (scenario, resume, status)) != 1:
            raise ScenarioError("give one of SCENARIO, --resume FOLDER and --status FOLDER")
        if scenario is None:
            new = {
                "--vary": vary,
                "--design": design,
                "--samples": samples,
                "--replicates": replicates,
                "--baseline": baseline,
                "--set": set_,
                "--arbitrageurs": arbitrageurs,
                "--seed": seed,
                "--out": out,
                "--overwrite": overwrite or None,
            }
            _refuse("--resume" if resume is not None else "--status", new)
        if csv is not None:
            from market.studies.study_csv import require_free_csv

            require_free_csv(csv)
        if status is not None:
            from market.studies.study import Study

            study = Study.read(status)
        elif resume is not None:
            study = _resume(resume, jobs, dask)
        else:
            study = _sweep(
                scenario or "",
                changes_of(scenario or "", set_, arbitrageurs, vary),
                seed,
                out,
                vary=vary,
                design=design,
                samples=samples,
                replicates=replicates,
                baseline=_values(baseline or []),
                jobs=jobs,
                dask=dask,
                keep=keep,
                overwrite=overwrite,
                any_size=any_size,
            )
        from market.cli.sweep_answer import answer, tell_of_failures

        held = AnswerFirst()
        held.ready()
        answer(study, names_of(measures, "--measures"), csv, held, json_)
        if study.counts["failed"] and status is None:
            tell_of_failures(study)
        held.tell()
        if study.counts["failed"] and status is None:
            raise typer.Exit(RUN_FAILED)


def _refuse(option: str, given: dict[str, Any]) -> None:
    """Refuse options that only a new sweep takes."""
    for name, value in given.items():
        if value is not None and value != []:
            raise ScenarioError(
                f"{option} {name}: a study keeps its design; leave out {name}, or sweep the "
                "SCENARIO into another folder"
            )


def _sweep(
    scenario: str, set_: list[str], seed: int | None, out: Path | None, **asked: Any
) -> "Study":
    from market.foundation.atomic_files import free_folder
    from market.scenario.files import load

    spec = load(scenario, set=set_, seed=seed)
    folder = out if out is not None else free_folder(Path("results"), f"{spec.name}-sweep")
    with _resumable(folder, spec.name) as progress:
        from market.studies.run_sweep import sweep as run_all

        return run_all(spec, out=folder, progress=progress, **asked)


def _resume(folder: Path, jobs: int | None, dask: str | None) -> "Study":
    from market.studies.run_sweep import resume

    with _resumable(folder, folder.name) as progress:
        return resume(folder, jobs=jobs, dask=dask, progress=progress)


def _values(texts: list[str]) -> dict[str, Any] | None:
    """Value by path from `PATH=VALUE`, the path as it was written; None for no text."""
    from market.scenario.overrides import parse, split_path

    found = {}
    for text in texts:
        _, tail = split_path(text)
        path = text[: len(text) - len(tail or "") - 1].strip()
        found[path] = parse(text).value
    return found or None


@contextmanager
def _resumable(folder: Path, title: str) -> Iterator["Callable[[Tally], None]"]:
    """Show progress; after an interrupt, say what is kept and how to resume."""
    from market.cli.terminal import progress

    try:
        with progress(title) as tell:
            yield lambda tally: tell(tally.ended, tally.total, tally.failed)
    except KeyboardInterrupt:
        from market.studies.study_folder import StudyFolder

        place = StudyFolder(folder)
        if not place.begun:
            raise
        runs = {run_id for row in place.header()["runs"] for run_id in row}
        kept = len(runs) if place.complete else sum(1 for _ in place.outcomes())
        complain(
            f"interrupted; {kept} of {len(runs)} runs are kept. Resume with: "
            f"market sweep --resume {folder}"
        )
        raise typer.Exit(INTERRUPTED) from None
