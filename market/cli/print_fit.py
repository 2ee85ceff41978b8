"""What `market fit` prints for people."""

from collections.abc import Mapping
from typing import Any

from market.cli.print_verdict import print_verdict
from market.cli.tables import plain_table
from market.cli.terminal import number, out, short
from market.findings import Verdict
from market.measures.parameter_words import parameter_in_words


def print_fit(found: Mapping[str, Any], said: Verdict) -> None:
    """The verdict, and parameters and targets as fitted."""
    print_verdict(said)
    out.print(_parameters(found))
    out.print(_targets(found))
    out.print(
        f"{found['points']:,} points of the market, {found['replicates']} runs on the same seeds "
        "at each."
    )
    for reason in found["failed"][:1]:
        out.print(f"At some points there was no run, for example: {reason}")


def _parameters(found: Mapping[str, Any]) -> Any:
    table = plain_table(
        "Parameters as fitted; 95% intervals, the others fitted anew",
        ["parameter"],
        ["before", "fitted", "standard error", "low", "high", "bounds"],
    )
    for row in found["parameters"]:
        low, high = (_short(row[end]) for end in ("low", "high"))
        table.add_row(
            parameter_in_words(row["path"]),
            _short(row["before"]),
            _short(row["value"]),
            _short(row["standard_error"]) if row["pinned"] else "–",
            f"≤ {low}" if row["open_low"] else low,
            f"≥ {high}" if row["open_high"] else high,
            f"{_short(row['bounds'][0])} to {_short(row['bounds'][1])}",
        )
    return table


def _targets(found: Mapping[str, Any]) -> Any:
    table = plain_table(
        "Targets; distance in standard errors, of the target and of the runs together",
        ["target"],
        ["asked", "standard error", "before", "fitted", "distance"],
    )
    for row in found["targets"]:
        assumed = " (assumed)" if row["error_assumed"] else ""
        table.add_row(
            row["name"],
            _short(row["asked"]),
            f"{_short(row['error'])}{assumed}",
            _short(row["before"]),
            _short(row["fitted"]),
            number(row["distance"], "{:+.2f}"),
        )
    return table


def _short(value: float | None) -> str:
    return short(float("nan") if value is None else value)
