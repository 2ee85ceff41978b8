"""Options that several commands share, and how their texts are read."""

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market.foundation.errors import DataError, ScenarioError, shown

if TYPE_CHECKING:
    from market.frontier.appraisal import RouterKnowledge
    from market.population.records import Reading

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set a value of the scenario; may be repeated."
    ),
]
Arbitrageurs = Annotated[
    int | None,
    typer.Option(min=0, metavar="N", help="Number of arbitrageurs, of a scenario with one group."),
]
Seed = Annotated[int | None, typer.Option(help="Seed to use instead of the scenario's.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Overwrite = Annotated[bool, typer.Option(help="Replace an earlier result in the --out folder.")]
AnySize = Annotated[
    bool,
    typer.Option(
        "--any-size",
        help="Begin even if memory seems too small for it, or it would take more than a week.",
    ),
]
Models = Annotated[
    str | None,
    typer.Option(
        help="Models to use: names, separated by commas; one with a comma stands in double "
        "quotes: '\"a,b\",c'."
    ),
]
SolvedAt = Annotated[
    float | None,
    typer.Option(
        metavar="SCORE",
        help="Score from which on an attempt of records counts as solved; by default only 1 does.",
    ),
]
MergeRuns = Annotated[
    bool,
    typer.Option(
        "--merge-runs", help="Problems that a file of records has twice are different attempts."
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(metavar="first", help="Keep the first line where a file has a problem twice."),
]
ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a .toml file.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Runs at a time on this machine; by default one per core."
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Keep each run there as it ends; runs that are there already are not repeated.",
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on the workers of this Dask scheduler."),
]


def changes_of(
    source: str,
    set_: list[str] | None,
    arbitrageurs: int | None,
    vary: list[str] | None = None,
) -> list[str]:
    """What `--set` and `--arbitrageurs` change in a scenario, as overrides.

    Raises
    ------
    ScenarioError
        It is not said which group of arbitrageurs is meant, or a sweep varies their number.
    """
    from market.scenario.files import arbitrageurs_override

    if arbitrageurs is None:
        return set_ or []
    change = arbitrageurs_override(source, arbitrageurs, "--arbitrageurs")
    path = change.partition("=")[0]
    if any(text.partition("=")[0].strip() == path for text in vary or []):
        raise ScenarioError(
            f"--arbitrageurs {arbitrageurs}: --vary {path} sets it, too; give one of them"
        )
    return [*(set_ or []), change]


QUOTING = "a name with a comma, = or double quotes stands in double quotes"
_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",]*?))\s*(?=,|$)')


def names_of(listed: str | None, option: str = "--models") -> list[str] | None:
    """Names separated by commas, quoted where they hold any; None if the option was not given.

    Raises
    ------
    DataError
        The option has no name in it, or one that should be quoted.
    """
    if listed is None:
        return None
    names, at = [], 0
    while at <= len(listed):
        match = _NAME.match(listed, at)
        if match is None:
            raise DataError(
                f"{option} {listed!r}: cannot be read from {listed[at:]!r} on; separate names by "
                f"commas; {QUOTING}: '\"a,b\",c'"
            )
        names.append(_unquoted(match))
        at = match.end() + 1
    names = [name for name in names if name]
    if not names:
        raise DataError(f"{option} {listed!r}: give at least one name; separate names by commas")
    return names


def _unquoted(match: re.Match[str]) -> str:
    return match[2] if match[1] is None else match[1].replace('""', '"')


def pairs_of(items: list[str] | None, option: str) -> dict[str, str]:
    """Texts by model, from `MODEL=TEXT`.

    Raises
    ------
    DataError
        A text does not have that form.
    """
    found = {}
    for item in items or []:
        match = re.match(r'(?:"((?:[^"]|"")*)"|([^"=]+))=(.+)', item, re.DOTALL)
        if match is None:
            raise DataError(f"{option} {item!r}: write it as MODEL=TEXT; {QUOTING}")
        found[_unquoted(match)] = match[3]
    return found


def numbers_of(items: list[str] | None, option: str) -> dict[str, float]:
    """US dollars by model, from `MODEL=USD`.

    Raises
    ------
    DataError
        A text does not have that form, or the number is none from 0 up.
    """
    found = {}
    for model, text in pairs_of(items, option).items():
        try:
            found[model] = float(text)
        except ValueError:
            found[model] = math.nan
        if not 0 <= found[model] < math.inf:
            raise DataError(f"{option} {model}={text}: must be a number of US dollars from 0 up")
    return found


def reading_of(solved_at: float | None, merge_runs: bool, keep: str | None) -> "Reading | None":
    """How records are read, by `--solved-at`, `--merge-runs` and `--keep`; None if none is given.

    Raises
    ------
    DataError
        They contradict each other, or are no such thing.
    """
    from market.population.records import Reading

    if keep is not None and keep != "first":
        raise DataError(f"--keep {keep}: only the first can be kept; write --keep first")
    if keep is not None and merge_runs:
        raise DataError("--keep first: leaves later attempts out; leave out --merge-runs")
    if solved_at is not None and not 0 < solved_at <= 1:
        raise DataError(f"--solved-at {solved_at:g}: is not a score above 0 and up to 1")
    if solved_at is None and keep is None and not merge_runs:
        return None
    return Reading(
        1.0 if solved_at is None else solved_at,
        "merge" if merge_runs else "first" if keep else "refuse",
    )


def pair_of(listed: str | None) -> list[str] | None:
    """Two names separated by a comma; None if the option was not given.

    Raises
    ------
    DataError
        There are not two names.
    """
    names = names_of(listed, "--pair")
    if names is not None and len(names) != 2:
        raise DataError(f"--pair {listed}: give two models, separated by a comma")
    return names


def parse_quality(text: str) -> tuple[float, float, int]:
    """Read `MIN:MAX:POINTS`.

    Raises
    ------
    DataError
        The text does not have that form.
    """
    try:
        low, high, points = text.split(":")
        return float(low), float(high), int(points)
    except ValueError:
        raise DataError(
            f"--quality {text!r}: write it as MIN:MAX:POINTS, for example 0.68:0.75:8"
        ) from None


def router_knowledge(signal: str | None, types: int | None, oracle: bool) -> "RouterKnowledge":
    """What a router knows, by `--signal`, `--types` and `--oracle`.

    Raises
    ------
    DataError
        They contradict each other, or the signal is none.
    """
    from market.frontier.appraisal import RouterKnowledge

    if oracle and (signal is not None or types is not None):
        raise DataError("--oracle: knows every problem; leave out --signal and --types")
    if types is not None and signal is None:
        raise DataError(f"--types {types}: says what --signal sees; give --signal too")
    if types is not None and signal == "domain":
        raise DataError(f"--types {types}: with --signal domain there is a type for each domain")
    count = RouterKnowledge.types if types is None else types
    if signal is None:
        return RouterKnowledge(None, count, oracle)
    if signal == "domain":
        return RouterKnowledge(types=count, sees="domain")
    if signal == "features":
        return RouterKnowledge(types=count, sees="features")
    try:
        return RouterKnowledge(float(signal), count, oracle)
    except ValueError:
        raise DataError(
            f"--signal {shown(signal)}: must be an accuracy from 0 to 1, domain or features"
        ) from None


def counts_of(listed: str, option: str = "--arbitrageurs", example: str = "0,1,2,4") -> list[int]:
    """Different whole numbers separated by commas.

    Raises
    ------
    DataError
        It is something else.
    """
    texts = [text.strip() for text in listed.split(",")]
    if not all(text.isdecimal() and len(text) < 5 for text in texts) or len(set(texts)) < len(
        texts
    ):
        raise DataError(
            f"{option} {listed}: give different whole numbers separated by commas, as {example}"
        )
    return [int(text) for text in texts]
