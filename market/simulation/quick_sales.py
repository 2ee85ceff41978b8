"""What the sellers of some listings would earn at other prices: quickly, where buyers allow it.

The same as :func:`market.simulation.expected_sales.sales` finds, for markets in which no buyer
routes for itself, tastes are known in distribution only, and what a buyer takes of a menu is the
same at all its prices. What no price of these listings moves is then worked out once, and the rest
in compiled loops: a search of the best price asks many times.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import can_compile
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import Repriced
from market.simulation.rerouting import Alternatives
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


class _Direct(NamedTuple):
    """Offers of attempts themselves whose prices move; as `rerouting_loops.direct` has them."""

    place: IntArray
    seller: IntArray
    at: IntArray
    list_price: FloatArray
    beside: FloatArray
    spend: FloatArray

    @classmethod
    def of(
        cls, market: ExpectedMarket, mix: int, offers: Sequence[int], at: Mapping[int, int]
    ) -> "_Direct":
        """Of one query mix; `at` has by offer which of the listings has its price."""
        place = np.array([j for j, o in enumerate(offers) if o in at], dtype=np.int64)
        own = np.array(offers, dtype=np.int64)[place]
        return cls(
            place,
            market.seller_of[own],
            np.array([at[o] for o in own.tolist()], dtype=np.int64),
            market.list_price[mix, own],
            market.beside[mix, own],
            market.list_spend[mix, own],
        )


class _Routed(NamedTuple):
    """Arbitrageurs' offers; as `rerouting_loops.resold` has them."""

    place: IntArray
    seller: IntArray
    alike: IntArray
    held: FloatArray
    checks: FloatArray
    beside: FloatArray
    menu: FloatArray
    ways: FloatArray
    ways_beside: FloatArray

    @classmethod
    def of(
        cls, market: ExpectedMarket, mix: int, offers: Sequence[int], moved: Sequence[BoolArray]
    ) -> "_Routed":
        """Of one query mix, as the prices of sets of models move."""
        every, wholesale = np.array(offers, dtype=np.int64), market.wholesale
        place = np.flatnonzero(market.seller_of[every] >= len(market.roster.providers))
        own = every[place]
        alike: dict[bytes, int] = {}  # who pays and promises the same turns to the same cascades
        found: list[Alternatives] = []
        which = []
        for o, s in zip(own.tolist(), market.seller_of[own].tolist(), strict=True):
            made_of = wholesale.listing[s], wholesale.direct[s], wholesale.power[s : s + 1]
            key = b"".join(of.tobytes() for of in (*made_of, market.menus.quality[:, o]))
            if key not in alike:
                alike[key] = len(alike)
                found.append(market.alternatives(s, moved)[mix])
            which.append(alike[key])
        points, models = market.list_spend.shape[-2:]
        most = max((of.list_spend.shape[1] for of in found), default=0)
        ways = np.full((len(found), points, most, models), np.inf)
        ways_beside = np.zeros((len(found), points, most))
        for a, of in enumerate(found):
            ways[a, :, : of.list_spend.shape[1]] = of.list_spend
            ways_beside[a, :, : of.beside.shape[1]] = of.beside
        beside = market.beside[mix, own]
        return cls(
            place,
            market.seller_of[own],
            np.array(which, dtype=np.int64),
            market.list_spend[mix, own],
            market.checks[mix, own],
            beside,
            market.menus.price[mix, own] - beside,
            ways,
            ways_beside,
        )


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
        self._listings = roster.model_of[own], roster.cost_ratio[own]
        place = {listing: at for at, listing in reversed(list(enumerate(own.tolist())))}
        listing_of = market.listing_of.tolist()
        at = {o: place[of] for o, of in enumerate(listing_of) if of in place}
        routed = [o for o in sold if market.seller_of[o] >= len(roster.providers)]
        offers = [o for o in sold if o in at or o in routed] + [o for o in at if o not in sold]
        self._shape = len(offers), market.menus.price.shape[-1]
        self._offers = {
            mix: (_Direct.of(market, mix, offers, at), _Routed.of(market, mix, offers, moved))
            for mix in {group.mix for group in market.buyers}
        }
        self._choices = [_Choice.of(market, k, offers) for k in range(len(market.buyers))]

    def profit(self, multipliers: FloatArray, relative: FloatArray) -> FloatArray:
        """[K] US dollars per tick at prices [K] of the listings, times those `relative`.

        These are [L′] or [K, L′], over list.
        """
        from market.simulation.rerouting_loops import direct, resold
        from market.strategies.sales_loops import sold

        asked, relative = multipliers[:, None] * relative, np.atleast_2d(relative)
        (then, share), now = self._repriced.at(asked), self._market.wholesale_price
        (models, cost_ratio), factor = self._listings, self._repriced.factor
        offers, points = self._shape
        earned, spent = np.zeros((2, len(asked)))
        found: dict[int, FloatArray] = {}
        for mix, (attempts, routed) in self._offers.items():
            bills = found[mix] = np.empty((3, offers, len(asked), points))
            told = models, share, relative, cost_ratio, factor
            direct(*attempts, asked, *told, bills[0], bills[1], bills[2])
            if len(routed.place):
                resold(*routed, now, then, *told, bills[0], bills[1], bills[2])
        for group, choice in zip(self._market.buyers, self._choices, strict=True):
            bills = found[group.mix]
            sold(bills[0], bills[1], bills[2], *choice, earned, spent)
        return multipliers * earned - spent
