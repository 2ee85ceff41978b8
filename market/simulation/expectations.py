"""What would be sold at other prices: the market as it stands, and what each side answers.

Buyers choose anew by logit probability (:mod:`market.strategies.expected_demand`). Arbitrageurs
route anew and keep their present markups: their spend moves as that of the cheapest plain cascade
does (:mod:`market.simulation.rerouting`), whatever their own way of routing. Rivals' prices are
held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.results.roster import Roster
from market.scenario.policy import Levers
from market.simulation.menus import cheapest_good_enough
from market.simulation.price_marks import provider_marks, resale_marks
from market.simulation.rerouting import Alternatives
from market.strategies.expected_demand import BuyerGroups, Rest
from market.strategies.market_view import PriceMarks

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


@dataclass(frozen=True)
class Sales:
    """What a provider would sell at K prices.

    Attributes
    ----------
    quantity
        [K] list dollars, those resold weighted by their markup: revenue over the multiplier.
    profit
        [K] US dollars per tick.
    """

    quantity: FloatArray
    profit: FloatArray


@dataclass(frozen=True)
class ExpectedMarket:
    """The market as it stands, to ask what would be.

    Attributes
    ----------
    roster
        Names and axes.
    menus
        [X, S, G] posted prices.
    list_spend
        [X, S, G, M] expected list dollars per query of what serves each.
    wholesale_price
        [S, M] US dollars per list dollar; infinite where a seller cannot buy.
    buyer_groups
        The buyers.
    list_menus
        [K, X, G] menus of providers at list price.
    alternatives
        For the indices of an arbitrageur and of a provider whose prices move, the cascades that the
        arbitrageur might turn to, per query mix; asked only where needed.
    """

    roster: Roster
    menus: FloatArray
    list_spend: FloatArray
    wholesale_price: FloatArray
    buyer_groups: Sequence[BuyerGroups]
    list_menus: FloatArray
    alternatives: Callable[[int, int], Sequence[Alternatives]]

    @classmethod
    def of(cls, model: "MarketModel") -> "ExpectedMarket":
        """The market of a model; nothing in the model changes."""
        menus = model.menus()
        mixes = range(len(menus))
        list_menus = np.full((len(model.roster.providers), *menus[:, 0].shape), np.inf)
        for provider in model.providers:
            list_menus[provider.index] = provider.list_menus

        def alternatives(seller: int, provider: int) -> list[Alternatives]:
            price, own = model.wholesale_price[seller], model.roster.owner == provider
            return [model.rerouting.around(mix, price, own) for mix in mixes]

        return cls(
            roster=model.roster,
            menus=menus,
            list_spend=np.array([model.policies(mix)[1] for mix in mixes]),
            wholesale_price=model.wholesale_price,
            buyer_groups=[s.buyer_groups(offering(menus)) for s in model.segments],
            list_menus=list_menus,
            alternatives=alternatives,
        )

    def sales(self, menus: FloatArray) -> FloatArray:
        """[..., X, S, G] expected queries per tick at the menus [..., X, S, G]."""
        sold = np.zeros(menus.shape)
        for groups in self.buyer_groups:
            of_mix = menus[..., groups.mix, :, :]
            sold[..., groups.mix, :, :] += groups.sales(of_mix, self.roster.quality)
        return sold

    def provider_sales(self, provider: int, multipliers: FloatArray) -> Sales:
        """What a provider would sell at other prices [K]."""
        own = self.roster.owner == provider
        factor, wholesale_price = self._wholesale_at(provider, multipliers)
        count = len(multipliers)
        menus = np.tile(self.menus, (count, 1, 1, 1))
        menus[:, :, provider] = multipliers[:, None, None] * self.list_menus[provider]
        direct = len(self.roster.providers)
        routes: dict[bytes, list[tuple[FloatArray, ...]]] = {}
        sellers = [s for s in range(direct, menus.shape[2]) if np.isfinite(menus[:, :, s]).any()]
        spends = {}
        for s in sellers:  # those who pay the same prices turn to the same cascades
            known = wholesale_price[:, s].tobytes() + self.wholesale_price[s].tobytes()
            if known not in routes:
                routes[known] = [
                    (*found.route(wholesale_price[:, s]), *found.route(self.wholesale_price[s]))
                    for found in self.alternatives(s, provider)
                ]
            menus[:, :, s], spends[s] = self._answer(s, wholesale_price[:, s], routes[known])
        queries = self.sales(menus)
        bought = np.einsum(
            "kxsg,xsgm->ksm", queries[:, :, :direct], self.list_spend[:, :direct][..., own]
        )
        weighed = (bought * factor[:direct, None]).sum(axis=(1, 2))
        cost = (bought @ self.roster.cost_ratio[own]).sum(axis=1)
        for s in sellers:
            resold = np.einsum("kxg,kxgm->km", queries[:, :, s], spends[s][..., own])
            weighed += factor[s] * resold.sum(axis=1)
            cost += resold @ self.roster.cost_ratio[own]
        return Sales(weighed, multipliers * weighed - cost)

    def _wholesale_at(
        self, provider: int, multipliers: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """[S] what each seller pays over the provider's price, and [K, S, M] wholesale prices."""
        own = np.flatnonzero(self.roster.owner == provider)
        direct = self.wholesale_price[0, own[0]]
        factor = np.ones(len(self.wholesale_price))
        first = len(self.roster.providers)
        if np.isfinite(direct) and direct > 0:
            factor[first:] = self.wholesale_price[first:, own[0]] / direct
        factor = np.where(np.isfinite(factor), factor, 0.0)  # gated: nothing is bought
        wholesale_price = np.tile(self.wholesale_price, (len(multipliers), 1, 1))
        closed = ~np.isfinite(self.wholesale_price[:, own])
        asked = multipliers[:, None, None] * factor[:, None]
        wholesale_price[:, :, own] = np.where(closed, np.inf, asked)
        return factor, wholesale_price

    def _answer(
        self, seller: int, prices: FloatArray, routes: Sequence[tuple[FloatArray, ...]]
    ) -> tuple[FloatArray, FloatArray]:
        """[K, X, G] menus and [K, X, G, M] list spend of an arbitrageur at other prices [K, M]."""
        now = zero_where_infinite(self.wholesale_price[seller])
        paid = zero_where_infinite(prices)
        menus, spends = [], []
        for mix, (cost_then, then, cost_now, before) in enumerate(routes):
            held = self.list_spend[mix, seller]
            both = np.isfinite(cost_then) & np.isfinite(cost_now)
            moved = np.where(both[..., None], np.maximum(held + then - before, 0.0), held)
            old, new = held @ now, np.einsum("kgm,km->kg", moved, paid)
            ratio = np.divide(new, old, out=np.ones_like(new), where=old > 0)
            menus.append(self.menus[mix, seller] * ratio)
            spends.append(moved)
        return np.stack(menus, axis=1), np.stack(spends, axis=1)


