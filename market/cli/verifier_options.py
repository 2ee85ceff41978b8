"""Options on how answers are checked: one value, or several of one of them to compare."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.foundation.errors import DataError

if TYPE_CHECKING:
    from market.frontier.verifier import Verifier

_SEVERAL = "Several, separated by commas, are compared."
FalseAccept = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE", help=f"Share of wrong answers that the verifier accepts. {_SEVERAL}"
    ),
]
FalseReject = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE", help=f"Share of right answers that the verifier rejects. {_SEVERAL}"
    ),
]
CheckPrice = Annotated[
    str | None, typer.Option(metavar="USD", help=f"What a check costs. {_SEVERAL}")
]
WrongAnswerCost = Annotated[
    str | None,
    typer.Option(
        metavar="USD", help=f"What a wrong answer that is accepted costs a buyer. {_SEVERAL}"
    ),
]
UncheckedBuyers = Annotated[
    bool,
    typer.Option(
        "--unchecked-buyers",
        help="Who buys attempts directly has no verifier, and takes the first answer.",
    ),
]
Worth = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar="USD",
        help="What a right answer is worth, for the number of attempts worth making; by default "
        "its market price at the highest solve rate shown.",
    ),
]
WORDS = {
    "false_accept": "share of wrong answers accepted",
    "false_reject": "share of right answers rejected",
    "price": "price of a check",
    "wrong_answer_cost": "cost of a wrong answer",
}
NAMES = {
    "false_accept": "--false-accept",
    "false_reject": "--false-reject",
    "price": "--check-price",
    "wrong_answer_cost": "--wrong-answer-cost",
}


@dataclass(frozen=True)
class Verifiers:
    """What to appraise a market under.

    Attributes
    ----------
    verifiers, buyers
        V of sellers, and of buyers who buy directly; None where it is flawless, or the sellers'.
    varied, values
        What they differ in, and its V values; empty where there is one.
    """

    verifiers: tuple["Verifier | None", ...]
    buyers: tuple["Verifier | None", ...]
    varied: str = ""
    values: tuple[float, ...] = ()


def verifiers_of(
    given: dict[str, str | None],
    unchecked_buyers: bool,
    verifier: "Verifier | None" = None,
    buyers: "Verifier | None" = None,
) -> Verifiers:
    """What the options say, over what a source says of its `verifier` and that of its `buyers`.

    Parameters
    ----------
    given
        Texts by the names of a verifier's values.
    unchecked_buyers
        Whether buyers take the first answer.
    verifier, buyers
        None where flawless, and where the buyers' is the sellers'.

    Raises
    ------
    DataError
        A text is no list of numbers, a number is out of range, or several options have several.
    """
    from market.frontier.verifier import BLIND, Verifier

    known = {name: _numbers(text, NAMES[name]) for name, text in given.items() if text is not None}
    several = [name for name, values in known.items() if len(values) > 1]
    if len(several) > 1:
        options = " and ".join(NAMES[name] for name in several)
        raise DataError(f"{options}: give several values of one of them only")
    varied = several[0] if several else ""
    base = verifier or Verifier()

    def changed(of: "Verifier", values: dict[str, Any]) -> "Verifier":
        try:
            return replace(of, **values)
        except DataError as error:
            text = str(error)
            for name, option in NAMES.items():
                text = text.replace(f"verifier.{name}:", f"{option}:")
            raise DataError(text) from None

    found, direct = [], []
    for value in known.get(varied, (0.0,)):
        fixed = {name: values[0] for name, values in known.items()}
        now = changed(base, fixed | ({varied: value} if varied else {}))
        found.append(None if now.flawless else now)
        own = replace(BLIND, wrong_answer_cost=now.wrong_answer_cost) if unchecked_buyers else None
        direct.append(own if unchecked_buyers else buyers)
    return Verifiers(tuple(found), tuple(direct), varied, known.get(varied, ()))


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise DataError(f"{option} {text!r}: must be a number, or several with commas") from None
