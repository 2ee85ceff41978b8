"""Who gains and who loses, by name."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from market.findings.moves import Move
from market.findings.verdict import listed

MOST_NAMED = 3  # on each side; the others are counted
_PROFIT = "provider_profit"


def who_gains(profits: Mapping[str, Move], unclear: bool = True) -> str:
    """A clause on those whose profit surely rises or falls, the most moved first.

    Parameters
    ----------
    profits
        By name, US dollars per tick.
    unclear
        Whether those of whom it is unclear are counted.
    """
    clauses = []
    for sign, verb in ((1, "gain"), (-1, "lose")):
        names = [name for name, move in profits.items() if move.sign == sign]
        names.sort(key=lambda name: -abs(profits[name].difference))
        if names:
            clauses.append(_side(names, profits, verb))
    open_ = [n for n, move in profits.items() if move.sign == 0 and not move.still]
    if unclear and open_:
        clauses.append(f"of {listed(open_) if len(open_) <= MOST_NAMED else len(open_)} it is open")
    return f"by name, {'; '.join(clauses)}" if clauses else ""


def _side(names: Sequence[str], profits: Mapping[str, Move], verb: str) -> str:
    first = names[:MOST_NAMED]
    said = [f"{name} {verb}s {_size(profits[name])}" for name in first]
    if rest := len(names) - len(first):
        said.append(f"{rest} more {verb}{'s' if rest == 1 else ''}")
    return listed(said)


def _size(profit: Move) -> str:
    """Of a firm that ends with nothing, as one that is gone does, dollars: that is all it had."""
    gone = profit.base + profit.difference == 0
    return (replace(profit, base=math.nan) if gone else profit).size(_PROFIT)
