"""What the sellers of some listings would earn at other prices: quickly, where buyers allow it.

The same as :func:`market.simulation.expected_sales.sales` finds, for markets in which no buyer
routes for itself, tastes are known in distribution only, and what a buyer takes of a menu is the
same at all its prices. What no price of these listings moves is then worked out once, and the rest
in compiled loops: a search of the best price asks many times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.foundation.compiled import can_compile
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import Repriced
from market.simulation.rerouting import Alternatives
from market.simulation.wholesale_prices import WholesalePrices
from market.strategies.demand import takes_the_same
from market.strategies.expected_demand import NEVER, ExpectedBuyers


class _Choice(NamedTuple):
    """How one segment's groups choose among J offers that move; as `sales_loops.sold` has it."""

    at: IntArray
    share: FloatArray
    open_to: BoolArray
    switching: FloatArray
    worth: FloatArray
    scale: FloatArray
    sent: FloatArray
    base: FloatArray
    rest: FloatArray
    known: FloatArray
    held: FloatArray
    nest: IntArray
    dissimilarity: float
    never: float

    @classmethod
    def of(cls, market: ExpectedMarket, k: int, offers: Sequence[int]) -> "_Choice":
        """Of the k-th segment; the other offers stand still."""
        from market.strategies.choice_loops import stand_still

        group, quality = market.buyers[k], market.menus.quality[market.buyers[k].mix]
        buyers, lam = group.buyers, float(group.dissimilarity)
        assert takes_the_same(buyers.rule)
        gains = {o: bought.gain for o, bought in market.purchases(k).items() if o not in offers}
        still = np.array(list(gains.values())).reshape(len(gains), len(group.queries))
        nest = group.shared_nests([*gains, *offers])
        taken = [buyers.rule.taken(buyers.needs, quality[o]) for o in offers]
        considered = [buyers.consideration[o] for o in offers]
        return cls(
            np.array([at for at, _, _ in taken]),
            np.array([share for _, share, _ in taken]),
            np.array(
                [
                    reached if known is None else reached & known
                    for (_, _, reached), known in zip(taken, considered, strict=True)
                ]
            ),
            np.array([buyers.cost_of_switching(o) for o in offers]),
            buyers.needs.worth,
            buyers.scale,
            group.queries,
            *stand_still(still, buyers.scale, nest, lam),
            nest[len(gains) :],
            lam,
            NEVER,
        )


@dataclass(frozen=True)
class _Router:
    """An arbitrageur's offer: its place among those that move, and what it might turn to by mix.

    Routers with the same `key` pay the same and promise the same: they turn to the same cascades.
    """

    place: int
    offer: int
    seller: int
    key: bytes
    ways: Sequence[Alternatives]


@dataclass(frozen=True)
class _Bills:
    """[J, K, G] what buyers weigh of each offer, and what it is worth to sellers and costs them."""

    price: FloatArray
    value: FloatArray
    cost: FloatArray


def quick(market: ExpectedMarket) -> bool:
    """Whether :class:`QuickSales` knows how buyers and routers of a market answer."""
    anybodys = market.seller_of[market.menus.sold()] < market.roster.resale.stop
    return can_compile() and bool(anybodys.all()) and all(map(_quick, market.buyers))


def _quick(group: ExpectedBuyers) -> bool:
    known = group.taste is None and takes_the_same(group.buyers.rule)
    return known and bool((group.buyers.scale > 0).all() and group.nest.max(initial=-1) <= 0)


class QuickSales:
    """Profit at other prices of some listings, all others held.

    Parameters
    ----------
    market
        As it stands; one that is :func:`quick`.
    own
        L′ listings whose prices differ, and whose sales are counted.
    moved
        Sets [M] of models whose prices move together, to look for other cascades by.
    """

    def __init__(self, market: ExpectedMarket, own: IntArray, moved: Sequence[BoolArray]) -> None:
        self._market, self._repriced = market, Repriced.of(market, own)
        roster, sold = market.roster, market.menus.sold()
        self._own, self._models = own, roster.model_of[own]
        at = {o: np.flatnonzero(own == of) for o, of in enumerate(market.listing_of.tolist())}
        mine = [o for o, places in at.items() if len(places)]
        routed = [o for o in sold if market.seller_of[o] >= len(roster.providers)]
        offers = [o for o in sold if o in mine or o in routed] + [o for o in mine if o not in sold]
        self._shape = len(offers), market.menus.price.shape[-1]
        self._mine = [(j, o, int(at[o][0])) for j, o in enumerate(offers) if o in mine]
        self._routers = [_router(market, j, o, moved) for j, o in enumerate(offers) if o in routed]
        self._choices = [_Choice.of(market, k, offers) for k in range(len(market.buyers))]

    def profit(self, multipliers: FloatArray, relative: FloatArray) -> FloatArray:
        """[K] US dollars per tick at prices [K] of the listings, times those `relative`.

        These are [L′] or [K, L′], over list.
        """
        from market.strategies.sales_loops import sold

        asked, relative = multipliers[:, None] * relative, np.atleast_2d(relative)
        wholesale = self._repriced.at(asked)
        earned, spent = np.zeros((2, len(asked)))
        found: dict[int, _Bills] = {}
        for group, choice in zip(self._market.buyers, self._choices, strict=True):
            if group.mix not in found:
                found[group.mix] = self._bills(group.mix, asked, relative, wholesale)
            of = found[group.mix]
            sold(of.price, of.value, of.cost, *choice, earned, spent)
        return multipliers * earned - spent

    def _bills(
        self, mix: int, asked: FloatArray, relative: FloatArray, wholesale: WholesalePrices
    ) -> _Bills:
        """Of one query mix, at the prices asked [K, L′]."""
        from market.simulation.rerouting_loops import bill, resold

        market, factor = self._market, self._repriced.factor
        offers, points = self._shape
        price, value, cost = np.empty((3, offers, len(asked), points))
        told = relative, market.roster.cost_ratio[self._own]
        share = wholesale.share[..., self._own]
        for j, o, place in self._mine:
            price[j] = asked[:, place, None] * market.list_price[mix, o] + market.beside[mix, o]
            s, spend = market.seller_of[o], market.list_spend[None, mix, o]
            bill(spend, self._models, share[:, s], *told, factor[s], value[j], cost[j])
        changes: dict[bytes, tuple[FloatArray, FloatArray]] = {}
        for of in self._routers:
            s, o, now = of.seller, of.offer, market.wholesale_price[of.seller]
            then = np.ascontiguousarray(wholesale.price[:, s])
            if of.key not in changes:
                changes[of.key] = of.ways[mix].change(then, now)
            beside, (more, checked) = market.beside[mix, o], changes[of.key]
            resold(
                market.list_spend[mix, o],
                market.checks[mix, o],
                beside,
                market.menus.price[mix, o] - beside,
                more,
                checked,
                zero_where_infinite(now),
                zero_where_infinite(then),
                self._models,
                np.ascontiguousarray(share[:, s]),
                *told,
                factor[s],
                price[of.place],
                value[of.place],
                cost[of.place],
            )
        return _Bills(price, value, cost)


def _router(market: ExpectedMarket, j: int, offer: int, moved: Sequence[BoolArray]) -> _Router:
    s, wholesale = int(market.seller_of[offer]), market.wholesale
    made_of = wholesale.listing[s], wholesale.direct[s], wholesale.power[s : s + 1]
    key = b"".join(of.tobytes() for of in (*made_of, market.menus.quality[:, offer]))
    return _Router(j, offer, s, key, market.alternatives(s, moved))
