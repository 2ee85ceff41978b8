"""Before and after in words and numbers."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from market.measures.labels import HEADLINES, measure
from market.results.run_result import RunResult

SHOWN_CHANGES = (
    "price_index",
    "provider_revenue",
    "arbitrage_profit",
    "consumer_surplus",
    "welfare",
)
SMALL = 0.0005  # a relative change that one decimal of a percentage does not show


@dataclass(frozen=True)
class Row:
    """A measure or an agent, before and after.

    Attributes
    ----------
    name
        What it is, with its unit.
    before, after
        Written out; a dash where missing.
    change
        In words.
    """

    name: str
    before: str
    after: str
    change: str


@dataclass(frozen=True)
class Card:
    """A headline: a figure and a sentence about it."""

    figure: str
    words: str


def change(before: float, after: float) -> str:
    """What happens to a value, in words.

    >>> change(2.0, 1.5)
    'falls by 25.0%'
    """
    if not math.isfinite(after):
        return "has no value any more" if math.isfinite(before) else "–"
    if not math.isfinite(before):
        return "is new"
    if before == after:
        return "stays the same"
    if before == 0:
        return "rises from 0" if after > 0 else "falls below 0"
    relative = (after - before) / abs(before)
    if abs(relative) < SMALL:
        return "hardly changes"
    return f"{'rises' if relative > 0 else 'falls'} by {100 * abs(relative):,.1f}%"


def measures(before: RunResult, after: RunResult) -> list[Row]:
    """Headline measures, last-quarter means."""
    one, other = before.summary, after.summary
    return [
        Row(
            measure(name).label,
            _text(name, one[name]),
            _text(name, other[name]),
            change(one[name], other[name]),
        )
        for name in HEADLINES
    ]


def earners(before: RunResult, after: RunResult) -> list[Row]:
    """Profit of each provider and arbitrageur, US dollars per tick, last-quarter means."""
    one, other = before.agents, after.agents
    rows = []
    for name in dict.fromkeys([*one, *other]):
        profits = (agents.get(name, {}).get("profit", math.nan) for agents in (one, other))
        old, new = profits
        rows.append(Row(name, _text("profit", old), _text("profit", new), change(old, new)))
    return rows


def cards(before: RunResult, after: RunResult) -> Iterator[Card]:
    """The main changes; a measure that neither market has is left out."""
    one, other = before.summary, after.summary
    for name in SHOWN_CHANGES:
        if math.isfinite(one[name]) or math.isfinite(other[name]):
            yield _card(name, one, other)


def _card(name: str, before: Mapping[str, float], after: Mapping[str, float]) -> Card:
    known, values = measure(name), (before[name], after[name])
    unit = f" {known.unit.name}" if known.unit.name else ""
    figure = f"{_text(name, values[1])}{unit}"
    if values[0] == values[1]:
        return Card(figure, f"is {known.noun}, before and after")
    return Card(figure, f"is {known.noun}: it {change(*values)}, from {_text(name, values[0])}")


def _text(name: str, value: float) -> str:
    return measure(name).text(value).replace("-", "−")
