"""Providers: they hold a price and what they know, and leave the decision to a pricing rule."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.scenario.agent_specs import ProviderSpec
from market.scenario.schema import Scenario
from market.simulation.agents.seller import Seller
from market.simulation.cost_cache import MixCosts
from market.simulation.offers import Offer, PostedMenu
from market.strategies.market_view import Turn
from market.strategies.provider_pricing import LearnsPrices, MayNotFinish, ProviderPricingRule

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
    first_listing
        Index of the listing of the first of them.

    Attributes
    ----------
    models, model_names
        Indices of its models in the population, and their names.
    listings
        Indices of its listings, a model each.
    prices
        [its models] over list price; others are another array.
    list_menus
        X rows of a menu for each offer, at list price.
    gone
        Whether losses have driven it out.
    learned
        By the name of a price of its own, the rule that learns it, and what that rule has begun.
    """

    def __init__(
        self,
        model: "MarketModel",
        spec: ProviderSpec,
        index: int,
        models: Sequence[str],
        first_listing: int,
    ) -> None:
        super().__init__(model, spec.name, index, 1 if spec.router else len(models))
        self.models = np.array([model.costs.tables.population.index(m) for m in models])
        self.model_names = tuple(models)
        names = [spec.name] if spec.router else [f"{spec.name}/{name}" for name in models]
        self.listings = first_listing + np.arange(len(models))
        # hosts of one model are a nest; a cascade is nobody else's
        nests = [-1 if spec.router or model.hosts[m] < 2 else 1 + m for m in self.models.tolist()]
        model.offers += [
            Offer(index, name, resold=False, nest=nest, listing=first_listing + k)
            for k, (name, nest) in enumerate(zip(names, nests, strict=False))
        ]
        self.prices: FloatArray = np.ones(len(models))
        self._posted: tuple[object, object, FloatArray] = None, None, self.prices
        self._turns: tuple[tuple[FloatArray, float], ...] = ()
        self.gone = False
        self.learned: dict[str, tuple[LearnsPrices, ProviderPricingRule]] = {}
        self._adopt(spec)

    @property
    def multiplier(self) -> float:
        """Price over list price; NaN where its models' differ."""
        first = float(self.prices[0])
        return first if (self.prices == first).all() else float("nan")

    @multiplier.setter
    def multiplier(self, price: float) -> None:
        self.prices = np.full(len(self.models), price)

    def past(self, model: int) -> tuple[Turn, ...]:
        """The last two turns of the price of one of its models, with its owner's whole profit."""
        return tuple(Turn(float(prices[model]), profit) for prices, profit in self._turns)

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
        there = self.spec.active_from <= tick and (until is None or tick < until)
        return there and not self.gone and self.name not in self.model.rules.remove

    @property
    def asks_by(self) -> tuple[object, ...]:
        """What the prices of attempts hang on that it sells."""
        return (self.prices,)

    def post(self) -> None:
        """Post its offers at its present prices."""
        menus, of, prices = self._posted
        if menus is self.menus and of is self.list_menus and prices is self.prices:
            return
        self.menus = tuple(
            tuple(self.at_price(k, menu) for k, menu in enumerate(menus))
            for menus in self.list_menus
        )
        self._posted = self.menus, self.list_menus, self.prices

    def at_price(self, offer: int, menu: PostedMenu) -> PostedMenu:
        """The menu of one of its offers at the present price, from that at list price."""
        sold = np.isfinite(menu.price)
        asked = self.prices[offer] * np.where(sold, menu.price, 0.0)
        return PostedMenu(menu.quality, np.where(sold, asked, np.inf), menu.policies, menu.beside)

    def learn(self, profit: float, whole: float) -> None:
        """Take note of a tick's profit, and its owner's; leave when losses exceed the limit."""
        self._turns = (*self._turns[-1:], (self.prices, whole))
        self.balance += profit
        limit = self.spec.loss_limit
        self.gone = self.gone or (limit is not None and self.balance < -limit)

    def tell_unfinished(self) -> None:
        """Warn of prices that it set out to learn and has not."""
        for name, (_, price) in self.learned.items():
            missing = price.unfinished() if isinstance(price, MayNotFinish) else None
            if missing is not None:
                self.model.recorder.warn(f"providers.{self.name}.pricing: {name}: {missing}")
