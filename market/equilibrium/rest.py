"""Where providers' prices come to rest: an equilibrium, or what comes nearest to one.

Where nobody routes, expected demand is smooth and the solver's slopes are those near by. Routers
turn to another cascade in steps, so that profits are saws: along a price they rise within a
cascade and drop where it changes. Slopes are then taken over prices as far away as the elasticities
of a run are, and what the solver comes to need not be an equilibrium: best replies on a grid of
prices around it say where prices would go instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from market.equilibrium.static_equilibria import Benchmarks, benchmarks
from market.foundation.arrays import FloatArray, IntArray
from market.simulation.priced_market import PricedMarket
from market.simulation.solved_prices import slopes_over, solved
from market.strategies.equilibrium_solver import PriceEquilibrium, checked_prices
from market.strategies.price_scan import with_price

REACH = 0.3  # in log prices, of the grid on both sides of what the solver came to
_ROUNDS = 50  # of best replies in turn on the grid
_MOVES = 8  # of best replies over all prices


@dataclass(frozen=True)
class GridRest:
    """What best replies on a grid of m prices for each provider come to.

    Attributes
    ----------
    price
        [n, m].
    cycle
        [T, n] prices that best replies in turn go through again and again; one row where they rest.
    least_gain
        Of the cells looked at, the least share of its profit that an owner could gain on the grid.
    cell
        [n] price indices of that cell.
    benchmarks
        Pure or mixed equilibria on the grid, of two providers with owners of their own; else None.
    """

    price: FloatArray
    cycle: FloatArray
    least_gain: float
    cell: IntArray
    benchmarks: Benchmarks | None


@dataclass(frozen=True)
class Rest:
    """Where prices come to rest, or nearest to it.

    Attributes
    ----------
    at
        The prices with the least to gain that were found. An equilibrium if `at.converged`; else an
        ε-equilibrium, ε being `at.largest_gain`.
    grid
        What best replies do where there is no equilibrium; None where there is one.
    """

    at: PriceEquilibrium
    grid: GridRest | None


def find_rest(market: PricedMarket, owner: IntArray, today: FloatArray, prices: int = 15) -> Rest:
    """Solve for prices at rest; where nothing is found, follow best replies on a grid.

    Parameters
    ----------
    market, owner, today
        As for :func:`market.simulation.solved_prices.solved`.
    prices
        m, on each provider's grid.

    Raises
    ------
    DataError
        As there.
    """
    found = solved(market, owner, today)
    if found.converged:
        return Rest(found, None)
    found = walk_of_best_replies(market, found)
    grid = follow_best_replies(market, owner, found.price, prices)
    cell = _checked(market, owner, grid.price[np.arange(len(owner)), grid.cell])
    return Rest(min(found, cell, key=lambda of: of.largest_gain), grid)


def walk_of_best_replies(market: PricedMarket, start: PriceEquilibrium) -> PriceEquilibrium:
    """The prices with the least to gain on the way of who gains most, and moves, again and again.

    Of one owner of all prices the way leads uphill to its best prices.
    """
    best = now = start
    for _ in range(_MOVES):
        if best.largest_gain <= 0 or best.converged:
            break
        mover = int(now.gain.argmax())
        now = _checked(market, start.owner, with_price(now.price, mover, float(now.best[mover])))
        best = min(best, now, key=lambda of: of.largest_gain)
    return best


def _checked(market: PricedMarket, owner: IntArray, price: FloatArray) -> PriceEquilibrium:
    sold, offsets = market.quantity_and_cost, slopes_over(market)
    return checked_prices(sold, owner, price, market.floor, offsets)


def follow_best_replies(
    market: PricedMarket, owner: IntArray, centre: FloatArray, prices: int
) -> GridRest:
    """Best replies in turn on a grid of prices [n, m], from its middle on, until they repeat."""
    firms = len(owner)
    price = centre[:, None] * np.exp(np.linspace(-REACH, REACH, prices))

    def profits(cell: Sequence[int]) -> FloatArray:
        asked = price[np.arange(firms), cell]
        quantity, cost = market.quantity_and_cost(asked)
        return np.asarray(asked * quantity - cost, dtype=np.float64)

    def replies(cell: Sequence[int], i: int) -> FloatArray:
        """[m] what the owner of price i would earn at each of its values."""
        return np.array(
            [
                profits((*cell[:i], k, *cell[i + 1 :]))[owner == owner[i]].sum()
                for k in range(prices)
            ]
        )

    cycle = _cycle(replies, (prices // 2,) * firms)
    if firms == 2 and owner[0] != owner[1]:
        cells = list(product(range(prices), repeat=2))
        table = np.array([profits(cell) for cell in cells]).T.reshape(2, prices, prices)
        gain = _shares_to_gain(table)
        at = np.array(np.unravel_index(int(gain.argmin()), gain.shape))
        found, least = benchmarks(table, price), float(gain.min())
    else:
        gains = [_largest_gain(replies, cell) for cell in cycle]
        at, least, found = np.array(cycle[int(np.argmin(gains))]), float(np.min(gains)), None
    path = np.array([price[np.arange(firms), cell] for cell in cycle])
    return GridRest(price, path, least, at, found)


Replies = Callable[[Sequence[int], int], FloatArray]


def _cycle(replies: Replies, start: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The cells that best replies in turn, a round of all prices each, come back to."""
    path, now = [start], start
    for _ in range(_ROUNDS):
        for i in range(len(start)):
            earned = replies(now, i)
            if earned.max() > earned[now[i]]:
                now = (*now[:i], int(earned.argmax()), *now[i + 1 :])
        if now in path:
            return path[path.index(now) :]
        path.append(now)
    return path[-1:]


def _largest_gain(replies: Replies, cell: tuple[int, ...]) -> float:
    every = [(replies(cell, i), k) for i, k in enumerate(cell)]
    shares = [of.max() / of[k] - 1 if of[k] > 0 else np.inf for of, k in every]
    return float(max(shares))


def _shares_to_gain(profit: FloatArray) -> FloatArray:
    """[m, m] largest share of its profit that one of two could gain; infinite where it has none."""
    shares = [
        np.divide(of.max(axis=i, keepdims=True), of, out=np.full(of.shape, np.inf), where=of > 0)
        for i, of in enumerate(profit)
    ]
    return np.asarray(np.max(shares, axis=0) - 1, dtype=np.float64)
