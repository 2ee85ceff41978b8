"""Competitive and joint prices of a few providers, and the grid between them that learners use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError

Profits = Callable[[FloatArray], FloatArray]

_STEP = 1.1  # of the scan for where profit is high: it brackets, the search in there finds
_PAST = 12  # steps without a higher profit end the scan: three times the price
_FARTHEST = 200  # steps of the scan: a factor of 10^8
_FREE = 1e-3  # of list price, where the scan begins if attempts cost nothing
_FINE = 1e-6  # relative, of prices
_TURNS = 100


@dataclass(frozen=True)
class PriceBenchmarks:
    """Prices over list at which nobody gains by moving alone, and of the highest joint profit.

    Attributes
    ----------
    competitive, joint
        [n] prices.
    competitive_profit, joint_profit
        [n] at them.
    largest_gain
        Share of its profit that a provider would gain by moving alone from `competitive`: 0 but for
        the accuracy of the search, or where best replies cycle.
    """

    competitive: FloatArray
    joint: FloatArray
    competitive_profit: FloatArray
    joint_profit: FloatArray
    largest_gain: float

    def grid(self, count: int, beyond: float) -> FloatArray:
        """[n, m] evenly spaced prices from the one to the other, and a share `beyond` both ends.

        As in Calvano et al. (2020), who take 15 and 0.1.

        Raises
        ------
        DataError
            A provider's two prices are the same, so that there is nothing to learn.
        """
        ends = np.sort(np.stack([self.competitive, self.joint]), axis=0)
        width = ends[1] - ends[0]
        if (width <= _FINE * ends[1]).any():
            raise DataError(
                "a strategic provider's competitive and joint prices are the same, so there is "
                "nothing to gain by agreeing; choose other providers"
            )
        low = np.maximum(ends[0] - beyond * width, ends[0] / 2)  # above 0
        return np.linspace(low, ends[1] + beyond * width, count, axis=1)


def price_benchmarks(profits: Profits, floor: FloatArray) -> PriceBenchmarks:
    """Search competitive and joint prices.

    Parameters
    ----------
    profits
        [n] of each provider at prices over list [n]; smooth but for rare jumps.
    floor
        [n] prices over list at marginal cost.

    Raises
    ------
    DataError
        Profit never falls with the price, so that no price is best.
    """
    firms = range(len(floor))

    def own(price: FloatArray, firm: int) -> Callable[[float], float]:
        return lambda asked: float(profits(_with(price, firm, asked))[firm])

    def whole(price: FloatArray, firm: int) -> Callable[[float], float]:
        return lambda asked: float(profits(_with(price, firm, asked)).sum())

    price = _turns(own, np.maximum(np.ones(len(floor)), _STEP * floor), floor, _FINE)
    now = profits(price)
    best = np.array([own(price, i)(_best(own(price, i), floor[i])) for i in firms])
    gain = float(((best - now) / np.maximum(np.abs(now), np.finfo(np.float64).tiny)).max())
    joint = _turns(whole, price, floor, 1e-3)  # near enough to begin from
    total = float(profits(joint).sum())
    search: Any = minimize  # whose stubs know nothing of this method's options
    found = search(
        lambda logs: -float(profits(np.exp(logs)).sum()),
        np.log(joint),
        method="Nelder-Mead",
        options={"xatol": _FINE, "fatol": _FINE * abs(total), "maxiter": 200 * len(floor)},
    )
    if -found.fun > total:
        joint = np.exp(found.x)
    return PriceBenchmarks(price, joint, now, profits(joint), gain)


def _turns(
    profit: Callable[[FloatArray, int], Callable[[float], float]],
    start: FloatArray,
    floor: FloatArray,
    fine: float,
) -> FloatArray:
    """Let each price in turn be the best beside the others, until none moves."""
    price = start.astype(np.float64)
    for turn in range(_TURNS):
        before = price.copy()
        for firm in range(len(price)):
            near = float(price[firm]) if turn else None
            price[firm] = _best(profit(price.copy(), firm), float(floor[firm]), near)
        if (np.abs(price - before) <= fine * before).all():
            break
    return price


def _with(price: FloatArray, firm: int, own: float) -> FloatArray:
    changed = price.copy()
    changed[firm] = own
    return changed


def _best(profit: Callable[[float], float], floor: float, near: float | None = None) -> float:
    """The price of the highest profit, above marginal cost; looked for `near` a price first."""
    if near is not None:
        found, _ = _between(profit, max(near / _STEP, floor or _FREE**2), near * _STEP)
        if near / _STEP**0.9 < found < near * _STEP**0.9:
            return found
    start = floor * _STEP if floor > 0 else _FREE
    asked, earned = [start], [profit(start)]
    while len(asked) - int(np.argmax(earned)) <= _PAST or max(earned) <= 0:
        if len(asked) > _FARTHEST:
            raise DataError("profit never falls with the price, so that no price is best")
        asked.append(asked[-1] * _STEP)
        earned.append(profit(asked[-1]))
    top = int(np.argmax(earned))
    low, high = asked[max(top - 1, 0)], asked[min(top + 1, len(asked) - 1)]
    found, most = _between(profit, low if top else (floor or _FREE**2), high)
    return found if most >= earned[top] else asked[top]


def _between(profit: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """The price of the highest profit between two prices, and that profit."""
    found = minimize_scalar(
        lambda log: -profit(float(np.exp(log))),
        bounds=(np.log(low), np.log(high)),
        method="bounded",
        options={"xatol": _FINE / 10},
    )
    return float(np.exp(found.x)), -float(found.fun)
