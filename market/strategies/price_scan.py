"""One price at a time: where a profit is highest over all prices, not only near by."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError

FINE = 1e-6  # relative, of prices
STEP = 1.1  # of the scan for where profit is high: it brackets, the search in there finds
_PAST = 12  # steps without a higher profit end the scan: three times the price
_FARTHEST = 200  # steps of the scan: a factor of 10^8
_NEARER = 26  # halvings of the first step, where nothing sells but just above cost: to a billionth
_FREE = 1e-3  # of list price, where the scan begins if attempts cost nothing


def with_price(price: FloatArray, place: int, own: float) -> FloatArray:
    """[n] the same prices but for one."""
    changed = price.copy()
    changed[place] = own
    return changed


def best_alone(profit: Callable[[float], float], floor: float, near: float | None = None) -> float:
    """The price of the highest profit, above marginal cost; looked for `near` a price first.

    Marginal cost where no price above it earns anything.

    Parameters
    ----------
    profit
        Of a price; smooth but for rare jumps.
    floor
        Marginal cost, from which on prices are tried.
    near
        A price in whose neighbourhood a highest profit is enough; None to scan all.

    Raises
    ------
    DataError
        Profit never falls with the price, so that no price is best.
    """
    if near is not None:
        found, _ = _between(profit, max(near / STEP, floor or _FREE**2), near * STEP)
        if near / STEP**0.9 < found < near * STEP**0.9:
            return found
    start = floor * STEP if floor > 0 else _FREE
    asked, earned = [start], [profit(start)]
    while len(asked) - int(np.argmax(earned)) <= _PAST or max(earned) <= 0:
        if len(asked) == _PAST and floor > 0 and max(earned) <= 0:
            found, most = _just_above(profit, floor)
            if most > 0:
                return found
        if len(asked) > _FARTHEST:
            if floor > 0 and max(earned) <= 0:
                return floor
            raise DataError("profit never falls with the price, so that no price is best")
        asked.append(asked[-1] * STEP)
        earned.append(profit(asked[-1]))
    top = int(np.argmax(earned))
    low, high = asked[max(top - 1, 0)], asked[min(top + 1, len(asked) - 1)]
    found, most = _between(profit, low if top else (floor or _FREE**2), high)
    return found if most >= earned[top] else asked[top]


def _just_above(profit: Callable[[float], float], floor: float) -> tuple[float, float]:
    """The best price less than a step above cost, as where rivals sell the same, and its profit."""
    margin = ((STEP - 1) * 2.0 ** -np.arange(_NEARER + 1.0)).tolist()

    def beyond(share: float) -> float:
        return profit(floor * (1 + share))

    earned = [beyond(share) for share in margin]
    top = int(np.argmax(earned))
    found, most = _between(beyond, margin[min(top + 1, _NEARER)], margin[max(top - 1, 0)])
    found, most = (found, most) if most >= earned[top] else (margin[top], earned[top])
    return floor * (1 + found), most


def _between(profit: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """The price of the highest profit between two prices, and that profit."""
    found = minimize_scalar(
        lambda log: -profit(float(np.exp(log))),
        bounds=(np.log(low), np.log(high)),
        method="bounded",
        options={"xatol": FINE / 10},
    )
    return float(np.exp(found.x)), -float(found.fun)
