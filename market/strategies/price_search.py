"""The price of the highest expected profit, to many digits: a coarse search, then a fine one.

A geometric grid brackets the optimum; parabolas, with prices around their tops, find it in there:
a few calls for several prices each, since expected demand answers many at once. The grid
goes on beyond an end that is no bound while profit still rises there. Where buyers have no tastes,
demand jumps just below a rival's price, so that no price is the best: a rival is undercut by a
least share, and the prices between are not considered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.config import NOT_FITTED

Profit = Callable[[FloatArray], FloatArray]
End = Literal["low", "high"]

SAME = 1e-9  # profits that differ by less, as a share, are a tie; buyers' limits are missed by it
FINE = 1e-5  # relative error of a price; that of profit is about its square
PEAKS, BETWEEN = 3, np.array([0.25, 0.5, 0.75])  # of the coarse grid; parts of the way to the next
# prices around the top of a parabola, as powers of the way to the neighbours; how often at most
CLOSER, ROUNDS = 4.0 ** -np.arange(1, 4), 8
_NOTHING = np.zeros(1)
NARROW = 1e-3  # neighbours as near as that: the parabola through them is as good as FINE
FREE = 1e-3  # where nothing is spent: lowest price of the grid, as a share of the highest
FURTHER = 4  # times that the grid may go on by as much again, at either end
# within 1% of the best profit, and two sellers in turn lower a price by a third in 20 ticks
UNDERCUT = 0.01

Undercutting = Annotated[float, Field(gt=0, lt=1), NOT_FITTED]


@dataclass(frozen=True)
class PriceRange:
    """Where to search.

    Attributes
    ----------
    low, high
        Ends of the coarse grid, above 0.
    low_given, high_given
        Whether an end is a bound that must be kept; if not, the search may go on beyond it.
    count
        Number of coarse points.
    undercut
        Least share by which a rival is undercut.
    rivals, limits, smooth
        As in :class:`market.strategies.market_view.PriceMarks`, for one price.
    own
        Prices to be considered, too; a tie goes to the price nearest to the first.
    cost
        What is spent at any price, if that is known: profit in a cell of the grid is then at most
        what was sold at its lower end times the margin at its upper, which saves trying limits.
    """

    low: float
    high: float
    low_given: bool
    high_given: bool
    count: int
    undercut: float
    rivals: FloatArray = field(default_factory=lambda: np.empty(0))
    limits: FloatArray = field(default_factory=lambda: np.empty(0))
    smooth: bool = True
    own: tuple[float, ...] = ()
    cost: float | None = None

    def grid(self) -> FloatArray:
        """[count] coarse prices, rising."""
        grid: FloatArray = self.low * np.geomspace(1.0, self.high / self.low, self.count)
        grid[[0, -1]] = self.low, self.high  # to the last digit
        return grid

    def allowed(self, price: FloatArray) -> BoolArray:
        """[K] whether prices are within the given bounds, and undercut no rival by too little."""
        further = (self.high / self.low) ** FURTHER
        low = self.low if self.low_given else self.low / further
        high = self.high if self.high_given else self.high * further
        within = (price >= low) & (price <= high)
        if len(self.rivals):
            above = np.append(self.rivals, np.inf)[self.rivals.searchsorted(price, side="right")]
            within &= (price <= above * (1 - self.undercut)) | (
                self.low_given & (price == self.low)
            )
        return np.asarray(within)


@dataclass(frozen=True)
class BestPrice:
    """What was found.

    Attributes
    ----------
    price
        Of the highest expected profit.
    profit
        Expected at it.
    bound
        The end of the search that it lies at, where no other price pays as much; else None.
    """

    price: float
    profit: float
    bound: End | None


def best_price(profit: Profit, within: PriceRange) -> BestPrice:
    """Search the price of the highest expected profit.

    Parameters
    ----------
    profit
        [K] expected at any [K] prices.
    within
        Where to search.
    """
    tried, grid = _Tried(profit, within), within.grid()
    just_below = within.rivals * (1 - within.undercut)
    tried.add(np.concatenate([grid, within.own, within.rivals, just_below]))
    tried.add(tried.promising(within.limits * (1 - SAME)))
    tried.go_on(grid)
    if within.smooth:
        tried.look_closer()
        tried.zoom()
    return tried.choice()


def words_for_bound(end: End | None, given: Mapping[str, float | None]) -> str | None:
    """An end of the search in words: the bound that a user gave there, by its key, if any.

    Parameters
    ----------
    end
        None where the best price is at neither.
    given
        The keys of the lowest and the highest price, and what they are set to.
    """
    if end is None:
        return None
    key, value = list(given.items())[end == "high"]
    return f"the {end}est price of its search" if value is None else f"the bound {key} = {value:g}"


class _Tried:
    """Prices that were tried, rising, and the profit at each."""

    def __init__(self, profit: Profit, within: PriceRange) -> None:
        self._profit, self._within = profit, within
        self.price: FloatArray = np.empty(0)
        self.profit: FloatArray = np.empty(0)

    def add(self, price: FloatArray) -> None:
        """Try those of the prices that are allowed."""
        price = price[(price > 0) & self._within.allowed(price)]
        if len(price):
            self._keep(price, self._profit(price))

    def _keep(self, price: FloatArray, profit: FloatArray) -> None:
        every = np.concatenate([self.price, price])
        order = every.argsort(kind="stable")
        rising = every[order]
        new = np.ones(len(rising), dtype=bool)
        np.not_equal(rising[1:], rising[:-1], out=new[1:])
        self.price = rising[new]
        self.profit = np.concatenate([self.profit, profit])[order[new]]

    def _ties(self) -> BoolArray:
        """Where profit is the highest."""
        top = self.profit.max()
        return np.asarray(self.profit >= top - SAME * abs(top))

    def end(self) -> End | None:
        """The end of the search where the only best price lies."""
        best = np.flatnonzero(self._ties()).tolist()
        if len(self.price) < 2 or len(best) > 1 or best[0] not in (0, len(self.price) - 1):
            return None
        return "high" if best[0] else "low"

    def promising(self, price: FloatArray) -> FloatArray:
        """Those of the prices at which profit might be higher than at any that was tried."""
        cost = self._within.cost
        if cost is None:
            return price
        price = price[price > self.price[0]]
        margin = self.price - cost
        sold = np.where(margin > 0, self.profit / np.where(margin > 0, margin, 1.0), np.inf)
        below = np.searchsorted(self.price, price) - 1
        might: FloatArray = price[sold[below] * (price - cost) > self.profit.max()]
        return might

    def go_on(self, grid: FloatArray) -> None:
        """Go on beyond an end that is no bound while profit rises there."""
        within, range_ = self._within, grid[-1] / grid[0]
        for times in range(1, FURTHER + 1):
            end = self.end()
            if end == "high" and not within.high_given:
                self.add(grid[1:] * range_**times)
            elif end == "low" and not within.low_given:
                self.add(grid[:-1] / range_**times)
            else:
                return

    def look_closer(self) -> None:
        """Try prices on both sides of the highest peaks: where routes switch, one may be narrow."""
        rise, fall = np.diff(self.profit, prepend=-np.inf), np.diff(self.profit, append=-np.inf)
        peaks = np.flatnonzero((rise > 0) & (fall <= 0))
        best = peaks[np.argsort(-self.profit[peaks], kind="stable")[:PEAKS]]
        ends = np.clip([best - 1, best + 1], 0, len(self.price) - 1)
        ratio = self.price[ends] / self.price[best]
        self.add(np.ravel(self.price[best] * np.exp(np.multiply.outer(BETWEEN, np.log(ratio)))))

    def zoom(self) -> None:
        """Search between the neighbours of the best price, unless these pay as much."""
        at = int(self.profit.argmax())
        near = [max(at - 1, 0), at, min(at + 1, len(self.price) - 1)]
        if self._ties()[near].all():
            return
        low, best, high = self.price[near].tolist()
        middle = np.sqrt(np.array([low, high]) * best)
        below, above = self._within.allowed(middle).tolist()  # not between a rival and its undercut
        low, high = (low if below else best), (high if above else best)
        for _ in range(ROUNDS):
            centre = self._vertex(low, best, high)
            nearer = np.log(np.array([low, high]) / centre)[:, None] * CLOSER
            self.add(centre * np.exp(np.concatenate([_NOTHING, nearer.ravel()])))
            at = int(self.profit.argmax())
            best = float(self.price[at])
            low = max(low, float(self.price[max(at - 1, 0)]))
            high = min(high, float(self.price[min(at + 1, len(self.price) - 1)]))
            if high <= low * (1 + NARROW):
                break
        self.add(np.array([self._vertex(low, best, high)]))

    def _vertex(self, low: float, best: float, high: float) -> float:
        """The top of the parabola in log price through the best price and its neighbours."""
        if not low < best < high:
            return best
        below, at, above = self.profit[self.price.searchsorted([low, best, high])].tolist()
        x = np.log(np.array([low, high]) / best)
        curve = np.linalg.solve(np.array([x, x * x]).T, np.array([below - at, above - at]))
        slope, bend = curve.tolist()
        lowest, highest = x.tolist()
        top = min(max(-slope / (2 * bend), lowest), highest) if bend < 0 else 0.0
        return best * float(np.exp(top))

    def choice(self) -> BestPrice:
        """The best price, in a tie the nearest to the seller's own."""
        best = np.flatnonzero(self._ties())
        chosen = int(np.argmax(self.profit))
        if self._within.own:
            chosen = int(best[np.argmin(np.abs(self.price[best] - self._within.own[0]))])
        return BestPrice(float(self.price[chosen]), float(self.profit[chosen]), self.end())
