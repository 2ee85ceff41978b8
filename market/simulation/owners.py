"""Who decides which prices: a provider its own, or one owner those of several that are merged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.simulation.expected_market import ExpectedMarket
from market.simulation.owner_expectations import OwnerExpectation, ProviderExpectation
from market.simulation.rule_answers import checked_multiplier
from market.simulation.seller_views import price_view
from market.strategies.market_view import ProviderView
from market.strategies.owner_prices import OneOfSeveral, best_replies
from market.strategies.provider_pricing import (
    LearnsPrices,
    PriceReply,
    ProviderPricingRule,
    considers_prices,
    constant_price,
    price_unit,
)

if TYPE_CHECKING:
    from market.simulation.agents import Provider
    from market.simulation.model import MarketModel


@dataclass(frozen=True)
class OwnPrice:
    """One price that an owner decides on.

    Attributes
    ----------
    provider
        Whose.
    models
        Which of the provider's models have it.
    """

    provider: "Provider"
    models: IntArray

    @property
    def name(self) -> str:
        """What tells it from the owner's others."""
        if len(self.models) == self.provider.models.size:
            return self.provider.name
        return f"{self.provider.name}/{self.provider.model_names[self.models[0]]}"

    @property
    def listings(self) -> IntArray:
        """Indices of the listings that have it."""
        found: IntArray = self.provider.listings[self.models]
        return found

    @property
    def now(self) -> float:
        """The price over list that is posted."""
        return float(self.provider.prices[self.models[0]])

    def decider(self, rule: ProviderPricingRule, view: ProviderView) -> ProviderPricingRule:
        """Who decides on it by a rule: the rule, or what the rule began when it first did."""
        if not isinstance(rule, LearnsPrices):
            return rule
        held = self.provider.learned.get(self.name)
        if held is None or held[0] != rule:
            held = self.provider.learned[self.name] = rule, rule.begin(view)
        return held[1]


@dataclass(frozen=True)
class Owner:
    """One provider, or those in the market that are merged, the one that decides first.

    Attributes
    ----------
    providers
        In the order in which the merger names them.
    """

    providers: tuple["Provider", ...]

    @property
    def lead(self) -> "Provider":
        """Whose rule decides."""
        return self.providers[0]

    @cached_property
    def prices(self) -> tuple[OwnPrice, ...]:
        """The prices that it decides on: one for each provider, or for each of their models."""
        unit, found = price_unit(self.lead.spec.pricing), []
        for provider in self.providers:
            every = np.arange(provider.models.size)
            apart = unit == "model" and not provider.spec.router
            groups = [every[[k]] for k in every] if apart else [every]
            found += [OwnPrice(provider, models) for models in groups]
        return tuple(found)

    @property
    def now(self) -> FloatArray:
        """[P] the prices over list that are posted."""
        return np.array([price.now for price in self.prices])

    def expectation(self, market: ExpectedMarket) -> OwnerExpectation:
        """What it expects of other prices, its whole profit counted."""
        return OwnerExpectation(market, tuple(price.listings for price in self.prices))

    def best(self, model: "MarketModel", market: Callable[[], ExpectedMarket]) -> list[PriceReply]:
        """The prices that its rule finds best; it must be one that searches.

        Parameters
        ----------
        model
            The market.
        market
            Gives the same to ask what would be; called when needed.
        """
        rule, views = self.lead.spec.pricing, self.views(model, market)
        assert considers_prices(rule)
        if len(views) == 1:
            return [rule.best_reply(views[0])]
        return list(best_replies(rule, views, self.expectation(market()), self.now))

    def views(
        self, model: "MarketModel", market: Callable[[], ExpectedMarket]
    ) -> list[ProviderView]:
        """The market as it sees it for each of its prices, the others as they stand."""
        rivals = partial(_asked_by_others, model, self)
        if len(self.prices) == 1:
            index = self.lead.index

            def of_one() -> ProviderExpectation:
                return ProviderExpectation(market(), index)

            return [price_view(model, self.prices[0], self.providers, of_one, rivals, alone=True)]

        def beside(p: int) -> OneOfSeveral:
            return OneOfSeveral(self.expectation(market()), self.now, p)

        return [
            price_view(model, price, self.providers, partial(beside, p), rivals, alone=False)
            for p, price in enumerate(self.prices)
        ]

    def decide(
        self, model: "MarketModel", market: Callable[[], ExpectedMarket]
    ) -> list[tuple["Provider", FloatArray]]:
        """Let the lead's pricing rule choose: the next prices over list of each provider."""
        rule, lead = self.lead.spec.pricing, self.lead
        constant = constant_price(rule)
        if constant is not None:
            asked = checked_multiplier(constant, lead.name)
            return [(of, np.full(of.models.size, asked)) for of in self.providers]
        if considers_prices(rule):
            answers: list[object] = []
            for price, reply in zip(self.prices, self.best(model, market), strict=True):
                price.provider.tell_bound(f"providers.{lead.name}", reply.bound)
                answers.append(reply.multiplier)
        else:
            views = self.views(model, market)
            answers = [
                price.decider(rule, view).multiplier(view)
                for price, view in zip(self.prices, views, strict=True)
            ]
        chosen = {provider.index: provider.prices.copy() for provider in self.providers}
        for price, answer in zip(self.prices, answers, strict=True):
            chosen[price.provider.index][price.models] = checked_multiplier(answer, lead.name)
        return [(provider, chosen[provider.index]) for provider in self.providers]


def owners(model: "MarketModel") -> list[Owner]:
    """Who decides on the prices of the providers in the market."""
    present = {provider.name: provider for provider in model.providers}
    merged = [[present[name] for name in names if name in present] for names in model.rules.mergers]
    joined = {id(provider) for providers in merged for provider in providers}
    alone = [[provider] for provider in model.providers if id(provider) not in joined]
    return [Owner(tuple(providers)) for providers in (*alone, *merged) if providers]


def _asked_by_others(model: "MarketModel", asks: Owner) -> Mapping[str, float]:
    """What other owners have posted over list, by the names of their prices."""
    others = (owner for owner in owners(model) if owner.providers != asks.providers)
    return {price.name: price.now for owner in others for price in owner.prices}
