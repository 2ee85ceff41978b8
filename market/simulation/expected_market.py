"""What would be sold at other prices: the market as it stands, and what each side answers.

Buyers choose anew by nested logit probability (:mod:`market.strategies.expected_demand`), valuing
offers as they do when they really choose. What an owner would sell at other prices is in
:mod:`market.simulation.expected_sales`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import can_compile
from market.results.roster import Roster
from market.simulation.rerouting import Alternatives
from market.simulation.wholesale_prices import WholesalePrices
from market.strategies.demand import Purchase
from market.strategies.expected_demand import ExpectedBuyers
from market.strategies.menu import Menus

if TYPE_CHECKING:
    from market.simulation.model import MarketModel

Moved = Mapping[int, Sequence[tuple[FloatArray, FloatArray]]]
"""By offer and query mix: other solve rates [G] and prices [..., G]."""


@dataclass(frozen=True)
class Trade:
    """What groups of like buyers would buy of one offer.

    Attributes
    ----------
    offer, group
        Indices of the offer, and of the buyers.
    queries
        [..., N] per tick, expected.
    purchase
        What each group takes from the menu.
    """

    offer: int
    group: int
    queries: FloatArray
    purchase: Purchase

    def total(self, values: FloatArray) -> FloatArray:
        """[..., N] queries times what values [..., G] of the menu's points are in the mean."""
        return np.asarray(self.queries * self.purchase.mean(values), dtype=np.float64)

    def totals(
        self, values: FloatArray, costs: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """[K, N] :meth:`total` of values [K, G], and [K] the sums of these and of costs [K, G]."""
        if not can_compile():
            by_group = self.total(values)
            return by_group, by_group.sum(axis=-1), self.total(costs).sum(axis=-1)
        from market.strategies.purchase_loops import bought

        at, share = np.atleast_2d(self.purchase.at), np.atleast_2d(self.purchase.share)
        return bought(self.queries, values, costs, at, share)


@dataclass(frozen=True)
class ExpectedMarket:
    """The market as it stands, to ask what would be.

    Attributes
    ----------
    roster
        Names and axes.
    seller_of
        [O] index of the seller of each offer.
    listing_of
        [O] index of the listing that a provider's offer is of, of a cascade of its own the first of
        its listings, which all have one price; −1 of an arbitrageur's.
    menus
        [X, O, G] posted menus.
    list_price
        [X, O, G] the prices of providers' offers at list price.
    beside
        [X, O, G] US dollars per query that buyers weigh beside the price that is asked.
    list_spend
        [X, O, G, M] expected list dollars per query of what serves each point.
    checks
        [X, O, G] expected US dollars per query of checks.
    wholesale
        What each seller pays per list dollar of each model's attempts.
    buyers
        Groups of like buyers, by segment.
    alternatives
        For the index of an arbitrageur, and each of the sets of models whose prices move together,
        the cascades that the arbitrageur might turn to, per query mix; asked only where needed.
    """

    roster: Roster
    seller_of: IntArray
    listing_of: IntArray
    menus: Menus
    list_price: FloatArray
    beside: FloatArray
    list_spend: FloatArray
    checks: FloatArray
    wholesale: WholesalePrices
    buyers: Sequence[ExpectedBuyers]
    alternatives: Callable[[int, Sequence[BoolArray]], Sequence[Alternatives]]
    _still: dict[tuple[int, int], Purchase] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, model: "MarketModel", asks: int | None = None) -> "ExpectedMarket":
        """The market of a model; nothing in the model changes.

        Parameters
        ----------
        model
            The market.
        asks
            An offer that counts although it sells nothing now.
        """
        menus = model.menus()
        mixes = range(len(model.costs.mixes))
        list_price = np.full(menus.price.shape, np.inf)
        for provider in model.providers:
            for x, row in enumerate(provider.list_menus):
                for k, menu in enumerate(row):
                    list_price[x, provider.first + k] = menu.price

        held: dict[tuple[int, bytes], list[Alternatives]] = {}

        def alternatives(seller: int, moved: Sequence[BoolArray]) -> list[Alternatives]:
            key = seller, b"".join(models.tobytes() for models in moved)
            if key not in held:
                held[key] = searched(seller, moved)
            return held[key]

        def searched(seller: int, moved: Sequence[BoolArray]) -> list[Alternatives]:
            price = model.wholesale_price[seller]
            direct = seller >= model.roster.resale.stop
            rerouting = model.rerouting_directly if direct else model.rerouting
            offer = int(np.flatnonzero(model.seller_of == seller)[0])
            rates = [menus.quality[x, offer] for x in mixes]
            return [
                Alternatives.of_all(
                    [rerouting.around(x, price, models, rates[x]) for models in moved]
                )
                for x in mixes
            ]

        sold = {*menus.sold()} | ({asks} if asks is not None else set())
        return cls(
            roster=model.roster,
            seller_of=model.seller_of,
            listing_of=np.array([offer.listing for offer in model.offers]),
            menus=menus,
            list_price=list_price,
            beside=np.zeros(list_price.shape) if menus.beside is None else menus.beside,
            checks=np.array([model.verified(x)[0] for x in mixes]),
            list_spend=np.array([model.policies(x)[1] for x in mixes]),
            wholesale=model.wholesale,
            buyers=[s.expected_buyers(tuple(sorted(sold))) for s in model.segments],
            alternatives=alternatives,
        )

    def trades(self, moved: Moved) -> Iterator[Trade]:
        """What would be bought of offers if they moved to other menus; of all, if none does."""
        for k, group in enumerate(self.buyers):
            bought = self.purchases(k, moved)
            gains = {o: purchase.gain for o, purchase in bought.items()}
            for o, chance in group.chances(gains, moved or None).items():
                if o in moved or not moved:
                    yield Trade(o, k, group.queries * chance, bought[o])

    def purchases(self, k: int, moved: Moved | None = None) -> dict[int, Purchase]:
        """By offer that is open to them, what groups of the k-th segment would take from it."""
        moved, sold = moved or {}, self.menus.sold()
        group, anybodys = self.buyers[k], self.seller_of < self.roster.resale.stop
        offers = sold + [o for o in moved if o not in sold]
        open_to = [o for o in offers if anybodys[o] or o == group.own_router]
        return {o: self._purchase(k, group, o, moved) for o in open_to}

    def _purchase(self, k: int, group: ExpectedBuyers, offer: int, moved: Moved) -> Purchase:
        if offer in moved:
            return group.buyers.purchase(offer, *moved[offer][group.mix])
        if (k, offer) not in self._still:
            menus = self.menus.of_mix(group.mix)
            found = group.buyers.purchase(offer, menus.quality[offer], menus.price[offer])
            self._still[k, offer] = found
        return self._still[k, offer]

    @property
    def routed(self) -> bool:
        """Whether anybody buys attempts of several models, and may route anew as prices move."""
        return len(self.roster.sellers) > len(self.roster.providers)

    @property
    def wholesale_price(self) -> FloatArray:
        """[S, M] US dollars per list dollar; infinite where a seller cannot buy."""
        return self.wholesale.price

    def rival_hosts(self, listings: IntArray, siblings: IntArray) -> FloatArray:
        """[H] prices at which other hosts of the same models undercut, for who buys the cheapest.

        Parameters
        ----------
        listings
            Whose rivals are asked for.
        siblings
            Offers of the same owner, who is no rival.
        """
        roster, asked = self.roster, self.wholesale.listing[0]
        first, sellers = len(roster.providers), set(self.seller_of[self.menus.sold()].tolist())
        cheapest = [s for s in sellers if s >= first and np.isinf(self.wholesale.power[s])]
        if not cheapest:
            return np.empty(0)
        own = np.unique(self.seller_of[siblings])
        same = np.isin(roster.model_of, roster.model_of[listings]) & ~np.isin(roster.owner, own)
        return np.unique(asked[same & np.isfinite(asked)])
