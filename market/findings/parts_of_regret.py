"""What routers lose while they learn, as a table."""

from collections.abc import Mapping
from typing import Any

from market.findings.answer_parts import AnswerTable, Parts, Remark
from market.measures.money_units import dollars
from market.measures.number_text import formatted


def parts_of_regret(found: Mapping[str, Any]) -> Parts:
    """What a solution is worth, and what each rule lost by number of queries.

    Parameters
    ----------
    found
        What `market regret --json` prints.
    """
    worth = (
        f"A solution is taken to be worth {dollars(found['value'])}: who knows the models then "
        f"solves {100 * found['solve_rate']:.1f}% of queries at {dollars(found['spend'])} each, "
        f"{dollars(found['best'])} net."
    )
    names = [rule["name"] for rule in found["rules"]]
    rows = []
    for points in zip(*(rule["points"] for rule in found["rules"]), strict=True):
        cells = [
            cell
            for point in points
            for cell in (
                formatted(point["regret"], "{:.4g}"),
                formatted(100 * point["per_query"] / found["best"], "{:.2f}"),
            )
        ]
        rows.append((f"{points[0]['queries']:,}", *cells))
    table = AnswerTable(
        "Lost so far, and per query then as a share of what the best cascades are worth",
        ("queries",),
        tuple(heading for name in names for heading in (f"{name}, $", f"{name}, %")),
        tuple(rows),
    )
    later = found.get("left_out", [])
    if not later:
        return [Remark(worth, flowing=True), table]
    left = f"The market is as it begins; left out is what comes later: {', '.join(later)}."
    return [Remark(worth, flowing=True), table, Remark(left, flowing=True)]
