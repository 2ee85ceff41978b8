"""What `market release` prints for people."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from market.cli.print_verdict import print_verdict
from market.cli.tables import plain_table
from market.cli.terminal import interval, number, out
from market.findings import Verdict
from market.findings.of_release import PARTIES
from market.measures.money_units import MISSING, MoneyUnit

Found = Mapping[str, float | None]


def print_release(found: Mapping[str, Any], said: Verdict) -> None:
    """The verdict; what the release earns, from whom, who gains, and what better models earn."""
    print_verdict(said)
    rows: Sequence[Mapping[str, Any]] = found["by_arbitrageurs"]
    unit = MoneyUnit.fitting(_amounts(rows), "tick")
    owner = found["owner"]
    out.print(
        f"{found['release']} enters at tick {found['tick']} · {found['replicates']} seeds · "
        f"with it less without it, last quarter, {unit.name}, ± half of the 95% interval"
    )
    _print_table(
        rows,
        {
            f"revenue of {owner}": lambda row: _money(row["revenue"], unit),
            "less the first": lambda row: _money(row["revenue_change"], unit),
            "ticks until half of it": lambda row: _ticks(row["ticks_to_half"]),
        },
    )
    out.print("Revenue of the other providers")
    _print_table(rows, {name: _at("taken_from", name, unit) for name in rows[0]["taken_from"]})
    out.print("Who gains: profit, and surplus of buyers; together they are welfare")
    gaining = {words or owner: _at("gains", name, unit) for name, words in PARTIES.items()}
    _print_table(rows, gaining)
    out.print(
        "Revenue from a unit more of a model's logit solve probability, at the end of the run with "
        f"{found['release']}"
    )
    models = rows[0]["marginal_revenue_capability"]
    _print_table(rows, {m: _at("marginal_revenue_capability", m, unit) for m in models})


def _print_table(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Callable[[Mapping[str, Any]], str]]
) -> None:
    table = plain_table("", ["arbitrageurs"], list(columns))
    for row in rows:
        table.add_row(str(row["arbitrageurs"]), *(cell(row) for cell in columns.values()))
    out.print(table)


def _amounts(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    every = [row["revenue"] for row in rows]
    every += [of for row in rows for of in (*row["taken_from"].values(), *row["gains"].values())]
    return [math.nan if one["value"] is None else one["value"] for one in every]


def _at(kind: str, name: str, unit: MoneyUnit) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: _money(row[kind][name], unit)


def _money(found: Found | None, unit: MoneyUnit) -> str:
    if found is None or found["value"] is None:
        return MISSING
    low, high = (math.nan if found[end] is None else found[end] for end in ("low", "high"))
    assert low is not None
    assert high is not None
    return interval(found["value"], low, high, unit)


def _ticks(found: Found) -> str:
    value = found["value"]
    return number(math.nan if value is None else value, "{:.1f}")
