"""What the sellers of some listings would sell at other prices of theirs, rivals' prices held.

Arbitrageurs route anew and keep their present markups: their spend moves as that of the cheapest
plain cascade does (:mod:`market.simulation.rerouting`), whatever their own way of routing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.foundation.compiled import can_compile
from market.simulation.expected_market import ExpectedMarket
from market.simulation.wholesale_prices import WholesalePrices


@dataclass(frozen=True)
class Sales:
    """What a provider would sell at K prices.

    Attributes
    ----------
    quantity
        [K] list dollars, those resold weighted by their markup: revenue over the multiplier.
    profit
        [K] US dollars per tick.
    by_buyer
        [K, N] the quantity of a single buyer of each group of like ones, of all segments.
    count
        [N] how many buyers are in each group.
    """

    quantity: FloatArray
    profit: FloatArray
    by_buyer: FloatArray
    count: FloatArray


@dataclass(frozen=True)
class Repriced:
    """Wholesale prices where those of some listings differ.

    Attributes
    ----------
    wholesale
        As they stand.
    own
        L′ listings.
    factor
        [S] what each seller pays for these over consumers' prices.
    closed
        [S, L′] whether a seller cannot buy there: what is gated stays so.
    """

    wholesale: WholesalePrices
    own: IntArray
    factor: FloatArray
    closed: BoolArray

    @classmethod
    def of(cls, market: ExpectedMarket, own: IntArray) -> "Repriced":
        """In a market as it stands."""
        listing = market.wholesale.listing
        direct, factor = listing[0, own], np.ones(len(listing))
        for s in range(len(market.roster.providers), len(listing)):
            open_ = np.isfinite(direct) & (direct > 0) & np.isfinite(listing[s, own])
            if open_.any():
                first = int(np.argmax(open_))
                factor[s] = listing[s, own[first]] / direct[first]
        return cls(market.wholesale, own, factor, ~np.isfinite(listing[:, own]))

    def at(self, asked: FloatArray) -> tuple[FloatArray, FloatArray]:
        """At the prices asked of consumers [K, L′].

        [K, S, M] what a list dollar of attempts at each model costs, infinite if nowhere, and
        [K, S, L′] the part of a seller's attempts that it buys at each of these listings.
        """
        then = np.repeat(self.wholesale.listing[None], len(asked), axis=0)
        paid = asked[:, None] * self.factor[:, None]
        then[:, :, self.own] = np.where(self.closed, np.inf, paid)
        if self.wholesale.one_host_each:
            return then, np.ones(paid.shape)
        prices = self.wholesale.at(then)
        return prices.price, np.ascontiguousarray(prices.share[..., self.own])


def provider_sales(
    market: ExpectedMarket,
    provider: int,
    multipliers: FloatArray,
    relative: FloatArray | None = None,
) -> Sales:
    """What a provider would sell at other prices [K], all of its listings at the same.

    Parameters
    ----------
    market
        As it stands.
    provider
        Index.
    multipliers
        [K] of the prices.
    relative
        [its listings] prices that are multiplied; 1 each if None. The quantity is then in what
        is paid at these.
    """
    own = np.flatnonzero(market.roster.owner == provider)
    if relative is None:
        relative = np.ones(len(own))
    return sales(market, own, multipliers, relative, [models_of(market, own)])


def models_of(market: ExpectedMarket, listings: IntArray) -> BoolArray:
    """[M] whether each model is one of the listings'."""
    found = np.zeros(len(market.roster.models), dtype=bool)
    found[market.roster.model_of[listings]] = True
    return found