@dataclass(frozen=True)
class ProviderExpectation:
    """What a provider expects of other prices."""

    market: ExpectedMarket
    provider: int

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at price multipliers [K]."""
        return self.market.provider_sales(self.provider, alternatives).profit

    def marks(self) -> PriceMarks:
        """Multipliers at which buyers turn to a rival's present menu, or away from all."""
        market, own = self.market, self.provider
        listed, quality = market.list_menus[own], market.roster.quality
        resold = len(market.menus[0]) > len(market.roster.providers)
        return provider_marks(market.buyer_groups, market.menus, own, listed, quality, resold)


@dataclass(frozen=True)
class ResaleExpectation:
    """What an arbitrageur expects of other menus, its rivals' held.

    Attributes
    ----------
    menus
        [X, S, G] posted prices.
    buyer_groups
        The buyers.
    quality
        [G] promised solve rates.
    seller
        Index of the arbitrageur among sellers.
    mixes
        Indices of the mixes that the menu is posted for.
    delivered, spend
        Per mix of these, [R] solve rate and [R] US dollars per query of each of its policies, as
        far as it knows.
    levers
        What is imposed on the market.
    """

    menus: FloatArray
    buyer_groups: Sequence[BuyerGroups]
    quality: FloatArray
    seller: int
    mixes: tuple[int, ...]
    delivered: tuple[FloatArray, ...]
    spend: tuple[FloatArray, ...]
    levers: Levers

    def marks(self) -> PriceMarks:
        """Fees at which buyers turn to a rival's present menu, or away from all."""
        return resale_marks(self.buyer_groups, self.menus, self.seller, self.mixes, self.quality)

    @cached_property
    def _rest(self) -> list[Rest]:
        """What else there is for each of the groups."""
        return [of.rest(self.menus[of.mix], self.seller, self.quality) for of in self.buyer_groups]

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at menus [K, R] for its own policies."""
        total = np.zeros(len(alternatives))
        for mix, delivered, spend in zip(self.mixes, self.delivered, self.spend, strict=True):
            price, policy = cheapest_good_enough(alternatives, delivered, self.quality)
            sold = np.isfinite(price)
            kept = self.levers.after_tax(np.where(sold, price, 0.0))
            earned = np.where(sold, kept - spend[policy], 0)
            for buyer_groups, rest in zip(self.buyer_groups, self._rest, strict=True):
                if buyer_groups.mix == mix:
                    bought = buyer_groups.own_sales(
                        self.menus[mix], self.seller, price, self.quality, rest
                    )
                    total += (bought * earned).sum(axis=1)
        return total


def offering(menus: FloatArray) -> tuple[bool, ...]:
    """Per seller, whether it sells anything, at menus [X, S, G]."""
    return tuple(bool(np.isfinite(menus[:, s]).any()) for s in range(menus.shape[1]))
