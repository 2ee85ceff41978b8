"""Providers: they hold a price and what they know, and leave the decision to a pricing rule."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.scenario.schema import ProviderSpec, Scenario
from market.simulation.agents.seller import Seller
from market.simulation.cost_cache import MixCosts
from market.simulation.offers import Offer, PostedMenu
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
        X rows of a menu for each offer, at list price.
    past
        Its last two turns.
    gone
        Whether losses have driven it out.
    """

    def __init__(
        self, model: "MarketModel", spec: ProviderSpec, index: int, models: Sequence[str]
    ) -> None:
        super().__init__(model, spec.name, index, 1 if spec.router else len(models))
        self.models = np.array([model.costs.tables.population.index(m) for m in models])
        names = [spec.name] if spec.router else [f"{spec.name}/{name}" for name in models]
        model.offers += [Offer(index, name, resold=False) for name in names]
        self.multiplier = 1.0
        self.past: tuple[Turn, ...] = ()
        self.gone = False
        self._adopt(spec)

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        self._adopt(rules.providers[self.index])

    def _adopt(self, spec: ProviderSpec) -> None:
        self.spec = spec
        self.list_menus = tuple(self.list_offers(mix) for mix in self.model.costs.direct)

    def list_offers(self, mix_costs: MixCosts) -> tuple[PostedMenu, ...]:
        """Its offers at list price on one query mix."""
        costs, models = self.model.costs, len(mix_costs.tables.models)
        alone = np.full(models, np.inf)
        if self.spec.router:
            alone[self.models] = 1.0
            own = costs.frontier(mix_costs, alone)
            return (PostedMenu.direct(own.quality, own.spend, own.policies, mix_costs),)
        menus = []
        for m in self.models.tolist():
            price = alone.copy()
            price[m] = 1.0
            market = costs.market(mix_costs, price)
            menus.append(
                PostedMenu.direct(market.quality, market.price, market.policies[m], mix_costs)
            )
        return tuple(menus)

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
        """Post its offers at its present price."""
        self.menus = tuple(tuple(map(self.at_price, menus)) for menus in self.list_menus)

    def at_price(self, menu: PostedMenu) -> PostedMenu:
        """A menu at its present price, from that at list price."""
        sold = np.isfinite(menu.price)
        price = np.where(sold, self.multiplier * np.where(sold, menu.price, 0.0), np.inf)
        return PostedMenu(menu.quality, price, menu.policies, menu.beside)

    def learn(self, profit: float) -> None:
        """Take note of a tick's profit; leave when losses exceed the limit."""
        self.past = (*self.past[-1:], Turn(self.multiplier, profit))
        self.balance += profit
        limit = self.spec.loss_limit
        self.gone = self.gone or (limit is not None and self.balance < -limit)
