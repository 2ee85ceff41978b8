"""What `market learn` prints for people."""

from collections.abc import Mapping
from typing import Any

from market.cli.print_verdict import print_verdict
from market.cli.tables import plain_table
from market.cli.terminal import number, out
from market.findings import Verdict


def print_learned(found: Mapping[str, Any], said: Verdict) -> None:
    """The verdict, and what was learned by number of arbitrageurs."""
    print_verdict(said)
    names = found["providers"]
    table = plain_table(
        "Profit gain: 0 in the market's own equilibrium, 1 at its joint optimum; prices over list",
        ["arbitrageurs"],
        [
            "profit gain",
            "95% interval",
            *(f"{name}'s price" for name in names),
            *(f"{name}'s in equilibrium" for name in names),
            *(f"{name}'s if agreed" for name in names),
            "periods, million",
        ],
    )
    for row in found["by_arbitrageurs"]:
        gain = row["profit_gain"]
        sure = _between(gain)
        table.add_row(
            str(row["arbitrageurs"]),
            _plain(gain["value"]),
            sure,
            *(_plain(price["value"]) for price in row["price"]),
            *(_plain(price) for price in row["competitive_price"]),
            *(_plain(price) for price in row["joint_price"]),
            number(row["periods"] / 1e6, "{:.2f}"),
        )
    out.print(table)
    mixed = [str(r["arbitrageurs"]) for r in found["by_arbitrageurs"] if not r["pure_equilibria"]]
    if mixed:
        out.print(
            f"With {', '.join(mixed)} arbitrageurs there is no pure equilibrium on the grid; "
            "prices in equilibrium are means of a mixed one."
        )


def print_by_value(found: Mapping[str, Any], said: Verdict) -> None:
    """The verdict, and profit gains by value of a parameter and number of arbitrageurs."""
    print_verdict(said)
    table = plain_table(
        "Profit gain: 0 in the market's own equilibrium, 1 at its joint optimum; prices over list",
        [found["vary"], "arbitrageurs"],
        ["profit gain", "95% interval", "less that of the first", "95% interval of it", "price"],
        keys=2,
    )
    for value in found["by_value"]:
        for row in value["by_arbitrageurs"]:
            asked = [price["value"] for price in row["price"]]
            table.add_row(
                str(value["value"]),
                str(row["arbitrageurs"]),
                _plain(row["profit_gain"]["value"]),
                _between(row["profit_gain"]),
                _plain(row["change"]["value"]),
                _between(row["change"]),
                _plain(sum(asked) / len(asked)),
            )
    out.print(table)


def _between(found: Mapping[str, float | None]) -> str:
    return "" if found["low"] is None else f"{found['low']:.3f} to {found['high']:.3f}"


def _plain(value: float | None) -> str:
    return number(float("nan") if value is None else value, "{:.3f}")