def sales(
    market: ExpectedMarket,
    own: IntArray,
    multipliers: FloatArray,
    relative: FloatArray,
    moved: Sequence[BoolArray],
) -> Sales:
    """What the sellers of some listings would sell together at other prices.

    Parameters
    ----------
    market
        As it stands.
    own
        L′ listings whose prices differ, and whose sales are counted.
    multipliers
        [K] of all of their prices.
    relative
        [L′] or [K, L′] prices over list that are multiplied.
    moved
        Sets [M] of models whose prices move together, to look for other cascades by.
    """
    roster, mixes = market.roster, range(len(market.menus.price))
    models, cost_ratio = roster.model_of[own], roster.cost_ratio[own]
    asked = multipliers[:, None] * relative
    repriced = Repriced.of(market, own)
    factor, (price, share) = repriced.factor, repriced.at(asked)
    menus: dict[int, list[tuple[FloatArray, FloatArray]]] = {}
    spends: dict[int, list[FloatArray]] = {}
    for o, listing in enumerate(market.listing_of):
        at = np.flatnonzero(own == listing)
        if len(at):
            prices = asked[:, at[0], None, None] * market.list_price[:, o]
            weighed = prices + market.beside[:, o]
            menus[o] = [(market.menus.quality[x, o], weighed[:, x]) for x in mixes]
            spends[o] = [market.list_spend[x, o] for x in mixes]
    changes: dict[bytes, list[tuple[FloatArray, FloatArray]]] = {}
    for o in market.menus.sold():
        s = int(market.seller_of[o])
        if s < len(roster.providers):
            continue
        rates = market.menus.quality[:, o]
        then, now = price[:, s], market.wholesale_price[s]
        # those who pay the same prices turn to the same cascades
        direct = s >= roster.resale.stop
        known = bytes([direct]) + then.tobytes() + now.tobytes() + rates.tobytes()
        if known not in changes:
            found = market.alternatives(s, moved)
            changes[known] = [of_mix.change(then, now) for of_mix in found]
        menus[o], spends[o] = _answer(market, o, then, changes[known], direct=direct)
    quantity, cost = np.zeros((2, len(multipliers)))
    size = [len(group.queries) for group in market.buyers]
    first = np.cumsum([0, *size])
    by_buyer = np.zeros((len(multipliers), first[-1]))
    for trade in market.trades(menus):
        if trade.offer not in spends:
            continue
        group, s = market.buyers[trade.group], int(market.seller_of[trade.offer])
        spend = spends[trade.offer][group.mix][..., models] * _by_price(share[..., s, :])
        paid = (spend * _by_price(relative)).sum(axis=-1)
        of_group, worth, spent = trade.totals(factor[s] * paid, spend @ cost_ratio)
        by_buyer[:, first[trade.group] : first[trade.group + 1]] += of_group / group.count
        quantity += worth
        cost += spent
    count = np.concatenate([group.count for group in market.buyers])
    return Sales(quantity, multipliers * quantity - cost, by_buyer, count)


def _by_price(values: FloatArray) -> FloatArray:
    """[..., 1, L′] values [..., L′] by listing, for the points of a menu."""
    return values[..., None, :] if values.ndim > 1 else values


def _answer(
    market: ExpectedMarket,
    offer: int,
    prices: FloatArray,
    changes: Sequence[tuple[FloatArray, FloatArray]],
    *,
    direct: bool,
) -> tuple[list[tuple[FloatArray, FloatArray]], list[FloatArray]]:
    """By mix, menus and [K, G, M] list spend of a router at other prices [K, M].

    An arbitrageur bears the checks of what it sells; buyers who route `direct`ly bear them
    beside the price of attempts.
    """
    now = zero_where_infinite(market.wholesale_price[market.seller_of[offer]])
    paid = zero_where_infinite(prices)
    menus, spends = [], []
    for mix, (change, checked) in enumerate(changes):
        held, checks = market.list_spend[mix, offer], market.checks[mix, offer]
        beside = market.beside[mix, offer]
        price = market.menus.price[mix, offer] - beside
        if can_compile():
            from market.simulation.rerouting_loops import answer

            state = held, checks, beside, price, change, checked, now, paid
            asked, spend = answer(*state, direct)
            menus.append((market.menus.quality[mix, offer], asked))
            spends.append(spend)
            continue
        spend = np.maximum(held + change, 0.0)
        new = np.matmul(spend, paid[:, :, None])[..., 0]
        if direct:
            old, beside = held @ now, np.maximum(beside + checked, 0.0)
        else:
            old, new = held @ now + checks, new + np.maximum(checks + checked, 0.0)
        ratio = np.divide(new, old, out=np.ones_like(new), where=old > 0)
        asked = np.where(old > 0, price * ratio, price)
        menus.append((market.menus.quality[mix, offer], asked + beside))
        spends.append(spend)
    return menus, spends
