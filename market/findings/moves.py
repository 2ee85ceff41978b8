"""How far something moved, as a sentence may say it: no further than its interval goes."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from market.findings.verdict import listed
from market.measures.labels import Measure, measure
from market.measures.money_units import MoneyUnit
from market.measures.percent import tells_in_percent

_MOST_PLACES = 8  # decimals


@dataclass(frozen=True)
class Noun:
    """What a measure is called where a sentence is about it."""

    words: str
    plural: bool = False

    def verb(self, singular: str, plural: str) -> str:
        """The form of a verb that agrees with it."""
        return plural if self.plural else singular


NOUNS = {
    "price_index": Noun("prices at constant quality", plural=True),
    "consumer_surplus": Noun("buyers' surplus"),
    "provider_profit": Noun("providers' profit"),
    "producer_surplus": Noun("providers' profit"),
    "arbitrage_profit": Noun("arbitrageurs' profit"),
    "arbitrageur_surplus": Noun("arbitrageurs' profit"),
    "welfare": Noun("welfare"),
    "segmentation": Noun("segmentation by model"),
    "small_provider_share": Noun("the small providers' share of revenue"),
    "revenue_per_query": Noun("providers' revenue per query"),
}


def noun(name: str) -> Noun:
    """What a measure is called in a sentence."""
    return NOUNS.get(name, Noun(measure(name).noun))


@dataclass(frozen=True)
class Move:
    """A difference with its 95% interval, and the level that it starts from.

    Attributes
    ----------
    difference, low, high
        In the unit of the measure; the ends are NaN where nothing says how sure it is.
    base
        The level before.
    """

    difference: float
    low: float
    high: float
    base: float

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return math.isfinite(self.low + self.high)

    @property
    def sign(self) -> int:
        """1 for a rise, −1 for a fall, and 0 where the interval holds zero or is not known."""
        if not self.known or self.low <= 0 <= self.high:
            return 0
        return 1 if self.difference > 0 else -1

    @property
    def still(self) -> bool:
        """Whether nothing moved at all."""
        return self.known and self.low == self.difference == self.high == 0

    @property
    def in_percent(self) -> bool:
        """Whether percent of the base say anything: it is away from zero.

        Where the interval goes beyond the loss of all, percent of it would puzzle.
        """
        falls = self.difference * self.base < 0
        if falls and self.known and max(abs(self.low), abs(self.high)) > abs(self.base):
            return False
        return tells_in_percent(self.base, self.difference, self.low, self.high)

    def size(self, name: str) -> str:
        """How far, without a sign, and the interval, in percent of the base or in its unit."""
        low, high = sorted((abs(self.low), abs(self.high)))
        return self._told(name, abs(self.difference), low, high)

    def span(self, name: str) -> str:
        """The interval alone, with signs: of what is unclear."""
        if not self.known:
            return "no interval"
        unit, factor, suffix = self._unit(name)
        low, high = (factor * value for value in (self.low, self.high))
        places = _shown(_places(low, high), low, high)
        text = [_plain(value, places, unit) for value in (low, high)]
        return f"{text[0]} to {text[1]}{suffix}"

    def _told(self, name: str, value: float, low: float, high: float) -> str:
        unit, factor, suffix = self._unit(name)
        value, low, high = factor * value, factor * low, factor * high
        places = _shown(_places(low, high, value), low, high)
        said = f"{_plain(value, places, unit)}{suffix}"
        if not self.known or low == high:
            return said
        percent = "%" if suffix == "%" else ""  # a longer unit is not said twice
        return f"{said} ({_plain(low, places, unit)} to {_plain(high, places, unit)}{percent})"

    def _unit(self, name: str) -> tuple[str, float, str]:
        """Sign before the number, factor, and what stands behind."""
        if self.in_percent:
            return "", 100 / abs(self.base), "%"
        known: Measure = measure(name)
        if isinstance(known.unit, MoneyUnit):
            return "$", 1.0, f" per {known.unit.per}" if known.unit.per else ""
        return "", 100.0, " points"


def _places(low: float, high: float, value: float = 0.0) -> int:
    """Decimals that the interval allows: its half keeps one digit, or two where the first is 1.

    Without a half the value keeps three digits.
    """
    half = (high - low) / 2
    if not math.isfinite(half) or half == 0:
        largest = max(abs(value), *(abs(end) for end in (low, high) if math.isfinite(end)), 0.0)
        return _clipped(2 - math.floor(math.log10(largest))) if largest > 0 else 0
    order = math.floor(math.log10(half))
    return _clipped((1 if half < 2 * 10**order else 0) - order)


def _shown(places: int, *ends: float) -> int:
    """Decimals with which no end that is not zero is written as zero."""
    while places < _MOST_PLACES and any(end != 0 and round(end, places) == 0 for end in ends):
        places += 1
    return places


def _clipped(places: int) -> int:
    return min(max(places, 0), _MOST_PLACES)


def _plain(value: float, places: int, unit: str) -> str:
    text = f"{abs(value):,.{places}f}"
    nothing = not any(digit in text for digit in "123456789")
    return f"{'−' if value < 0 and not nothing else ''}{unit}{'0' if nothing else text}"


def moved(name: str, move: Move) -> str:
    """A clause on what rises or falls for sure, such as "welfare falls by 2.4% (2.0 to 2.8%)"."""
    what = noun(name)
    if move.sign == 0:
        return ""
    verb = what.verb("rises", "rise") if move.sign > 0 else what.verb("falls", "fall")
    return f"{what.words} {verb} by {move.size(name)}"


def unclear(moves: Iterable[tuple[str, str, Move]]) -> str:
    """A clause on what may have gone either way: words, measure and move of each."""
    said: list[str] = []
    alone: list[str] = []
    for words, name, move in moves:
        if move.sign == 0 and not move.still and math.isfinite(move.difference):
            (said if move.known else alone).append(
                f"{words} ({move.span(name)})" if move.known else words
            )
    clauses = []
    if said:
        clauses.append(f"unclear: {listed(said)}")
    if alone:
        clauses.append(f"nothing says how sure it is what happens to {listed(alone)}")
    return "; ".join(clauses)


def without_intervals(moves: Mapping[str, Move]) -> str:
    """A clause on what is seen where nothing says how sure it is: a run of too few ticks."""
    seen = [
        f"{noun(name).words} {noun(name).verb('is', 'are')} {move.size(name)} "
        f"{'higher' if move.difference > 0 else 'lower'}"
        for name, move in moves.items()
        if math.isfinite(move.difference) and move.difference != 0
    ]
    if not seen:
        return "nothing differs"
    return f"{listed(seen)}, and ticks are too few to say how sure that is"
