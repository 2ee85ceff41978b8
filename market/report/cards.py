"""A figure that a report begins with, and the words that it is told in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Headline:
    """One headline number.

    Attributes
    ----------
    figure
        The number, written out.
    words
        What it says, in a sentence.
    """

    figure: str
    words: str


def percent(value: float, signed: bool = False) -> str:
    """A share in per cent, with a proper minus."""
    return f"{100 * value:{'+' if signed else ''}.1f}%".replace("-", "−")


def known_of(values: Mapping[str, Any], name: str) -> float:
    """A number of JSON; NaN where it is missing."""
    value = values.get(name)
    return math.nan if value is None else float(value)


def card(value: float, figure: str, words: str) -> Headline | None:
    """The headline of a number; None where it is missing."""
    return Headline(figure, words) if math.isfinite(value) else None


def minus(cell: str) -> str:
    """A cell with a proper minus before its number."""
    return f"−{cell[1:]}" if cell[:1] == "-" and cell[1:2] in "0123456789.$" else cell
