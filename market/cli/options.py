"""Options that several commands share, and how their texts are read."""

from typing import TYPE_CHECKING, Annotated

import typer

from market.foundation.errors import DataError

if TYPE_CHECKING:
    from market.frontier.appraisal import RouterKnowledge

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set a value of the scenario; may be repeated."
    ),
]
Seed = Annotated[int | None, typer.Option(help="Seed to use instead of the scenario's.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Overwrite = Annotated[bool, typer.Option(help="Replace an earlier result in the --out folder.")]
Models = Annotated[str | None, typer.Option(help="Models to use: names, separated by commas.")]
ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a .toml file.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Runs at a time on this machine; by default one per core."
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on the workers of this Dask scheduler."),
]


def names_of(listed: str | None, option: str = "--models") -> list[str] | None:
    """Names separated by commas; None if the option was not given.

    Raises
    ------
    DataError
        The option has no name in it.
    """
    if listed is None:
        return None
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if not names:
        raise DataError(f"{option} {listed!r}: give at least one name; separate names by commas")
    return names


def pairs_of(items: list[str] | None, option: str) -> dict[str, str]:
    """Texts by model, from `MODEL=TEXT`.

    Raises
    ------
    DataError
        A text does not have that form.
    """
    found = {}
    for item in items or []:
        name, equals, value = item.partition("=")
        if not (name and equals and value):
            raise DataError(f"{option} {item!r}: write it as MODEL=TEXT")
        found[name] = value
    return found


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


def router_knowledge(accuracy: float | None, types: int | None, oracle: bool) -> "RouterKnowledge":
    """What a router knows, by `--signal`, `--types` and `--oracle`.

    Raises
    ------
    DataError
        They contradict each other.
    """
    from market.frontier.appraisal import RouterKnowledge

    if oracle and (accuracy is not None or types is not None):
        raise DataError("--oracle: knows every problem; leave out --signal and --types")
    if types is not None and accuracy is None:
        raise DataError(f"--types {types}: says what --signal sees; give --signal too")
    return RouterKnowledge(accuracy, RouterKnowledge.types if types is None else types, oracle)
