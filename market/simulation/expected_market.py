"""What would be sold at other prices: the market as it stands, and what each side answers.

Buyers choose anew by nested logit probability (:mod:`market.strategies.expected_demand`), valuing
offers as they do when they really choose. Arbitrageurs route anew and keep their present markups:
their spend moves as that of the cheapest plain cascade does (:mod:`market.simulation.rerouting`),
whatever their own way of routing. Rivals' prices are held.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.results.roster import Roster
from market.scenario.policy import Levers
from market.simulation.price_marks import provider_marks, resale_marks
from market.simulation.rerouting import Alternatives
from market.simulation.wholesale_prices import WholesalePrices
from market.strategies.demand import Purchase
from market.strategies.expected_demand import ExpectedBuyers
from market.strategies.market_view import PriceMarks
from market.strategies.menu import Menus, cheapest_good_enough

if TYPE_CHECKING:
    from market.simulation.model import MarketModel

Moved = Mapping[int, Sequence[tuple[FloatArray, FloatArray]]]
"""By offer and query mix: other solve rates [G] and prices [..., G]."""


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

        def alternatives(seller: int, moved: Sequence[BoolArray]) -> list[Alternatives]:
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
        """What would be bought of every offer if some moved to other menus."""
        sold = self.menus.sold()
        offers = sold + [o for o in moved if o not in sold]
        anybodys = self.seller_of < self.roster.resale.stop
        for k, group in enumerate(self.buyers):
            open_to = [o for o in offers if anybodys[o] or o == group.own_router]
            bought = {o: self._purchase(k, group, o, moved) for o in open_to}
            chances = group.chances({o: purchase.gain for o, purchase in bought.items()})
            for o, chance in chances.items():
                yield Trade(o, k, group.queries * chance, bought[o])

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

    def provider_sales(
        self, provider: int, multipliers: FloatArray, relative: FloatArray | None = None
    ) -> Sales:
        """What a provider would sell at other prices [K], all of its listings at the same.

        Parameters
        ----------
        provider
            Index.
        multipliers
            [K] of the prices.
        relative
            [its listings] prices that are multiplied; 1 each if None. The quantity is then in what
            is paid at these.
        """
        own = np.flatnonzero(self.roster.owner == provider)
        if relative is None:
            relative = np.ones(len(own))
        together = np.isin(np.arange(len(self.roster.models)), self.roster.model_of[own])
        return self.sales(own, multipliers, relative, [together])

    def sales(
        self,
        own: IntArray,
        multipliers: FloatArray,
        relative: FloatArray,
        moved: Sequence[BoolArray],
    ) -> Sales:
        """What the sellers of some listings would sell together at other prices.

        Parameters
        ----------
        own
            L′ listings whose prices differ, and whose sales are counted.
        multipliers
            [K] of all of their prices.
        relative
            [L′] or [K, L′] prices over list that are multiplied.
        moved
            Sets [M] of models whose prices move together, to look for other cascades by.
        """
        roster, mixes = self.roster, range(len(self.menus.price))
        models, cost_ratio = roster.model_of[own], roster.cost_ratio[own]
        asked = multipliers[:, None] * relative
        factor, wholesale = self._wholesale_at(own, asked)
        price, share = wholesale.price, wholesale.share[..., own]
        menus: dict[int, list[tuple[FloatArray, FloatArray]]] = {}
        spends: dict[int, list[FloatArray]] = {}
        for o, listing in enumerate(self.listing_of):
            at = np.flatnonzero(own == listing)
            if len(at):
                prices = asked[:, at[0], None, None] * self.list_price[:, o]
                weighed = prices + self.beside[:, o]
                menus[o] = [(self.menus.quality[x, o], weighed[:, x]) for x in mixes]
                spends[o] = [self.list_spend[x, o] for x in mixes]
        changes: dict[bytes, list[tuple[FloatArray, FloatArray]]] = {}
        for o in self.menus.sold():
            s = int(self.seller_of[o])
            if s < len(roster.providers):
                continue
            rates = self.menus.quality[:, o]
            then, now = price[:, s], self.wholesale_price[s]
            # those who pay the same prices turn to the same cascades
            direct = s >= roster.resale.stop
            known = bytes([direct]) + then.tobytes() + now.tobytes() + rates.tobytes()
            if known not in changes:
                found = self.alternatives(s, moved)
                changes[known] = [of_mix.change(then, now) for of_mix in found]
            menus[o], spends[o] = self._answer(o, then, changes[known], direct=direct)
        quantity, cost = np.zeros((2, len(multipliers)))
        size = [len(group.queries) for group in self.buyers]
        first = np.cumsum([0, *size])
        by_buyer = np.zeros((len(multipliers), first[-1]))
        for trade in self.trades(menus):
            if trade.offer not in spends:
                continue
            group, s = self.buyers[trade.group], int(self.seller_of[trade.offer])
            spend = spends[trade.offer][group.mix][..., models] * _by_price(share[..., s, :])
            paid = (spend * _by_price(relative)).sum(axis=-1)
            bought = trade.total(factor[s] * paid)
            by_buyer[:, first[trade.group] : first[trade.group + 1]] += bought / group.count
            quantity += bought.sum(axis=-1)
            cost += trade.total(spend @ cost_ratio).sum(axis=-1)
        count = np.concatenate([group.count for group in self.buyers])
        return Sales(quantity, multipliers * quantity - cost, by_buyer, count)

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

    def _wholesale_at(self, own: IntArray, asked: FloatArray) -> tuple[FloatArray, WholesalePrices]:
        """[S] what each seller pays over consumers' prices, and prices at those asked [K, L′]."""
        listing = self.wholesale.listing
        direct, factor = listing[0, own], np.ones(len(listing))
        for s in range(len(self.roster.providers), len(listing)):
            open_ = np.isfinite(direct) & (direct > 0) & np.isfinite(listing[s, own])
            if open_.any():  # what is gated stays so, and nothing of it is bought
                first = int(np.argmax(open_))
                factor[s] = listing[s, own[first]] / direct[first]
        then = np.tile(listing, (len(asked), 1, 1))
        closed = ~np.isfinite(listing[:, own])
        then[:, :, own] = np.where(closed, np.inf, asked[:, None] * factor[:, None])
        return factor, self.wholesale.at(then)

    def _answer(
        self,
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
        now = zero_where_infinite(self.wholesale_price[self.seller_of[offer]])
        paid = zero_where_infinite(prices)
        menus, spends = [], []
        for mix, (change, checked) in enumerate(changes):
            held, checks = self.list_spend[mix, offer], self.checks[mix, offer]
            beside = self.beside[mix, offer]
            price = self.menus.price[mix, offer] - beside
            spend = np.maximum(held + change, 0.0)
            new = np.matmul(spend, paid[:, :, None])[..., 0]
            if direct:
                old, beside = held @ now, np.maximum(beside + checked, 0.0)
            else:
                old, new = held @ now + checks, new + np.maximum(checks + checked, 0.0)
            ratio = np.divide(new, old, out=np.ones_like(new), where=old > 0)
            asked = np.where(old > 0, price * ratio, price)
            menus.append((self.menus.quality[mix, offer], asked + beside))
            spends.append(spend)
        return menus, spends


def _by_price(values: FloatArray) -> FloatArray:
    """[..., 1, L′] values [..., L′] by listing, for the points of a menu."""
    return values[..., None, :] if values.ndim > 1 else values


@dataclass(frozen=True)
class ProviderExpectation:
    """What a provider expects of other prices, one for all its models."""

    market: ExpectedMarket
    provider: int

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick at price multipliers [K]."""
        return self.market.provider_sales(self.provider, alternatives).profit

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
        own = np.concatenate(self.prices)
        relative = np.repeat(alternatives, [len(listings) for listings in self.prices], axis=1)
        roster = self.market.roster
        models = np.arange(len(roster.models))
        sets = [own, *self.prices] if len(self.prices) > 1 else [own]
        moved = [np.isin(models, roster.model_of[listings]) for listings in sets]
        return self.market.sales(own, np.ones(len(alternatives)), relative, moved).profit

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
