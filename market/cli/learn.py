"""The command in which providers learn their prices."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.give_answer import give_answer
from market.cli.learning import Asked
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
    from market.equilibrium.q_learning import Learner


def learn(
    scenario: ScenarioArgument,
    providers: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="The two or three that learn; the others keep their prices. By default the two "
            "that earn most at list prices.",
        ),
    ] = None,
    arbitrageurs: Annotated[
        str,
        typer.Option(
            metavar="N,N,...", help="Numbers of arbitrageurs; the others are set beside the first."
        ),
    ] = "0,1,2,4",
    sessions: Annotated[
        int, typer.Option(min=2, metavar="R", help="Sessions for each number of arbitrageurs.")
    ] = 50,
    prices: Annotated[
        int, typer.Option(min=2, max=100, metavar="M", help="Prices that a provider may ask.")
    ] = 15,
    memoryless: Annotated[
        bool,
        typer.Option(
            "--memoryless",
            help="They do not know the last prices, so that a high price can be no threat.",
        ),
    ] = False,
    learner: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How they learn: q-learning; or ucb, bandits by upper confidence bounds, who know "
            "no other price.",
        ),
    ] = "q-learning",
    rate: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Learning rate alpha of q-learning: the weight of what is new; 0.15 by default.",
        ),
    ] = None,
    decay: Annotated[
        float | None,
        typer.Option(
            help="beta of q-learning: in period t a price is tried at random with chance e^-bt; "
            "4e-6 by default."
        ),
    ] = None,
    discount: Annotated[
        float, typer.Option(help="delta: what profit a period later is worth.")
    ] = 0.95,
    vary: Annotated[
        str | None,
        typer.Option(metavar="PATH=A,B,...", help="Do so for each of these values."),
    ] = None,
    set_: Set = None,
    seed: Seed = None,
    chart: ChartFile = None,
    report: ReportFile = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Let providers learn their prices, and see whether arbitrageurs keep them from colluding.

    Q-learning as in Calvano, Calzolari, Denicolo & Pastorello (AER 2020), on the profits that
    this market gives them while arbitrageurs route and undercut to their rest.

    Example: market learn collusion --arbitrageurs 0,2 --chart learned.html
    """
    with acting_on_errors():
        from market.cli.print_answer import print_answer
        from market.cli.terminal import progress
        from market.findings import of_learning, of_learning_by_value, parts_of_learning
        from market.scenario.files import load

        pages = Pages(chart, report).require()
        rule = _learner(learner, memoryless, rate, decay, discount)
        asked = Asked(
            scenario,
            tuple(set_ or ()),
            seed,
            counts_of(arbitrageurs),
            names_of(providers, "--providers"),
            rule,
            prices,
            sessions,
        )
        path, values = _varied(vary)
        sides = [asked.under(f"{path}={_toml(value)}") for value in values] or [asked]
        if not any_size:
            for side in sides:
                side.require_feasible(len(sides))
        spec = load(scenario, set=set_ or [], seed=seed)
        with progress(scenario, "steps") as tell:
            found = [side.answer(_part(tell, k, len(sides))) for k, side in enumerate(sides)]
        if values:
            rows = [{"value": v, **told} for v, told in zip(values, found, strict=True)]
            answer: dict[str, Any] = {"vary": path, "by_value": rows}
        else:
            (answer,) = found
        said = (of_learning_by_value if values else of_learning)(answer, spec.description)
        answer["verdict"] = list(said.sentences)
        give_answer(
            answer,
            lambda: print_answer(said, parts_of_learning(answer)),
            pages.files("learning", answer, said, spec),
            json_=json_,
        )


def _part(tell: Callable[..., None], number: int, parts: int) -> Callable[[int, int], None]:
    """Progress in one of several parts that are as long."""
    return lambda done, total: tell(number * total + done, parts * total)


def _learner(
    name: str, memoryless: bool, rate: float | None, decay: float | None, discount: float
) -> "Learner":
    """How they learn.

    Raises
    ------
    DataError
        There is no such learner, or it has not what is set of it.
    """
    from market.equilibrium.q_learning import QLearning
    from market.equilibrium.upper_confidence import UpperConfidence
    from market.foundation.errors import DataError

    if not 0 <= discount < 1:
        raise DataError(f"--discount {discount}: must be at least 0 and below 1")
    if name == "ucb":
        given = {"--memoryless": memoryless or None, "--rate": rate, "--decay": decay}
        for option, value in given.items():
            if value is not None:
                raise DataError(f"{option}: is of q-learning; leave it out with --learner ucb")
        return UpperConfidence(discount=discount)
    if name != "q-learning":
        raise DataError(f"--learner {name}: choose q-learning or ucb")
    rate = QLearning.rate if rate is None else rate
    decay = QLearning.decay if decay is None else decay
    if not 0 < decay < 1:
        raise DataError(f"--decay {decay}: must lie between 0 and 1")
    if not 0 < rate <= 1:
        raise DataError(f"--rate {rate}: must be above 0 and at most 1")
    return QLearning(rate=rate, decay=decay, discount=discount, memory=not memoryless)


def _varied(vary: str | None) -> tuple[str, list[Any]]:
    """The path that is varied and its values; none where nothing is.

    Raises
    ------
    ScenarioError
        It is no list of values.
    """
    from market.foundation.errors import ScenarioError
    from market.scenario.overrides import parse_vary

    if vary is None:
        return "", []
    ((path, values),) = parse_vary([vary])
    if not isinstance(values, list) or not values:
        raise ScenarioError(f"--vary {vary}: give a list of values, such as {path}=1,5,20")
    return path, values


def _toml(value: Any) -> str:
    """A value as an override has it."""
    return value if isinstance(value, str) else json.dumps(value)
