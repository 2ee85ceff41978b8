"""What pricing algorithms learn, as tables."""

from collections.abc import Mapping
from typing import Any

from market.findings.answer_parts import AnswerTable, Parts, Remark
from market.measures.counted import counted
from market.measures.number_text import formatted

_TITLE = "Profit gain: 0 in the market's own equilibrium, 1 at its joint optimum; prices over list"


def parts_of_learning(found: Mapping[str, Any]) -> Parts:
    """What was learned by number of arbitrageurs, or by value of a parameter too.

    Parameters
    ----------
    found
        What `market learn --json` prints, with `--vary` or without.
    """
    return [_by_value(found)] if "by_value" in found else _learned(found)


def _learned(found: Mapping[str, Any]) -> Parts:
    names = found["providers"]
    rows = tuple(
        (
            str(row["arbitrageurs"]),
            _plain(row["profit_gain"]["value"]),
            _between(row["profit_gain"]),
            *(_plain(price["value"]) for price in row["price"]),
            *(_plain(price) for price in row["competitive_price"]),
            *(_plain(price) for price in row["joint_price"]),
            formatted(row["periods"] / 1e6, "{:.2f}"),
            formatted(100 * row["at_rest"], "{:.0f}%"),
        )
        for row in found["by_arbitrageurs"]
    )
    columns = (
        "profit gain",
        "95% interval",
        *(f"{name}'s price" for name in names),
        *(f"{name}'s in equilibrium" for name in names),
        *(f"{name}'s if agreed" for name in names),
        "periods, million",
        "arbitrageurs at rest",
    )
    table = AnswerTable(_TITLE, ("arbitrageurs",), columns, rows)
    mixed = [r["arbitrageurs"] for r in found["by_arbitrageurs"] if not r["pure_equilibria"]]
    if not mixed:
        return [table]
    numbers = ", ".join([*map(str, mixed[:-1]), counted(mixed[-1], "arbitrageur")])
    said = (
        f"With {numbers} there is no pure equilibrium on the grid; "
        "prices in equilibrium are means of a mixed one."
    )
    return [table, Remark(said)]


def _by_value(found: Mapping[str, Any]) -> AnswerTable:
    rows = []
    for value in found["by_value"]:
        for row in value["by_arbitrageurs"]:
            asked = [price["value"] for price in row["price"]]
            rows.append(
                (
                    str(value["value"]),
                    str(row["arbitrageurs"]),
                    _plain(row["profit_gain"]["value"]),
                    _between(row["profit_gain"]),
                    _plain(row["change"]["value"]),
                    _between(row["change"]),
                    _plain(sum(asked) / len(asked)),
                )
            )
    return AnswerTable(
        _TITLE,
        (found["vary"], "arbitrageurs"),
        ("profit gain", "95% interval", "less that of the first", "95% interval of it", "price"),
        tuple(rows),
        keys=2,
    )


def _between(found: Mapping[str, float | None]) -> str:
    return "" if found["low"] is None else f"{found['low']:.3f} to {found['high']:.3f}"


def _plain(value: float | None) -> str:
    return formatted(float("nan") if value is None else value, "{:.3f}")
