"""Units of money: amounts are kept in US dollars and written in a unit in which they can be read.

A query may cost 0.00002 dollars and a proof 4,000. What stands together (a column, an axis, a
chart) has one unit, so that its numbers can be compared at a glance.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from market.measures.number_text import MISSING as MISSING
from market.measures.number_text import ROUNDING, with_half

MORE = {1e3: "thousand", 1e6: "million", 1e9: "billion"}  # dollars of one unit
LESS = {1e-3: "1,000", 1e-6: "million", 1e-9: "billion"}  # of as many queries


@dataclass(frozen=True)
class MoneyUnit:
    """What amounts of money are written in.

    Attributes
    ----------
    per
        What an amount is for, in the singular: `query`, `attempt`, `tick`; empty where it is for
        nothing in particular.
    size
        Dollars of one unit: 1; 1,000 and more in "$ thousand"; 0.001 and less in
        "$ per 1,000 queries".
    least
        Dollars below which an amount is a rounding error beside the largest, and written as 0.
    """

    per: str = ""
    size: float = 1.0
    least: float = 0.0

    tick = ""  # an axis shows as many digits as tell its ticks apart

    @classmethod
    def fitting(cls, amounts: ArrayLike, per: str = "") -> "MoneyUnit":
        """Find the unit nearest to plain dollars in which the median is from 0.01 to 1,000.

        Parameters
        ----------
        amounts
            US dollars, in any shape; zeros and missing ones do not count.
        per
            As above.
        """
        known = np.abs(np.asarray(amounts, dtype=np.float64))
        known = known[np.isfinite(known) & (known > 0)]
        least = ROUNDING * float(known.max(initial=0.0))
        known = known[known >= least]
        typical = float(np.median(known)) if known.size else 1.0
        larger = [size for size in MORE if typical >= size]
        # one query in a thousand is a number of queries; a thousandth of no query is not
        smaller = [size for size in LESS if typical < 10 * size] if per else []
        return cls(per, max(larger, default=min(smaller, default=1.0)), least)

    @property
    def factor(self) -> float:
        """From dollars to this unit."""
        return 1 / self.size if self.size > 1 else float(round(1 / self.size))

    @property
    def name(self) -> str:
        """In words, as in "$ thousand per tick" or "$ per 1,000 queries"."""
        return f"${self.suffix}"

    @property
    def suffix(self) -> str:
        """What follows a number of dollars, as in "$1.23 thousand per tick"."""
        scale = f" {MORE[self.size]}" if self.size in MORE else ""
        if not self.per:
            return scale
        many = "queries" if self.per == "query" else f"{self.per}s"
        return f"{scale} per {f'{LESS[self.size]} {many}' if self.size in LESS else self.per}"

    def hover(self, field: str, sign: str = "") -> str:
        """Template of a hover for a field in this unit; plain dollars are as the axis says."""
        return f"%{{{field}:{sign}$,.3~r}}{'' if self.size == 1 else self.suffix}"

    def text(self, amount: float) -> str:
        """US dollars in this unit, to three significant digits; a dash where missing."""
        return significant(self._shown(amount))

    def with_half(self, amount: float, half: float) -> str:
        """US dollars in this unit ± half of their interval, to the digits that the half has."""
        if not math.isfinite(half):
            return self.text(amount)
        return with_half(self._shown(amount), self._shown(half))

    def sentence(self, amount: float) -> str:
        """US dollars with their unit, as in "−$1.23 thousand per tick"."""
        return f"{dollars(self._shown(amount))}{self.suffix}" if math.isfinite(amount) else MISSING

    def _shown(self, amount: float) -> float:
        return 0.0 if abs(amount) < self.least else amount * self.factor


def significant(value: float) -> str:
    """A number to three significant digits, with its zeros and separators of thousands.

    >>> significant(1234.5), significant(0.02), significant(0.0)
    ('1,230', '0.0200', '0')
    """
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    short = f"{value:.2e}"
    exponent = int(short.partition("e")[2])
    if exponent < -4:  # zeros that nobody counts
        return short
    return f"{float(short):,.{max(2 - exponent, 0)}f}"


def dollars(amount: float) -> str:
    """A single amount, as in "$0.0810"."""
    if not math.isfinite(amount):
        return MISSING
    return f"{'−' if amount < 0 else ''}${significant(abs(amount))}"
