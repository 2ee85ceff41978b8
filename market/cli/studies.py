"""The commands of studies: many runs, and what they say together."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.errors_and_json import RUN_FAILED, acting_on_errors, print_json
from market.cli.interrupts import INTERRUPTED
from market.cli.options import Dask, Jobs, Json, Overwrite, ScenarioArgument, Seed, Set, names_of
from market.foundation.errors import ScenarioError

if TYPE_CHECKING:
    from market.studies.study import Study


def sweep(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or a .toml file."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUES",
            help="Values to try: 0:6 (0 to 6), 0:1:5 (in 5 points) or 0.1,0.2; may be repeated. "
            "In place of what the scenario's [sweep] varies.",
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(help="grid (the default), list, latin_hypercube, morris or sobol."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(metavar="N", help="Size of a sampled design.")
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(metavar="R", help="Runs of each design point.")
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUE",
            help="Values of the design point to compare with, the first if not given; "
            "may be repeated.",
        ),
    ] = None,
    set_: Set = None,
    seed: Seed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the study; one that is there is gone on with. "
            "The next free results/NAME-sweep-N if not given."
        ),
    ] = None,
    keep: Annotated[
        str, typer.Option(help="Keep all tables of each run, or its summary alone.")
    ] = "tables",
    overwrite: Annotated[bool, typer.Option(help="Replace a study in the --out folder.")] = False,
    resume: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Go on with a study that was stopped.")
    ] = None,
    status: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Show what a study has found so far; run nothing."),
    ] = None,
    measures: Annotated[
        str | None, typer.Option(help="Measures to print, by name, with commas between.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write all frames as CSV files.")
    ] = None,
    json_: Json = False,
) -> None:
    """Simulate a scenario at many design points, with replicates; compare them.

    Stopped at any moment, it goes on where it was: give the same command with the same --out, or
    --resume. Exit code 1 if any run failed.

    Example: market sweep swebench --vary arbitrageurs.routers.count=0:6 --replicates 20
    """
    with acting_on_errors():
        if sum(given is not None for given in (scenario, resume, status)) != 1:
            raise ScenarioError(
                "name one thing to do: a SCENARIO to sweep, a folder to --resume, or one to show "
                "the --status of"
            )
        if scenario is None:
            _refuse(
                "--resume" if resume is not None else "--status",
                {
                    "--vary": vary,
                    "--design": design,
                    "--samples": samples,
                    "--replicates": replicates,
                    "--baseline": baseline,
                    "--set": set_,
                    "--seed": seed,
                    "--out": out,
                    "--overwrite": overwrite or None,
                },
            )
        if csv is not None:
            from market.studies.study_csv import require_free_csv

            require_free_csv(csv)
        if status is not None:
            from market.studies.study import Study

            study = Study.read(status)
        elif resume is not None:
            study = _resume(resume, jobs, dask)
        else:
            from market.scenario.files import load
            from market.scenario.overrides import parse

            spec = load(scenario or "", set=set_ or [], seed=seed)
            folder = out if out is not None else _free_folder(spec.name)
            asked: dict[str, Any] = {
                "design": design,
                "samples": samples,
                "replicates": replicates,
                "baseline": dict(_named(text, parse(text).value) for text in baseline or []),
                "keep": keep,
                "overwrite": overwrite,
            }
            if not baseline:
                asked.pop("baseline")
            with _saying_how_to_go_on(folder):
                from market.cli.print_study import run_progress
                from market.studies.run_sweep import sweep as run_all

                with run_progress(spec.name) as tell:
                    study = run_all(
                        spec, vary, jobs=jobs, dask=dask, out=folder, progress=tell, **asked
                    )
        _answer(study, names_of(measures), csv, json_)
        from market.scenario.interventions import overriding

        for note in overriding(study.design.scenario, study.design.parameters):
            typer.echo(f"note: {note}", err=True)
        if study.counts["failed"] and status is None:
            _tell_of_failures(study)
            raise typer.Exit(RUN_FAILED)


def _refuse(option: str, given: dict[str, Any]) -> None:
    """Refuse what a study that is there has settled already."""
    for name, value in given.items():
        if value is not None and value != []:
            raise ScenarioError(
                f"{option} {name}: a study keeps the design that it began with; leave out {name}, "
                "or sweep the SCENARIO into another folder"
            )


def _free_folder(name: str) -> Path:
    from market.foundation.atomic_files import free_folder

    return free_folder(Path("results"), f"{name}-sweep")


def _named(text: str, value: Any) -> tuple[str, Any]:
    """Path and value of `PATH=VALUE`, the path as it was written."""
    from market.scenario.overrides import split_path

    _, tail = split_path(text)
    return text[: len(text) - len(tail or "") - 1].strip(), value


def _resume(folder: Path, jobs: int | None, dask: str | None) -> "Study":
    from market.cli.print_study import run_progress
    from market.studies.run_sweep import resume

    with _saying_how_to_go_on(folder), run_progress(folder.name) as tell:
        return resume(folder, jobs=jobs, dask=dask, progress=tell)


@contextmanager
def _saying_how_to_go_on(folder: Path) -> Iterator[None]:
    """After an interrupt, say what is kept and how to go on with it."""
    try:
        yield
    except KeyboardInterrupt:
        from market.studies.study_folder import StudyFolder

        place = StudyFolder(folder)
        if not place.begun:
            raise
        runs = {run_id for row in place.header()["runs"] for run_id in row}
        kept = len(runs) if place.complete else sum(1 for _ in place.outcomes())
        typer.echo(
            f"interrupted; {kept} of {len(runs)} runs are kept. Go on with: "
            f"market sweep --resume {folder}",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None


def _answer(study: "Study", measures: list[str] | None, csv: Path | None, json_: bool) -> None:
    from market.foundation.config import nearest

    known = [str(name) for name in study.summary()["measure"].drop_duplicates()]
    for name in measures or []:
        if name not in known:
            raise ScenarioError(f"--measures {name}: no such measure; {nearest(name, known)}")
    if csv is not None:
        study.to_csv(csv)
    if json_:
        frames = study.tables()
        content = {name: frames[name].to_dict("records") for name in _IN_JSON}
        print_json({"folder": str((study.folder or Path()).resolve()), **content, **study.counts})
    else:
        from market.cli.print_study import STUDY_COLUMNS, print_study

        print_study(study, measures or STUDY_COLUMNS)


_IN_JSON = ("summary", "differences", "elasticities", "sensitivity")


def _tell_of_failures(study: "Study") -> None:
    failed = study.runs[study.runs["status"] == "failed"]
    first = failed.iloc[0]
    typer.echo(
        f"{study.counts['failed']} runs failed; the first, {first['run_id']}: {first['error']}",
        err=True,
    )


def compare(
    a: ScenarioArgument,
    b: Annotated[
        str | None,
        typer.Argument(metavar="[B]", help="The second scenario; the first with --set if none."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Override one value of the second scenario; may be repeated.",
        ),
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=1, metavar="R", help="Runs of each, on the same seeds.")
    ] = 20,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the first replicate, in place of the first's.")
    ] = None,
    jobs: Jobs = None,
    dask: Dask = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the frames, both scenarios and a manifest.")
    ] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Simulate two scenarios on the same seeds: what changes, who gains and who loses.

    Example: market compare swebench --set arbitrageurs.routers.count=0
    """
    with acting_on_errors():
        from market.foundation.atomic_files import require_free, whole_folder
        from market.scenario.files import load

        if b is None and not set_:
            raise ScenarioError(
                f"{a}: there is nothing to compare it with; name a second scenario, or say with "
                "--set what is different"
            )
        first, second = load(a, seed=seed), load(b or a, set=set_ or [])
        if out is not None:
            require_free(out, overwrite)

        from market.cli.print_run import progress
        from market.cli.print_study import print_comparison
        from market.studies.comparison import compare as run_both

        with progress(f"{first.name}, {second.name}", 2 * replicates) as tell:
            found = run_both(
                first,
                second,
                replicates=replicates,
                jobs=jobs,
                dask=dask,
                progress=lambda done, _: tell(done),
            )
        if out is not None:
            with whole_folder(out, overwrite) as draft:
                found.write(draft)
        if json_:
            frames = {name: frame.to_dict("records") for name, frame in found.frames.items()}
            print_json({**frames, "folder": None if out is None else str(out.resolve())})
            return
        changed = f" with {', '.join(set_)}" if set_ else ""
        print_comparison(found, (a, f"{b or a}{changed}"))
        if out is not None:
            typer.echo(f"Comparison: {out}")
