"""Prices at rest of a market that can be asked at any prices; arbitrageurs rest at all of them."""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.simulation.priced_market import PricedMarket
from market.simulation.rerouting import NEAR
from market.strategies.equilibrium_solver import PriceEquilibrium, solve_prices
from market.strategies.price_slopes import NEAR_BY

WIDE = tuple(float(np.log(price)) for price in NEAR if price != 1)
_STEPS = 6  # of the solver for each price where slopes are wide: they are too rough for more


def slopes_over(market: PricedMarket) -> tuple[float, ...]:
    """Offsets in log prices that slopes are taken over: near by, or wide where somebody routes.

    Routers turn to another cascade in steps, so that profits are saws: along a price they rise
    within a cascade and drop where it changes.
    """
    return WIDE if market.answered else NEAR_BY


def solved(market: PricedMarket, owner: IntArray, today: FloatArray) -> PriceEquilibrium:
    """Prices at rest, or what the solver comes nearest to where there are none.

    Parameters
    ----------
    market
        In which all n prices are strategic.
    owner
        [n] index of the owner of each price.
    today
        [n] prices to begin with.

    Raises
    ------
    DataError
        A provider has no best price.
    """
    offsets, floor = slopes_over(market), market.floor
    if not market.answered:
        starts = [today, np.maximum(1.25 * floor, today / 2)]
        return solve_prices(market.quantity_and_cost, owner, starts, floor)
    often = _STEPS * (len(owner) + 1)
    return solve_prices(market.quantity_and_cost, owner, [today], floor, offsets, often, restarts=0)
