"""The command `market compare`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import (
    AnySize,
    Arbitrageurs,
    Dask,
    Folder,
    Jobs,
    Json,
    Overwrite,
    changes_of,
)
from market.cli.resumable import resumable
from market.foundation.errors import ScenarioError
from market.foundation.formats import letter

if TYPE_CHECKING:
    from market.scenario.schema import Scenario
    from market.studies.comparison import Comparison
    from market.studies.comparisons import Comparisons

_BETWEEN = "\n"  # a side's name and what is set in it, as one value
SET_IN = "--set-in"


class TakesPairs(TyperCommand):
    """A command whose `--set-in` takes two values: typer's lists have one each."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read the arguments, the two of each `--set-in` as one."""
        joined: list[str] = []
        left = list(args)
        while left:
            part = left.pop(0)
            joined.append(part)
            if part == "--":
                break
            if part == SET_IN and len(left) > 1:
                joined.append(_BETWEEN.join((left.pop(0), left.pop(0))))
        return super().parse_args(ctx, [*joined, *left])


def compare(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="A [B [C ...]]",
            help="Scenarios, the first of which the others are compared with; if there is only "
            "one, it is compared with itself, changed by --set.",
        ),
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set one value of the second of two scenarios; may be repeated.",
        ),
    ] = None,
    set_all: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUE", help="Set one value of every scenario."),
    ] = None,
    set_in: Annotated[
        list[str] | None,
        typer.Option(
            SET_IN,
            metavar="NAME PATH=VALUE",
            help="Set one value of the scenario that is named, or of side A, B, C …",
        ),
    ] = None,
    arbitrageurs: Arbitrageurs = None,
    replicates: Annotated[
        int, typer.Option(min=1, metavar="R", help="Runs of each scenario, on the same seeds.")
    ] = 20,
    resample: Annotated[
        bool,
        typer.Option(
            help="Run all on resampled problems too, to say how sure the sample of problems is."
        ),
    ] = True,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the first replicate, instead of the scenario's."),
    ] = None,
    jobs: Jobs = None,
    dask: Dask = None,
    folder: Folder = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables, all scenarios and a manifest.")
    ] = None,
    overwrite: Overwrite = False,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Compare scenarios that run on the same seeds, each with the first.

    Shows what changes, and who gains and who loses.

    Example: market compare swebench --set arbitrageurs.routers.count=0
    """
    with acting_on_errors():
        from market.foundation.atomic_files import require_free, whole_folder

        changed = changes_of(scenarios[-1], set_, arbitrageurs)
        sides, names = _sides(scenarios, changed, set_all or [], set_in or [], seed)
        if out is not None:
            require_free(out, overwrite)

        from market.cli.terminal import progress, say
        from market.studies.run_comparison import compare as run_all

        with resumable(folder), progress(", ".join(spec.name for spec in sides)) as tell:
            found = run_all(
                *sides,
                replicates=replicates,
                resample=resample,
                jobs=jobs,
                dask=dask,
                folder=folder,
                any_size=any_size,
                progress=tell,
            )
        held = AnswerFirst()
        held.ready()
        if out is not None:
            with held, whole_folder(out, overwrite) as draft:
                found.write(draft)
        written = out if held.written else None
        if json_:
            print_json(_answer(found, names, written))
        else:
            from market.cli.print_several import print_compared

            print_compared(found, names)
            if written is not None:
                say(f"Comparison: {out}")
        held.tell()


def _answer(
    found: "Comparison | Comparisons", names: Sequence[str], out: Path | None
) -> dict[str, Any]:
    from market.findings.of_results import comparison_verdict, comparisons_verdict
    from market.studies.comparison import Comparison

    answer: dict[str, Any] = {
        name: frame.to_dict("records") for name, frame in found.frames.items()
    }
    if found.assumed:
        answer["assumed"] = list(found.assumed)
    if found.unlike:
        answer["unlike"] = list(found.unlike)
    if isinstance(found, Comparison):
        told = comparison_verdict(found)
    else:
        told = comparisons_verdict(found)
        answer["sides"] = {letter(s): name for s, name in enumerate(names)}
    answer["verdict"] = list(told.sentences)
    return {**answer, "folder": None if out is None else str(out.resolve())}


def _sides(
    given: Sequence[str],
    changed: Sequence[str],
    in_all: Sequence[str],
    pairs: Sequence[str],
    seed: int | None,
) -> "tuple[list[Scenario], list[str]]":
    """The scenarios as changed, and what they are called: as they were given, and what is set.

    Raises
    ------
    ScenarioError
        There is nothing to compare, or it is not said which side is changed.
    """
    from market.scenario.files import load
    from market.studies.side_names import numbered

    sources = list(given)
    if len(sources) == 1:
        if not changed and not pairs:
            raise ScenarioError(
                f"{sources[0]}: nothing to compare it with; name a second scenario, or change this "
                "one with --set"
            )
        sources *= 2
    names = numbered(sources)
    if changed and len(sources) > 2:
        raise ScenarioError(
            f"--set {changed[0]}: of {len(sources)} scenarios, which? Write --set-all {changed[0]} "
            f"to set it in all, or {SET_IN} B {changed[0]} in B, {names[1]}"
        )
    of_side: list[list[str]] = [[] for _ in sources]
    for text in pairs:
        name, between, change = text.partition(_BETWEEN)
        if not between:
            raise ScenarioError(f"{SET_IN} {text}: write {SET_IN} NAME PATH=VALUE")
        of_side[_index(name, names)].append(change)
    of_side[-1] += changed
    sides = [
        load(source, set=[*in_all, *own], seed=seed)
        for source, own in zip(sources, of_side, strict=True)
    ]
    said = [
        f"{source} with {', '.join(own)}" if own else source
        for source, own in zip(sources, of_side, strict=True)
    ]
    return sides, list(numbered(said))


def _index(name: str, names: Sequence[str]) -> int:
    if name in names:
        return names.index(name)
    letters = [letter(s).upper() for s in range(len(names))]
    if name.upper() in letters:
        return letters.index(name.upper())
    from market.foundation.config import nearest  # which needs pydantic

    listed = ", ".join(f"{side} ({of})" for side, of in zip(letters, names, strict=True))
    raise ScenarioError(f"{SET_IN} {name}: no such side of {listed}; {nearest(name, list(names))}")
