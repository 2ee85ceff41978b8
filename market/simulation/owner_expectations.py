"""What an owner expects of other prices of its own: a provider, several merged, an arbitrageur."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.scenario.policy import Levers
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import models_of, provider_sales, sales
from market.simulation.price_marks import provider_marks, resale_marks
from market.simulation.quick_sales import QuickSales, quick
from market.strategies.market_view import PriceMarks
from market.strategies.menu import cheapest_good_enough


@dataclass(frozen=True)
class ProviderExpectation:
    """What a provider expects of other prices, one for all its models."""

    market: ExpectedMarket
    provider: int

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at price multipliers [K]."""
        quickly = self._quickly
        if quickly is not None:
            return quickly.profit(alternatives, np.ones(len(self._own)))
        return provider_sales(self.market, self.provider, alternatives).profit

    @cached_property
    def _own(self) -> IntArray:
        return np.flatnonzero(self.market.roster.owner == self.provider)

    @cached_property
    def _quickly(self) -> QuickSales | None:
        if not quick(self.market):
            return None
        return QuickSales(self.market, self._own, [models_of(self.market, self._own)])

    def marks(self) -> PriceMarks:
        """Multipliers at which buyers turn to a rival's present menu, or away from all."""
        market = self.market
        own = np.flatnonzero(market.seller_of == self.provider)
        resold = market.routed
        hosts = market.rival_hosts(np.flatnonzero(market.roster.owner == self.provider), own)
        return provider_marks(
            market.buyers, market.menus, own, own, market.list_price, market.beside, hosts, resold
        )


@dataclass(frozen=True)
class OwnerExpectation:
    """What an owner of several prices expects of others, all of its profit counted.

    Attributes
    ----------
    market
        As it stands.
    prices
        P arrays: the listings that have each price.
    """

    market: ExpectedMarket
    prices: tuple[IntArray, ...]

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at price multipliers [K, P]."""
        relative = np.repeat(alternatives, [len(listings) for listings in self.prices], axis=1)
        once, quickly = np.ones(len(alternatives)), self._quickly
        if quickly is not None:
            return quickly.profit(once, relative)
        return sales(self.market, self._own, once, relative, self._moved).profit

    @cached_property
    def _own(self) -> IntArray:
        return np.concatenate(self.prices)

    @cached_property
    def _moved(self) -> list[BoolArray]:
        """[M] each: models whose prices move together."""
        sets = [self._own, *self.prices] if len(self.prices) > 1 else [self._own]
        return [models_of(self.market, listings) for listings in sets]

    @cached_property
    def _quickly(self) -> QuickSales | None:
        if not quick(self.market):
            return None
        return QuickSales(self.market, self._own, self._moved)

    def marks(self, price: int) -> PriceMarks:
        """Multipliers at which buyers turn to a rival's present menu, or away from all."""
        market = self.market
        offers = [
            np.flatnonzero(np.isin(market.listing_of, listings))
            for listings in (self.prices[price], np.concatenate(self.prices))
        ]
        resold = market.routed
        own, siblings = offers
        hosts = market.rival_hosts(self.prices[price], siblings)
        return provider_marks(
            market.buyers,
            market.menus,
            own,
            siblings,
            market.list_price,
            market.beside,
            hosts,
            resold,
        )


@dataclass(frozen=True)
class ResaleExpectation:
    """What an arbitrageur expects of other fees, its rivals' menus held.

    Attributes
    ----------
    market
        As it stands.
    offer
        Index of its offer.
    quality
        [R] solve rates that it promises.
    delivered, spend
        Per query mix that the menu is posted for, by its index, [R] solve rate and [R] US dollars
        per query of each of its policies, as far as it knows.
    harm
        Per query mix, [R] US dollars that wrong answers of each policy cost buyers.
    levers
        What is imposed on the market.
    """

    market: ExpectedMarket
    offer: int
    quality: FloatArray
    delivered: Mapping[int, FloatArray]
    spend: Mapping[int, FloatArray]
    harm: Mapping[int, FloatArray]
    levers: Levers

    def marks(self) -> PriceMarks:
        """Fees at which buyers turn to a rival's present menu, or away from all."""
        groups = [group for group in self.market.buyers if group.mix in self.delivered]
        harm = next(iter(self.harm.values()))
        return resale_marks(groups, self.market.menus, self.offer, self.quality, harm)

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at fees [K, R] for its own policies."""
        menus: list[tuple[FloatArray, FloatArray]] = []
        earned: dict[int, FloatArray] = {}
        for mix in range(len(self.market.menus.price)):
            if mix not in self.delivered:
                menus.append(
                    (
                        self.market.menus.quality[mix, self.offer],
                        self.market.menus.price[mix, self.offer],
                    )
                )
                continue
            order = np.argsort(self.delivered[mix], kind="stable")
            harm = self.harm[mix][order]
            price, serves = cheapest_good_enough(alternatives[:, order] + harm)
            menus.append((self.delivered[mix][order], price))
            kept = self.levers.after_tax(zero_where_infinite(price - harm[serves]))
            earned[mix] = np.where(np.isfinite(price), kept - self.spend[mix][order][serves], 0.0)
        total = np.zeros(len(alternatives))
        for trade in self.market.trades({self.offer: menus}):
            group = self.market.buyers[trade.group]
            if trade.offer == self.offer and group.mix in earned:
                total += trade.total(earned[group.mix]).sum(axis=-1)
        return total
