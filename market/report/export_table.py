"""What an exported table is, and how its numbers are written."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from market.measures.labels import INDEX, NUMBER, SHARE, Measure, Unit
from market.measures.number_text import with_half

_UNITS: Sequence[tuple[Unit, str]] = ((SHARE, "share"), (INDEX, "index"), (NUMBER, "number"))


@dataclass(frozen=True)
class ExportTable:
    """One table, twice.

    Attributes
    ----------
    name
        Of its file, without an ending.
    caption
        What it shows.
    frame
        Numbers in full: money in US dollars, with a column for units where rows differ in them.
    columns
        Headings as a paper has them, with units.
    rows
        Texts as a paper has them: rounded, money in its unit, ± half of the interval.
    words
        How many of the first columns are words.
    """

    name: str
    caption: str
    frame: pd.DataFrame
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def unit_of(known: Measure) -> str:
    """The unit of a measure as stored, in a word or two."""
    if known.money is not None:
        return f"$ per {known.money.per}" if known.money.per else "$"
    return next((words for unit, words in _UNITS if unit == known.unit), "number")


def number(value: Any) -> float:
    """A number of JSON; NaN where it is missing."""
    return math.nan if value is None else float(value)


def half(row: Mapping[Any, Any]) -> float:
    """Half of the interval in the row of a table."""
    return (float(row["high"]) - float(row["low"])) / 2


def sure(known: Measure, value: float, row: Mapping[Any, Any]) -> str:
    """A value of a measure, money in its unit, ± half of the interval in the row."""
    size = half(row)
    if known.money is not None:
        return known.money.with_half(float(value), size)
    return with_half(float(value), size) if math.isfinite(size) else known.text(float(value))
