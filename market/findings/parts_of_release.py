"""What a release earns, from whom, who gains, and what better models earn, as tables."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from market.findings.answer_parts import AnswerTable, Parts, Remark
from market.findings.of_release import PARTIES
from market.measures.money_units import MISSING, MoneyUnit
from market.measures.number_text import formatted

Row = Mapping[str, Any]
Found = Mapping[str, float | None]


def parts_of_release(found: Mapping[str, Any]) -> Parts:
    """Tables by number of arbitrageurs, money in one unit.

    Parameters
    ----------
    found
        What `market release --json` prints.
    """
    rows: Sequence[Row] = found["by_arbitrageurs"]
    unit = MoneyUnit.fitting(_amounts(rows), "tick")
    owner = found["owner"]
    gaining = {words or owner: _at("gains", name, unit) for name, words in PARTIES.items()}
    kind = "marginal_revenue_capability"
    return [
        Remark(
            f"{found['release']} enters at tick {found['tick']} · {found['replicates']} seeds · "
            f"with it less without it, last quarter, {unit.name}, ± half of the 95% interval"
        ),
        _by_number(
            rows,
            {
                f"revenue of {owner}": lambda row: _money(row["revenue"], unit),
                "less the first": lambda row: _money(row["revenue_change"], unit),
                "ticks until half of it": lambda row: _ticks(row["ticks_to_half"]),
            },
        ),
        Remark("Revenue of the other providers"),
        _by_number(rows, {name: _at("taken_from", name, unit) for name in rows[0]["taken_from"]}),
        Remark("Who gains: profit, and surplus of buyers; together they are welfare"),
        _by_number(rows, gaining),
        Remark(
            "Revenue from a unit more of a model's logit solve probability, at the end of the run "
            f"with {found['release']}"
        ),
        _by_number(rows, {model: _at(kind, model, unit) for model in rows[0][kind]}),
    ]


def _by_number(rows: Sequence[Row], columns: Mapping[str, Callable[[Row], str]]) -> AnswerTable:
    told = tuple(
        (str(row["arbitrageurs"]), *(cell(row) for cell in columns.values())) for row in rows
    )
    return AnswerTable("", ("arbitrageurs",), tuple(columns), told)


def _amounts(rows: Sequence[Row]) -> list[float]:
    every = [row["revenue"] for row in rows]
    every += [of for row in rows for of in (*row["taken_from"].values(), *row["gains"].values())]
    return [math.nan if one["value"] is None else one["value"] for one in every]


def _at(kind: str, name: str, unit: MoneyUnit) -> Callable[[Row], str]:
    return lambda row: _money(row[kind][name], unit)


def _money(found: Found | None, unit: MoneyUnit) -> str:
    if found is None or found["value"] is None:
        return MISSING
    low, high = (math.nan if (end := found[name]) is None else end for name in ("low", "high"))
    return unit.with_half(found["value"], (high - low) / 2)


def _ticks(found: Found) -> str:
    value = found["value"]
    return formatted(math.nan if value is None else value, "{:.1f}")
