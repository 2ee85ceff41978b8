"""Attempts that cost nothing, where a logarithm needs an amount: a floor that nobody sees."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError

_FLOOR = 2.0**-40  # of the least amount that is paid, as every share of money here
_UNSEEN = 2.0**-20  # of it: what is less comes of free attempts, and is shown as 0
_MONEY = frozenset(  # keys of answers in JSON that hold US dollars
    ("mean_attempt_cost", "cost", "market_price", "arbitrage_cost", "budget", "spend")
)


def floor_of(cost: FloatArray, source: object) -> float:
    """US dollars that stand for a free attempt beside these costs; NaN counts as unknown.

    Raises
    ------
    DataError
        All costs are 0.
    """
    paid = cost[cost > 0]
    if not len(paid):
        raise DataError(
            f"{source}: every attempt is free, so there is nothing to trade; "
            "one model at least must cost something"
        )
    return _FLOOR * float(paid.min())


def unseen(cost: FloatArray, floor: float) -> float:
    """US dollars below which amounts are shown as 0: none where no attempt is free."""
    return _UNSEEN / _FLOOR * floor if (cost == 0).any() else 0.0


def shown_money(amount: FloatArray | float, unseen: float) -> FloatArray:
    """US dollars as people see them: 0 below `unseen`."""
    dollars = np.asarray(amount, dtype=np.float64)
    return np.where(np.abs(dollars) < unseen, 0.0, dollars)


def with_free_shown(answer: Mapping[str, Any], unseen: float) -> dict[str, Any]:
    """An answer for JSON in which amounts below `unseen` are 0, however deep they stand."""

    def seen(value: Any) -> Any:
        if isinstance(value, list):
            return [seen(item) for item in value]
        return with_free_shown(value, unseen) if isinstance(value, dict) else value

    def money(value: Any) -> Any:
        if isinstance(value, dict):  # the ends of an interval
            return {end: shown_money(amount, unseen) for end, amount in value.items()}
        return shown_money(value, unseen)

    if unseen == 0:
        return dict(answer)
    return {key: money(v) if key in _MONEY else seen(v) for key, v in answer.items()}
