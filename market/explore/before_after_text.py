"""Before and after in words and numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from market.measures.labels import HEADLINES, Measure, fitted
from market.measures.money_units import MISSING, MoneyUnit
from market.results.run_result import RunResult

UNMEASURED = "revenue_elasticity"  # it takes longer than the run
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


def change(before: float, after: float) -> str:
    """What happens to a value, in words.

    >>> change(2.0, 1.5)
    'falls by 25.0%'
    """
    if not math.isfinite(after):
        return "has no value any more" if math.isfinite(before) else MISSING
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
            known.label,
            _signed(known.text(one[name])),
            _signed(known.text(other[name])),
            change(one[name], other[name]),
        )
        for name, known in _fitted(one, other).items()
    ]


def earners(before: RunResult, after: RunResult) -> list[Row]:
    """Profit of each provider and arbitrageur, in :func:`earnings_unit`, last-quarter means."""
    one, other = before.agents, after.agents
    unit = earnings_unit(before, after)
    rows = []
    for name in dict.fromkeys([*one, *other]):
        profits = (agents.get(name, {}).get("profit", math.nan) for agents in (one, other))
        old, new = profits
        was, now = (_signed(unit.text(profit)) for profit in (old, new))
        rows.append(Row(name, was, now, change(old, new)))
    return rows


def earnings_unit(before: RunResult, after: RunResult) -> MoneyUnit:
    """What profits and revenues per tick are written in, in both markets."""
    agents = [*before.agents.values(), *after.agents.values()]
    return MoneyUnit.fitting([a[what] for a in agents for what in ("revenue", "profit")], "tick")


def _fitted(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, Measure]:
    return fitted({name: [before[name], after[name]] for name in HEADLINES if name != UNMEASURED})


def _signed(text: str) -> str:
    return text.replace("-", "−")
