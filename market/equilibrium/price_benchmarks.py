"""Competitive and joint prices of a few providers, and the grid between them that learners use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.strategies.price_scan import FINE, STEP, best_alone, with_price

Profits = Callable[[FloatArray], FloatArray]

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
        if (width <= FINE * ends[1]).any():
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
        return lambda asked: float(profits(with_price(price, firm, asked))[firm])

    def whole(price: FloatArray, firm: int) -> Callable[[float], float]:
        return lambda asked: float(profits(with_price(price, firm, asked)).sum())

    price = _turns(own, np.maximum(np.ones(len(floor)), STEP * floor), floor, FINE)
    now = profits(price)
    best = np.array([own(price, i)(best_alone(own(price, i), floor[i])) for i in firms])
    gain = float(((best - now) / np.maximum(np.abs(now), np.finfo(np.float64).tiny)).max())
    joint = _turns(whole, price, floor, 1e-3)  # near enough to begin from
    total = float(profits(joint).sum())
    search: Any = minimize  # whose stubs know nothing of this method's options
    found = search(
        lambda logs: -float(profits(np.exp(logs)).sum()),
        np.log(joint),
        method="Nelder-Mead",
        options={"xatol": FINE, "fatol": FINE * abs(total), "maxiter": 200 * len(floor)},
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
    """Let each price in turn be the best beside the others, until none moves.

    Where they come back to prices of an earlier turn, they would go round for ever: what is
    returned is where in that round they would be after `_TURNS` turns, which are then not made.
    """
    price = start.astype(np.float64)
    turns = [price]
    for turn in range(1, _TURNS + 1):
        price = turns[-1].copy()
        for firm in range(len(price)):
            near = float(price[firm]) if turn > 1 else None
            price[firm] = best_alone(profit(price.copy(), firm), float(floor[firm]), near)
        if _near(price, turns[-1], fine):
            break
        if not _near(price, turns[-1], np.sqrt(fine)):  # else it may be coming to rest
            same = (k for k in range(2, turn + 1) if _near(price, turns[-k], fine))
            if back := next(same, 0):
                turns.append(price)
                return turns[turn - back + (_TURNS - turn) % back]
        turns.append(price)
    return price


def _near(one: FloatArray, other: FloatArray, share: float) -> bool:
    return bool((np.abs(one - other) <= share * other).all())
