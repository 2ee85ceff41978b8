"""The verdict on a release: what it earns with and without arbitrageurs, from whom, who gains."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from market.findings.moves import Move
from market.findings.verdict import Verdict, listed, sentence, verdict
from market.measures.counted import counted
from market.measures.money_units import MoneyUnit

PARTIES: Mapping[str, str] = MappingProxyType(
    {
        "releaser": "",
        "other_providers": "the other providers",
        "buyers": "buyers",
        "arbitrageurs": "arbitrageurs",
        "treasury": "the treasury",
        "welfare": "welfare",
    }
)
"""Who may gain, in words; the releaser has its own name."""
_GAINING = ("releaser", "buyers", "other_providers", "arbitrageurs")


def of_release(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say what a release earns, whether arbitrageurs dampen that, and who gains and loses.

    Parameters
    ----------
    found
        What `market release --json` prints.
    question
        That of the scenario.
    """
    rows = found["by_arbitrageurs"]
    amounts = [row["revenue"]["value"] or math.nan for row in rows]
    unit = MoneyUnit.fitting(amounts, "tick")
    return verdict(
        question,
        [
            _earns(found),
            _damped(rows),
            _taken(rows, unit),
            _gains(rows[0], found["owner"], unit),
            _gains(rows[-1], found["owner"], unit) if len(rows) > 1 else "",
            *found.get("assumed", ()),
        ],
    )


def _move(found: Mapping[str, float | None], base: float = math.nan) -> Move:
    value, low, high = (
        math.nan if (of := found[name]) is None else of for name in ("value", "low", "high")
    )
    return Move(value, low, high, base)


def _number_of(row: Mapping[str, Any]) -> str:
    return counted(row["arbitrageurs"], "arbitrageur")


def _earns(found: Mapping[str, Any]) -> str:
    """Its revenue with the first number of arbitrageurs, and how soon."""
    row = found["by_arbitrageurs"][0]
    revenue, half = _move(row["revenue"]), row["ticks_to_half"]["value"]
    who = _number_of(row)
    if revenue.sign <= 0:
        says = f"with {who}, the release "
        if revenue.sign < 0:
            return sentence([f"{says}lowers {_own(found)} revenue by {revenue.size('revenue')}"])
        span = revenue.span("revenue")
        return sentence([f"{says}may raise or lower {_own(found)} revenue ({span})"])
    soon = ""
    if half is not None:
        soon = (
            ", half of it in the first tick"
            if half < 0.5
            else f", half of it after {half:.1f} ticks"
        )
    return sentence(
        [f"with {who}, the release adds {revenue.size('revenue')} to {_own(found)} revenue{soon}"]
    )


def _own(found: Mapping[str, Any]) -> str:
    owner = str(found["owner"])
    return f"{owner}'" if owner.endswith("s") else f"{owner}'s"


def _damped(rows: Sequence[Mapping[str, Any]]) -> str:
    """Revenue with other numbers of arbitrageurs beside the first, as far as intervals say."""
    base = rows[0]["revenue"]["value"]
    if base is None:
        return ""
    said = []
    for row in rows[1:]:
        move = _move(row["revenue_change"], base)
        if not move.known:
            continue
        words = {1: "more", -1: "less"}.get(move.sign)
        size = move.size("revenue")
        said.append(
            f"with {_number_of(row)} it adds {size} {words}"
            if words
            else f"with {_number_of(row)} it adds neither surely more nor surely less"
        )
    return sentence(said)


def _taken(rows: Sequence[Mapping[str, Any]], unit: MoneyUnit) -> str:
    """Who surely loses revenue, with the first number of arbitrageurs and with the last."""
    said = []
    for row in (rows[0], rows[-1])[: len(rows)]:
        losses = {name: _move(of) for name, of in row["taken_from"].items()}
        losing = sorted(
            (name for name, move in losses.items() if move.sign < 0),
            key=lambda name: losses[name].difference,
        )[:3]
        if losing:
            amounts = [f"{name} ({unit.sentence(losses[name].difference)})" for name in losing]
            said.append(f"with {_number_of(row)} it takes revenue from {listed(amounts)}")
    return sentence(said)


def _gains(row: Mapping[str, Any], owner: str, unit: MoneyUnit) -> str:
    """Change of profits and surplus, as far as intervals say."""
    parts = []
    for name in _GAINING:
        move, who = _move(row["gains"][name]), PARTIES[name] or owner
        if move.sign == 0:
            continue
        verb = "gain" if move.sign > 0 else "lose"
        verb = f"{verb}s" if name == "releaser" else verb
        parts.append(f"{who} {verb} {unit.sentence(abs(move.difference))}")
    welfare = _move(row["gains"]["welfare"])
    if welfare.sign != 0:
        parts.append(
            f"welfare {'rises' if welfare.sign > 0 else 'falls'} by "
            f"{unit.sentence(abs(welfare.difference))}"
        )
    return sentence([f"with {_number_of(row)}, {listed(parts)}"] if parts else [])
