"""Attempts that cost nothing, where a logarithm needs an amount: a floor that nobody sees."""

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError

_FLOOR = 2.0**-40  # of the least amount that is paid, as every share of money here
_UNSEEN = 2.0**-20  # of it: what is less comes of free attempts, and is shown as 0


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
