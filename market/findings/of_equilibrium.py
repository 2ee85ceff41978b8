"""The verdict on where prices come to rest, and on what mergers and arbitrageurs change."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from market.findings.verdict import Verdict, listed, sentence, verdict
from market.measures.counted import counted
from market.measures.money_units import dollars
from market.measures.number_text import share_in_percent


def of_equilibrium(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say where prices rest, if anywhere, and what arbitrageurs and mergers change.

    Parameters
    ----------
    found
        What `market equilibrium --json` prints.
    question
        That of the scenario, where it asks for this.
    """
    rows = found["by_arbitrageurs"]
    said = [_rest(row) for row in rows]
    if len(rows) > 1:
        said.append(_compared(rows))
    for row in rows:  # those that matter most to buyers
        worst = sorted(row["mergers"], key=lambda of: -abs(of["consumer_surplus"]))
        said += [_merger(row, merger) for merger in worst[:_TOLD]]
    said.append(_restless(rows))
    return verdict(question, said)


_TOLD = 2  # mergers and providers that a sentence names


def _with(row: Mapping[str, Any]) -> str:
    return counted(row["arbitrageurs"], "arbitrageur")


def _prices(row: Mapping[str, Any]) -> str:
    every = zip(row["providers"], row["rest"]["price"], row["panel"]["quantity"], strict=True)
    pairs = [(name, price) for name, price, sold in every if sold > 0]
    if len(pairs) > 2 * _TOLD:
        low, high = min(pairs, key=lambda p: p[1]), max(pairs, key=lambda p: p[1])
        return f"between {low[1]:.2f} of list price ({low[0]}) and {high[1]:.2f} ({high[0]})"
    return "at " + listed([f"{price:.2f} of list price ({name})" for name, price in pairs])


def _rest(row: Mapping[str, Any]) -> str:
    rest, grid = row["rest"], row["rest"]["grid"]
    if rest["equilibrium"]:
        return sentence(
            [f"with {_with(row)} prices come to rest {_prices(row)}: nobody gains by moving alone"]
        )
    if rest["largest_gain"] <= 0:
        return sentence(
            [
                f"with {_with(row)} no price that was tried pays anybody more than those "
                f"{_prices(row)}; but slopes of profit do not vanish there, as profit falls in "
                "steps, so that this is not surely where prices come to rest"
            ]
        )
    parts = [
        f"with {_with(row)} no prices were found from which nobody gains by moving alone; the "
        f"nearest lie {_prices(row)}, where a best reply still gains "
        f"{_percent(rest['largest_gain'])} of profit"
    ]
    if grid is not None and len(grid["cycle"]) > 1:
        parts.append(f"best replies in turn go round in a cycle of {len(grid['cycle'])}")
    if grid is not None and grid["mixed"] and grid["mean_price"][0] == grid["mean_price"][0]:
        mean = [
            f"{price:.2f} ({name})"
            for name, price in zip(row["providers"], grid["mean_price"], strict=True)
        ]
        parts.append(f"if they mix, the mean prices in equilibrium are {listed(mean)}")
    return sentence(parts)


def _percent(share: float) -> str:
    return "more than all" if share == float("inf") else share_in_percent(share)


def _move(percent: float) -> str:
    """A change in percent, with a decimal where it is below ten, and never −0."""
    if abs(percent) >= 9.95:
        return f"{percent:+.0f}%"
    return f"{round(percent, 1) + 0.0:+.1f}%"


def _compared(rows: Sequence[Mapping[str, Any]]) -> str:
    """How prices and elasticities differ from those with the first number of arbitrageurs."""
    first, last = rows[0], rows[-1]
    moved = []
    for i, name in enumerate(first["providers"]):
        if name not in last["providers"]:
            continue
        j = last["providers"].index(name)
        price = last["rest"]["price"][j] / first["rest"]["price"][i] - 1
        elastic = [row["panel"]["elasticity"][k][k] for row, k in ((first, i), (last, j))]
        moved.append((abs(price), name, price, elastic))
    moved.sort(reverse=True)
    told = [
        f"{name}'s price moves by {100 * price:+.1f}%, its own elasticity from {then:.2f} to "
        f"{now:.2f}"
        for _, name, price, (then, now) in moved[:_TOLD]
    ]
    if not told:
        return ""
    return sentence([f"from {_with(first)} to {_with(last)}, {'; '.join(told)}"])


def _merger(row: Mapping[str, Any], merger: Mapping[str, Any]) -> str:
    names = merger["providers"]
    moves = [
        100 * (now / then - 1)
        for name, now, then in zip(
            row["providers"], merger["price"], row["rest"]["price"], strict=True
        )
        if name in names
    ]
    surplus = row["panel"]["surplus"]
    lost = merger["consumer_surplus"] / surplus if row["at"] == "rest" and surplus > 0 else None
    parts = [
        f"with {_with(row)}, if {listed(names)} merged, their prices would move by "
        f"{listed([_move(move) for move in moves])}"
    ]
    if lost is not None:
        parts.append(f"buyers' surplus by {_move(100 * lost)}{_sure(merger)}")
    if not merger["equilibrium"] and merger["largest_gain"] > 0:
        parts.append(f"where a best reply still gains {_percent(merger['largest_gain'])}")
    return sentence(parts, ", ")


def _sure(merger: Mapping[str, Any]) -> str:
    """The interval of the change of surplus, where there is one."""
    ends = merger.get("intervals", {}).get("consumer_surplus")
    if ends is None or not math.isfinite(ends["low"] + ends["high"]):
        return ""
    return f" (95% interval: {dollars(ends['low'])} to {dollars(ends['high'])} per tick)"


def _restless(rows: Sequence[Mapping[str, Any]]) -> str:
    share = min(row["arbitrageurs_at_rest"] for row in rows)
    if share >= 1:
        return ""
    return sentence(
        [
            f"at {100 * (1 - share):.0f}% of the prices that were tried arbitrageurs did not come "
            "to rest, and what was sold is its mean over the rounds that they went through"
        ]
    )
