"""What `market regret` prints for people."""

from collections.abc import Mapping
from typing import Any

from market.cli.print_verdict import print_verdict
from market.cli.tables import plain_table
from market.cli.terminal import number, out
from market.findings import Verdict
from market.measures.money_units import dollars


def print_regret(found: Mapping[str, Any], said: Verdict) -> None:
    """The verdict, and what each rule lost by number of queries."""
    print_verdict(said)
    out.paragraph(
        f"A solution is taken to be worth {dollars(found['value'])}: who knows the models then "
        f"solves {100 * found['solve_rate']:.1f}% of queries at {dollars(found['spend'])} each, "
        f"{dollars(found['best'])} net."
    )
    names = [rule["name"] for rule in found["rules"]]
    table = plain_table(
        "Lost so far, and per query then as a share of what the best cascades are worth",
        ["queries"],
        [heading for name in names for heading in (f"{name}, $", f"{name}, %")],
    )
    for points in zip(*(rule["points"] for rule in found["rules"]), strict=True):
        cells = [
            cell
            for point in points
            for cell in (
                number(point["regret"], "{:.4g}"),
                number(100 * point["per_query"] / found["best"], "{:.2f}"),
            )
        ]
        table.add_row(f"{points[0]['queries']:,}", *cells)
    out.print(table)
