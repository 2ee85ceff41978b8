"""Providers: they hold a price and what they know, and leave the decision to a pricing rule."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.scenario.schema import ProviderSpec, Scenario
from market.simulation.agents.seller import Policies, Seller
from market.simulation.cost_cache import MixCosts
from market.simulation.rule_answers import checked_multiplier
from market.strategies.market_view import ProviderView, Turn
from market.strategies.provider_pricing import ConsidersPrices

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


class Provider(Seller):
    """Sells attempts at its own models, paid as you go.

    Parameters
    ----------
    model
        The market.
    spec
        Its table in the scenario.
    index
        Its place among sellers, and among providers.
    models
        Names of its models.

    Attributes
    ----------
    models
        Indices of its models in the population.
    multiplier
        Price over list price.
    list_menus
        [X, G] its menus at list price.
    past
        Its last two turns.
    gone
        Whether losses have driven it out.
    """

    def __init__(
        self, model: "MarketModel", spec: ProviderSpec, index: int, models: Sequence[str]
    ) -> None:
        super().__init__(model, spec.name, index)
        self.models = np.array([model.costs.tables.population.index(m) for m in models])
        self.multiplier = 1.0
        self.past: tuple[Turn, ...] = ()
        self.gone = False
        self.list_menus: FloatArray
        self._adopt(spec)

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        self._adopt(rules.providers[self.index])

    def _adopt(self, spec: ProviderSpec) -> None:
        self.spec = spec
        offers = [self.list_offer(mix_costs) for mix_costs in self.model.costs.mixes]
        self.list_menus = np.array([menu for menu, _ in offers])
        self._list_policies = tuple(policies for _, policies in offers)

    def list_offer(self, mix_costs: MixCosts) -> tuple[FloatArray, Policies]:
        """[G] its menu at list price on one query mix, and the policies behind it."""
        alone = np.full(len(mix_costs.tables.models), np.inf)
        alone[self.models] = 1.0
        if self.spec.router:
            own = self.model.costs.frontier(mix_costs, alone)
            return own.spend, own.policies
        market = mix_costs.market(alone)
        cheapest = market.cost.argmin(axis=0)
        return market.price, tuple(market.policies[m][g] for g, m in enumerate(cheapest.tolist()))

    def is_due(self) -> bool:
        """Whether it is to be in the market at this tick."""
        tick, until = self.model.tick, self.spec.active_until
        return not self.gone and self.spec.active_from <= tick and (until is None or tick < until)

    def decide(self, view: ProviderView) -> float:
        """Let the pricing rule choose the next price over list price."""
        rule = self.spec.pricing
        if not isinstance(rule, ConsidersPrices):
            return checked_multiplier(rule.multiplier(view), self.name)
        reply = rule.best_reply(view)
        self.tell_bound(f"providers.{self.name}", reply.bound)
        return checked_multiplier(reply.multiplier, self.name)

    def post(self) -> None:
        """Post the cheapest of its models at each tier."""
        self.menus = self.at_price(self.list_menus)
        self.policies = self._list_policies

    def at_price(self, list_menus: FloatArray) -> FloatArray:
        """Menus at its present price, from those at list price."""
        sold = np.isfinite(list_menus)
        return np.where(sold, self.multiplier * np.where(sold, list_menus, 0.0), np.inf)

    def learn(self, profit: float) -> None:
        """Take note of a tick's profit; leave when losses exceed the limit."""
        self.past = (*self.past[-1:], Turn(self.multiplier, profit))
        self.balance += profit
        limit = self.spec.loss_limit
        self.gone = self.gone or (limit is not None and self.balance < -limit)
