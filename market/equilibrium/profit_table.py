"""What providers would earn at any of their prices, arbitrageurs at rest: a game in a table.

For each combination of prices of a few strategic providers (the others keep theirs), arbitrageurs
start with nothing posted and quote in turn until none moves; then buyers are expected to choose.
What each strategic provider earns per tick is one cell, the mean over rounds of quotes where
arbitrageurs go round for ever. Learners and equilibria of the table need the market no more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from market.foundation.arrays import FloatArray
from market.scenario.interventions import without_learning
from market.scenario.schema import Scenario
from market.simulation.priced_market import PricedMarket


@dataclass(frozen=True)
class ProfitTable:
    """A pricing game of n providers.

    Attributes
    ----------
    providers
        Their names.
    price
        [n, m] multiples of list price that each may ask.
    profit
        [n, m, …, m] expected US dollars per tick of each at the prices of all.
    at_rest
        Share of the cells in which arbitrageurs came to rest.
    drift
        In the others, by how much means over the first and the second half of the rounds differ, as
        a share of the profit that differs most, in the mean over cells; NaN where there are none.
    """

    providers: tuple[str, ...]
    price: FloatArray
    profit: FloatArray
    at_rest: float
    drift: float


def profit_table(
    scenario: Scenario,
    providers: Sequence[str],
    price: FloatArray,
    progress: Callable[[int], None] | None = None,
) -> ProfitTable:
    """Work out what providers earn at every combination of their prices.

    Parameters
    ----------
    scenario
        The market.
    providers
        n names.
    price
        [n, m] multiples of list price.
    progress
        Called with the number of cells done.
    """
    market, (firms, grid) = PricedMarket(without_learning(scenario), providers), price.shape
    cells: list[tuple[int, ...]] = list(product(range(grid), repeat=firms))
    profit = np.empty((firms, len(cells)))
    for at, cell in enumerate(cells):
        profit[:, at] = market.profits(price[np.arange(firms), cell])
        if progress is not None:
            progress(at + 1)
    shaped = profit.reshape(firms, *(grid,) * firms)
    return ProfitTable(tuple(providers), price, shaped, market.rounds.at_rest, market.rounds.drift)
