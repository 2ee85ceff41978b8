"""The figures that a report on a command's answer begins with."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

from market.charts.of_answers import AnswerKind
from market.charts.release import release_frames, release_unit
from market.measures.counted import counted
from market.measures.money_units import dollars
from market.measures.number_text import share_in_percent, short
from market.measures.parameter_words import parameter_in_words
from market.report.cards import Headline, card, known_of, minus, percent
from market.report.subject import Subject

Found = Mapping[str, Any]
MOST = 6  # cards


def of_answer(subject: Subject) -> list[Headline | None]:
    """A few figures of the answer."""
    found = list(_MADE[cast("AnswerKind", subject.kind)](subject.manifest))[:MOST]
    return [one and replace(one, figure=minus(one.figure)) for one in found]


def _with(row: Found) -> str:
    return f"with {counted(row['arbitrageurs'], 'arbitrageur')}"


def _of_fit(found: Found) -> Iterator[Headline | None]:
    for row in found["parameters"]:
        value, low, high = (known_of(row, name) for name in ("value", "low", "high"))
        sure = f"{short(low)} to {short(high)}"
        if row["open_low"] or row["open_high"]:
            sure = "open at a bound"
        words = f"is {parameter_in_words(row['path'])} as fitted (95% interval: {sure})"
        yield card(value, short(value), words)
    for row in found["targets"]:
        fitted, asked = known_of(row, "fitted"), known_of(row, "asked")
        words = f"is {row['name']}, where {minus(short(asked))} was asked"
        yield card(fitted, short(fitted), words)


def _of_release(found: Found) -> Iterator[Headline | None]:
    unit, rows = release_unit(release_frames(found)), found["by_arbitrageurs"]
    for row in rows:
        value = known_of(row["revenue"], "value")
        words = f"is what the release adds to the revenue of {found['owner']} {_with(row)}"
        yield card(value, unit.sentence(value), words)
    for row in (rows[0], rows[-1])[: len(rows)]:
        value = known_of(row["gains"]["welfare"], "value")
        yield card(value, unit.sentence(value), f"is what it adds to welfare {_with(row)}")


def _of_regret(found: Found) -> Iterator[Headline | None]:
    for rule in found["rules"]:
        last = rule["points"][-1]
        share = share_in_percent(last["per_query"] / found["best"])
        words = (
            f"is what {rule['name']} loses over {last['queries']:,} queries; at their end it still "
            f"loses {share} of what the best cascades are worth"
        )
        yield card(last["regret"], dollars(last["regret"]), words)


def _of_equilibrium(found: Found) -> Iterator[Headline | None]:
    for row in found["by_arbitrageurs"]:
        sold = zip(row["rest"]["price"], row["panel"]["quantity"], strict=True)
        prices = [price for price, quantity in sold if quantity > 0]
        low, high = min(prices, default=math.nan), max(prices, default=math.nan)
        figure = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
        gain = row["rest"]["largest_gain"]
        left = "nobody gains by moving alone"
        if not row["rest"]["equilibrium"]:
            left = (
                f"a best reply still gains {share_in_percent(gain)} of profit"
                if (0 < gain < math.inf)
                else "which is not surely an equilibrium"
            )
        yield card(low, figure, f"of list price is where prices rest {_with(row)}; {left}")
    for row in found["by_arbitrageurs"]:
        surplus = known_of(row["panel"], "surplus")
        where = "there" if row["at"] == "rest" else "at today's prices"
        words = f"a tick is buyers' surplus {where}, {_with(row)}"
        yield card(surplus, dollars(surplus), words)


def _of_learning(found: Found) -> Iterator[Headline | None]:
    values = found.get("by_value", [found])
    for value in values:
        at = f", {found['vary']} = {value['value']}" if "value" in value else ""
        for row in value["by_arbitrageurs"]:
            gain, low, high = (known_of(row["profit_gain"], e) for e in ("value", "low", "high"))
            sure = f" (95% interval: {percent(low)} to {percent(high)})"
            words = f"of what agreeing would pay is learned {_with(row)}{at}"
            yield card(gain, percent(gain), words + (sure if math.isfinite(low) else ""))


_MADE: Mapping[AnswerKind, Callable[[Found], Iterator[Headline | None]]] = MappingProxyType(
    {
        "fit": _of_fit,
        "release": _of_release,
        "regret": _of_regret,
        "equilibrium": _of_equilibrium,
        "learning": _of_learning,
    }
)
