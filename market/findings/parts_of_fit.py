"""Parameters and targets of a fit, as tables."""

from collections.abc import Mapping
from typing import Any

from market.findings.answer_parts import AnswerTable, Parts, Remark
from market.measures.number_text import formatted, short
from market.measures.parameter_words import parameter_in_words


def parts_of_fit(found: Mapping[str, Any]) -> Parts:
    """Parameters and targets as fitted, and how much was run for them.

    Parameters
    ----------
    found
        What `market fit --json` prints.
    """
    much = (
        f"{found['points']:,} points of the market, {found['replicates']} runs on the same seeds "
        "at each."
    )
    failed = [f"At some points there was no run, for example: {why}" for why in found["failed"][:1]]
    return [_parameters(found), _targets(found), Remark(much), *map(Remark, failed)]


def _parameters(found: Mapping[str, Any]) -> AnswerTable:
    rows = []
    for row in found["parameters"]:
        low, high = (_short(row[end]) for end in ("low", "high"))
        rows.append(
            (
                parameter_in_words(row["path"]),
                _short(row["before"]),
                _short(row["value"]),
                _short(row["standard_error"]) if row["pinned"] else "–",
                f"≤ {low}" if row["open_low"] else low,
                f"≥ {high}" if row["open_high"] else high,
                f"{_short(row['bounds'][0])} to {_short(row['bounds'][1])}",
            )
        )
    return AnswerTable(
        "Parameters as fitted; 95% intervals, the others fitted anew",
        ("parameter",),
        ("before", "fitted", "standard error", "low", "high", "bounds"),
        tuple(rows),
    )


def _targets(found: Mapping[str, Any]) -> AnswerTable:
    rows = tuple(
        (
            row["name"],
            _short(row["asked"]),
            _short(row["error"]) + (" (assumed)" if row["error_assumed"] else ""),
            _short(row["before"]),
            _short(row["fitted"]),
            formatted(row["distance"], "{:+.2f}"),
        )
        for row in found["targets"]
    )
    return AnswerTable(
        "Targets; distance in standard errors, of the target and of the runs together",
        ("target",),
        ("asked", "standard error", "before", "fitted", "distance"),
        rows,
    )


def _short(value: float | None) -> str:
    return short(float("nan") if value is None else value)
