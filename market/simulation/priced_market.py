"""The market at any prices of some providers, arbitrageurs at rest.

Arbitrageurs start with nothing posted and quote in turn until none moves, so that what is found at
prices depends on nothing that was asked before; then buyers are expected to choose. Arbitrageurs
that post best replies may go round for ever (Edgeworth 1925): what is found is then the mean over
the rounds that they go through, as :mod:`market.simulation.arbitrage_rounds` has it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, zero_where_infinite
from market.foundation.errors import DataError
from market.scenario.marginal_costs import mean_cost_ratio
from market.scenario.schema import Scenario
from market.simulation.agents import Provider
from market.simulation.arbitrage_rounds import Rounds
from market.simulation.expected_market import ExpectedMarket
from market.simulation.model import MarketModel
from market.simulation.owner_expectations import ProviderExpectation
from market.strategies.expected_surplus import expected_surplus


@dataclass(frozen=True)
class SoldAtPrices:
    """What n strategic providers are expected to sell per tick.

    Attributes
    ----------
    quantity
        [n] revenue over the price multiplier: list dollars, those resold weighted by their markup.
    cost
        [n] US dollars that it costs them.
    surplus
        US dollars by which all buyers are better off than not buying, tastes included.
    """

    quantity: FloatArray
    cost: FloatArray
    surplus: float


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

    Attributes
    ----------
    model
        The market itself.
    strategic
        The strategic providers.
    rounds
        What arbitrageurs came to at all prices that were asked.
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
        self.rounds = Rounds()
        self._sold: dict[bytes, SoldAtPrices] = {}

    @property
    def owner(self) -> IntArray:
        """[n] index of the owner of each strategic provider, the first of those that it owns."""
        firm = self.model.roster.firm[[provider.index for provider in self.strategic]]
        return np.array([firm.tolist().index(one) for one in firm])

    @property
    def floor(self) -> FloatArray:
        """[n] marginal cost over list price, in the mean of each one's models."""
        return np.array([self._cost_ratio(provider) for provider in self.strategic])

    @property
    def answered(self) -> bool:
        """Whether somebody routes, and so may turn to other models as prices move."""
        return bool(self.model.arbitrageurs) or bool(self.model.own_routers)

    def rest(self, price: FloatArray) -> ExpectedMarket:
        """The market at prices over list [n]: at rest, or as arbitrageurs stand in the end."""
        self._post(price)
        self.rounds.mean(self.model, lambda: np.zeros(0))
        return ExpectedMarket.of(self.model)

    def _post(self, price: FloatArray) -> None:
        model = self.model
        for provider, multiple in zip(self.strategic, price.tolist(), strict=True):
            provider.multiplier = multiple
        model.providers_post()
        for arbitrageur in model.arbitrageurs:
            arbitrageur.sell_nothing()
        model.own_routers_route()

    def _mean(self, price: FloatArray, of: Callable[[ExpectedMarket], FloatArray]) -> FloatArray:
        """What is measured of the market at prices over list [n]."""
        self._post(price)
        return self.rounds.mean(self.model, lambda: of(ExpectedMarket.of(self.model)))

    def profits(self, price: FloatArray) -> FloatArray:
        """[n] expected US dollars per tick of each strategic provider at prices over list [n]."""

        def earned(market: ExpectedMarket) -> FloatArray:
            return np.array(
                [
                    ProviderExpectation(market, provider.index).profit(np.array([multiple]))[0]
                    for provider, multiple in zip(self.strategic, price.tolist(), strict=True)
                ]
            )

        return self._mean(price, earned)

    def sold(self, price: FloatArray) -> SoldAtPrices:
        """What is sold at prices over list [n]; what was asked before is remembered."""
        key = price.tobytes()
        if key not in self._sold:
            self._sold[key] = self._sell(price)
        return self._sold[key]

    def quantity_and_cost(self, price: FloatArray) -> tuple[FloatArray, FloatArray]:
        """As :data:`market.strategies.equilibrium_solver.Sold` has it."""
        found = self.sold(price)
        return found.quantity, found.cost

    def _sell(self, price: FloatArray) -> SoldAtPrices:
        found = self._mean(price, self._flows)
        earned, spent = found[:-1].reshape(2, -1)
        quantity = np.divide(earned, price, out=np.zeros(len(price)), where=price > 0)
        return SoldAtPrices(quantity, spent, float(found[-1]))

    def _flows(self, market: ExpectedMarket) -> FloatArray:
        """[2n + 1] revenue and cost of the strategic providers, and buyers' surplus."""
        roster, wholesale = market.roster, market.wholesale
        paid = zero_where_infinite(wholesale.listing)
        revenue, cost = np.zeros((2, len(roster.model_of)))
        for trade in market.trades({}):
            spend = market.list_spend[market.buyers[trade.group].mix, trade.offer]
            at, share = trade.purchase.at, trade.purchase.share
            served = np.bincount(at, trade.queries * share, minlength=len(spend))
            served += np.bincount(
                np.maximum(at - 1, 0), trade.queries * (1 - share), minlength=len(spend)
            )
            s = int(market.seller_of[trade.offer])
            bought = roster.by_listing(served @ spend, wholesale.share[s])
            revenue += bought * paid[s]
            cost += bought * roster.cost_ratio
        mine = [provider.index for provider in self.strategic]
        earned, spent = (roster.by_provider(of)[mine] for of in (revenue, cost))
        return np.concatenate([earned, spent, [_surplus(market)]])

    def _cost_ratio(self, provider: Provider) -> float:
        population = self.model.costs.tables.population
        list_cost = population.weight @ population.list_cost[:, provider.models]
        return mean_cost_ratio(self.model.roster.cost_ratio[provider.listings], list_cost)


def _surplus(market: ExpectedMarket) -> float:
    """US dollars per tick of all buyers."""
    total = 0.0
    for k, group in enumerate(market.buyers):
        gains = {offer: purchase.gain for offer, purchase in market.purchases(k).items()}
        total += float(group.queries @ expected_surplus(group, gains))
    return total
