"""What the page of a grid holds: for each point its verdict, numbers to draw and texts to read."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.charts.colours import NIGHT, Colours, legible
from market.measures.labels import Measure, fitted
from market.measures.labels import parameter as words
from market.measures.money_units import MISSING, MoneyUnit
from market.scenario.sweep_schema import Range
from market.studies.design import Design, readable

Frames = Sequence[tuple[pd.DataFrame, pd.DataFrame]]
DIGITS = 5  # of a number that is only drawn


def page_data(design: Design, frames: Frames, verdicts: Sequence[str]) -> dict[str, Any]:
    """All of it, as plain values.

    Parameters
    ----------
    design
        The grid; its last parameter moves fastest.
    frames, verdicts
        By point: measures and agents against the scenario as it is, and the paragraph.
    """
    names = [str(name) for name in frames[0][0]["measure"]]
    known = fitted({n: [v for m, _ in frames for v in _row(m, "measure", n)] for n in names})
    sellers = list(dict.fromkeys(str(n) for _, agents in frames for n in agents["name"]))
    money = MoneyUnit.fitting(pd.concat([agents["b"] for _, agents in frames]), "tick")
    spec = design.scenario
    resellers = {str(n) for _, f in frames for n in f["name"][f["role"] == "arbitrageur"]}
    colours = Colours.of_market(
        [n for n in sellers if n not in resellers], [n for n in sellers if n in resellers]
    )
    return {
        "parameters": [
            {"words": words(path), "values": [_said(v) for v in _values(design, i)]}
            for i, path in enumerate(design.parameters)
        ],
        "start": [_place(design, i) for i in range(len(design.parameters))],
        "measures": [_measure(known[n], n, frames) for n in names],
        "sellers": [
            {"name": n, "light": colours[n], "dark": legible(colours[n], NIGHT)} for n in sellers
        ],
        "unit": f"Profit, {money.name}",
        "points": [
            {
                "verdict": verdict,
                "measures": [_numbers(m, "measure", n, known[n]) for n in names],
                "sellers": [_numbers(agents, "name", n, money) for n in sellers],
            }
            for (m, agents), verdict in zip(frames, verdicts, strict=True)
        ],
        "name": spec.name,
    }


def _values(design: Design, i: int) -> list[Any]:
    """Values of a parameter, in the order of the grid."""
    given = list(design.sweep.vary.values())[i]
    return list(given.values()) if isinstance(given, Range) else list(given)


def _place(design: Design, i: int) -> int:
    """Where a slider stands first: at the scenario's own value, if it is on the grid."""
    from market.scenario.files import override

    own = design.scenario
    values = _values(design, i)
    same = [j for j, v in enumerate(values) if override(own, {design.parameters[i]: v}) == own]
    return same[0] if same else 0


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(readable(value))


def _row(frame: pd.DataFrame, column: str, name: str) -> list[float]:
    """Level and the ends of its interval, and the level of the scenario as it is."""
    rows = frame[frame[column] == name]
    if rows.empty:
        return [math.nan] * 4
    row = rows.iloc[0]
    return [float(row[c]) for c in ("b", "level_low", "level_high", "a")]


def _numbers(frame: pd.DataFrame, column: str, name: str, unit: Measure | MoneyUnit) -> list[Any]:
    """To draw: level, low, high, the scenario's own; to read: both, and the difference."""
    level, low, high, own = _row(frame, column, name)
    if not math.isfinite(level):
        return [None, None, None, None, MISSING, MISSING, MISSING]
    rows = frame[frame[column] == name].iloc[0]
    change = [float(rows[c]) for c in ("difference", "low", "high")]
    texts = [_signed(unit.text(v)) for v in (level, own, *change)]
    moved = texts[2] if not np.isfinite(change[1]) else f"{texts[2]} ({texts[3]} to {texts[4]})"
    return [*map(_short, (level, low, high, own)), texts[0], texts[1], moved]


def _measure(known: Measure, name: str, frames: Frames) -> dict[str, Any]:
    drawn = [v for m, _ in frames for v in _row(m, "measure", name) if math.isfinite(v)]
    ends = (min(drawn), max(drawn)) if drawn else (0.0, 1.0)
    texts = [_signed(known.text(v)) for v in ends]
    return {"label": known.label, "low": _short(ends[0]), "high": _short(ends[1]), "ends": texts}


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _signed(text: str) -> str:
    return text.replace("-", "−")
