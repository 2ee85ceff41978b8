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
from market.simulation.rerouting import WIDE, Alternatives
from market.strategies.expected_demand import BuyerGroups, Rest
from market.strategies.market_view import PriceMarks

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


@dataclass(frozen=True)
class Sales:
    """What a provider would sell.

    Attributes
    ----------
    quantity
        List dollars, those resold weighted by their markup: revenue over the price multiplier.
    profit
        US dollars per tick.
    """

    quantity: float
    profit: float


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
        For a seller's index, the cascades that it might turn to, per query mix; asked only where
        needed.
    """

    roster: Roster
    menus: FloatArray
    list_spend: FloatArray
    wholesale_price: FloatArray
    buyer_groups: Sequence[BuyerGroups]
    list_menus: FloatArray
    alternatives: Callable[[int], Sequence[Alternatives]]

    @classmethod
    def of(cls, model: "MarketModel", steps: Sequence[float] = WIDE) -> "ExpectedMarket":
        """The market of a model; nothing in the model changes.

        Parameters
        ----------
        model
            The market.
        steps
            Changes of one provider's price for which arbitrageurs' cascades are searched; at
            others they take the cheapest of what was found.
        """
        menus = model.menus()
        mixes = range(len(menus))
        list_menus = np.full((len(model.roster.providers), *menus[:, 0].shape), np.inf)
        for provider in model.providers:
            list_menus[provider.index] = provider.list_menus

        def alternatives(seller: int) -> list[Alternatives]:
            price, known = model.wholesale_price[seller], model.rerouting
            if steps is WIDE:
                return [known.far(mix, price) for mix in mixes]
            return [known.near(mix, price, steps) for mix in mixes]

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
        """[X, S, G] expected queries per tick at the menus [X, S, G]."""
        sold = np.zeros(menus.shape)
        for buyer_groups in self.buyer_groups:
            sold[buyer_groups.mix] += buyer_groups.sales(
                menus[buyer_groups.mix], self.roster.quality
            )
        return sold

    def provider_sales(self, provider: int, multiplier: float) -> Sales:
        """What a provider would sell at another price."""
        own = self.roster.owner == provider
        factor, wholesale_price = self._wholesale_at(provider, multiplier)
        menus, spend = self.menus.copy(), self.list_spend.copy()
        menus[:, provider] = multiplier * self.list_menus[provider]
        first = len(self.roster.providers)
        for s in range(first, len(menus[0])):
            if np.isfinite(menus[:, s]).any():
                menus[:, s], spend[:, s] = self._answer(s, wholesale_price[s])
        queries = self.sales(menus)
        bought = np.einsum("xsg,xsgm->sm", queries, spend)[:, own]
        weighed = bought * factor[:, None]
        return Sales(
            float(weighed.sum()),
            float(multiplier * weighed.sum() - (bought @ self.roster.cost_ratio[own]).sum()),
        )

    def _wholesale_at(self, provider: int, multiplier: float) -> tuple[FloatArray, FloatArray]:
        """[S] what each seller pays over the provider's own price, and [S, M] wholesale prices."""
        own = np.flatnonzero(self.roster.owner == provider)
        direct = self.wholesale_price[0, own[0]]
        factor = np.ones(len(self.wholesale_price))
        first = len(self.roster.providers)
        if np.isfinite(direct) and direct > 0:
            factor[first:] = self.wholesale_price[first:, own[0]] / direct
        factor = np.where(np.isfinite(factor), factor, 0.0)  # gated: nothing is bought
        wholesale_price = self.wholesale_price.copy()
        closed = ~np.isfinite(wholesale_price[:, own])
        wholesale_price[:, own] = np.where(closed, np.inf, multiplier * factor[:, None])
        return factor, wholesale_price

    def _answer(self, seller: int, wholesale_price: FloatArray) -> tuple[FloatArray, FloatArray]:
        """[X, G] menus and [X, G, M] list spend of an arbitrageur at other prices [M]."""
        now = self.wholesale_price[seller]
        menus, spends = [], []
        for mix, known in enumerate(self.alternatives(seller)):
            held = self.list_spend[mix, seller]
            cost_then, then = known.route(wholesale_price)
            cost_now, before = known.route(now)
            both = np.isfinite(cost_then) & np.isfinite(cost_now)
            moved = np.where(both[:, None], np.maximum(held + then - before, 0.0), held)
            old, new = held @ zero_where_infinite(now), moved @ zero_where_infinite(wholesale_price)
            ratio = np.divide(new, old, out=np.ones_like(new), where=old > 0)
            menus.append(self.menus[mix, seller] * ratio)
            spends.append(moved)
        return np.array(menus), np.array(spends)


@dataclass(frozen=True)
class ProviderExpectation:
    """What a provider expects of other prices."""

    market: ExpectedMarket
    provider: int

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at price multipliers [K]."""
        return np.array(
            [self.market.provider_sales(self.provider, m).profit for m in alternatives.tolist()]
        )

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
