"""What the command line says of a verifier that errs or costs."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from market.cli.line_breaks import whole
from market.cli.tables import plain_table
from market.cli.terminal import number, out
from market.measures.money_units import MISSING, MoneyUnit, dollars

if TYPE_CHECKING:
    from market.frontier.verified import Verification
    from market.frontier.verifier_margins import VerifierMargins

_MONEY = ("price", "wrong_answer_cost")


def print_verification(found: "Verification", quality: Any, shown: list[int]) -> None:
    """What is accepted, and how much of it is wrong, at some solve rates; attempts worth making."""
    unit = MoneyUnit.fitting([found.checks[shown], found.market_checks[shown]], "query")
    paid = bool((found.checks[shown] > 0).any() or (found.market_checks[shown] > 0).any())
    headings = [
        f"{what}, {of}"
        for of in ("cheapest model", "cascade")
        for what in ("accepted", "wrong, of these")
    ]
    if paid:
        headings += [f"checks, {of}, {unit.name}" for of in ("cheapest model", "cascade")]
    title = "Answers accepted, by solve rate of right ones"
    table = plain_table(title, ["solve rate"], headings)
    for g in shown:
        row = [f"{quality[g]:.3f}"]
        for accepted, wrong in (
            (found.market_accepted[g], found.market_wrong_share[g]),
            (found.accepted[g], found.wrong_share[g]),
        ):
            row += [number(accepted), number(100 * wrong, "{:.1f}%")]
        if paid:
            row += [unit.text(found.market_checks[g]), unit.text(found.checks[g])]
        table.add_row(*row)
    out.print(table)
    if found.attempts:
        table = plain_table(
            f"Attempts, where a right answer is worth {dollars(found.worth)}",
            ["model"],
            [
                "attempts worth making",
                *(f"right, of answers accepted after {n}" for n in (1, 2, 5)),
            ],
        )
        for model, of in found.attempts.items():
            last = "1,000 or more" if of.worth_making is None else str(of.worth_making)
            shares = (number(100 * share, "{:.1f}%") for share in of.accuracy)
            table.add_row(whole(model), last, *shares)
        out.print(table)


def print_verifier_margins(found: "VerifierMargins", heading: str) -> None:
    """Margins by how answers are checked."""
    told = found.to_json()
    quality = told["quality"]
    points = len(quality)
    shown = sorted({0, (points - 1) // 2, points - 1})
    rates = [f"margin at {quality[g]:.3f}" for g in shown]
    table = plain_table(
        f"Margin by {heading}, over the same solve rates",
        [heading],
        [
            "mean margin",
            "95% interval",
            *rates,
            "highest solve rate, one model",
            "highest solve rate, cascade",
        ],
    )
    for row in told["rows"]:
        table.add_row(*_row(row, shown, found.varied))
    out.print(table)


def _row(row: Mapping[str, Any], shown: list[int], varied: str) -> Iterator[str]:
    yield dollars(row["value"]) if varied in _MONEY else f"{row['value']:g}"
    yield number(100 * row["mean_margin"], "{:.1f}%")
    ends = row["mean_interval"]
    yield MISSING if ends is None else "{:.1f} to {:.1f}%".format(*(100 * end for end in ends))
    for g in shown:
        low, high = row["low"][g], row["high"][g]
        sure = f" ({100 * low:.0f} to {100 * high:.0f})" if math.isfinite(low) else ""
        yield number(100 * row["margin"][g], "{:.1f}%") + sure
    for of in ("single", "cascade"):
        yield number(row["max_quality"][of])
