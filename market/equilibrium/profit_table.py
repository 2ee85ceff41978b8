"""What providers would earn at any of their prices, arbitrageurs at rest: a game in a table.

For each combination of prices of a few strategic providers (the others keep theirs), arbitrageurs
start with nothing posted and quote in turn until none moves; then buyers are expected to choose.
What each strategic provider earns per tick is one cell. Learners and equilibria of the table need
the market no more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.scenario.schema import Scenario
from market.simulation.expected_market import ExpectedMarket
from market.simulation.model import MarketModel
from market.simulation.owner_expectations import ProviderExpectation

ROUNDS = 200  # of all arbitrageurs' quotes: an undercut of 2% falls by 98% in them


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
    """

    providers: tuple[str, ...]
    price: FloatArray
    profit: FloatArray
    at_rest: float


class PricedMarket:
    """A market in which strategic providers ask what they are told.

    Parameters
    ----------
    scenario
        The market. The other providers keep the prices that their rules set at first.
    providers
        Names of the strategic ones.

    Raises
    ------
    DataError
        A name is no provider's.
    """

    def __init__(self, scenario: Scenario, providers: Sequence[str]) -> None:
        self.model = MarketModel(scenario)
        self.model.apply_interventions()
        known = {provider.name: provider for provider in self.model.providers}
        for name in providers:
            if name not in known:
                raise DataError(f"{name!r} sells nothing in this market; choose from {list(known)}")
        self.strategic = [known[name] for name in providers]
        if len(providers) < len(known):
            self.model.providers_set_prices()
        self.model.arbitrageurs_procure()
        self.rested = 0
        self.asked = 0

    def profits(self, price: FloatArray) -> FloatArray:
        """[n] expected US dollars per tick of each strategic provider at prices over list [n]."""
        model = self.model
        prices = price.tolist()
        for provider, multiple in zip(self.strategic, prices, strict=True):
            provider.multiplier = multiple
        model.providers_post()
        for arbitrageur in model.arbitrageurs:
            arbitrageur.sell_nothing()
        model.own_routers_route()
        before = None
        self.asked += 1
        for _ in range(ROUNDS):
            model.arbitrageurs_quote()
            now = model.menus().price
            if before is not None and np.array_equal(before, now):
                self.rested += 1
                break
            before = now
        market = ExpectedMarket.of(model)
        return np.array(
            [
                ProviderExpectation(market, provider.index).profit(np.array([multiple]))[0]
                for provider, multiple in zip(self.strategic, prices, strict=True)
            ]
        )


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
    market, (firms, grid) = PricedMarket(scenario, providers), price.shape
    cells: list[tuple[int, ...]] = list(product(range(grid), repeat=firms))
    profit = np.empty((firms, len(cells)))
    for at, cell in enumerate(cells):
        profit[:, at] = market.profits(price[np.arange(firms), cell])
        if progress is not None:
            progress(at + 1)
    shaped = profit.reshape(firms, *(grid,) * firms)
    return ProfitTable(tuple(providers), price, shaped, market.rested / market.asked)
