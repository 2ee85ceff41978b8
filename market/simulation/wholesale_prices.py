"""At what price each seller gets a model's attempts: one matrix to quote, bill and settle by.

Several providers may sell one model: each is a host of it, and what it sells of it a listing. An
arbitrageur buys a model's attempts from the cheapest of its hosts, or spreads them over all by
weights p^−2, as a large exchange does by default (:mod:`market.strategies.host_choice`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.memory import same_objects
from market.results.roster import Roster
from market.scenario.policy import Levers
from market.strategies.host_choice import shares

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


@dataclass(frozen=True)
class WholesalePrices:
    """What each seller pays per list dollar of attempts, by listing and by model.

    Attributes
    ----------
    listing
        [..., S, L] US dollars per list dollar; infinite where it cannot buy.
    model_of
        [L] index of the model of each listing.
    direct
        [S, L] whether the listing is the seller's own, as a provider's are: what it sells of a
        model is then all that its buyers get.
    power
        [S] how strongly cheaper hosts are preferred: share ~ p^−power.
    """

    listing: FloatArray
    model_of: IntArray
    direct: BoolArray
    power: FloatArray

    @cached_property
    def share(self) -> FloatArray:
        """[..., S, L] part of a seller's attempts at each model that it buys at each listing."""
        if self.one_host_each:
            return np.ones(self.listing.shape)
        return shares(self._considered, self.model_of, self.power[:, None])

    @cached_property
    def price(self) -> FloatArray:
        """[..., S, M] what a list dollar of attempts at each model costs; infinite if nowhere."""
        if self.one_host_each:
            return self.listing
        of_model = np.equal.outer(self.model_of, np.arange(self.model_of.max() + 1))
        sold = np.isfinite(self._considered)
        paid = self.share * np.where(sold, self._considered, 0.0)
        return np.where(sold @ of_model > 0, paid @ of_model.astype(np.float64), np.inf)

    @cached_property
    def one_host_each(self) -> bool:
        """Whether every model has one listing, in the order of the models."""
        return bool((self.model_of == np.arange(len(self.model_of))).all())

    @cached_property
    def _considered(self) -> FloatArray:
        """[..., S, L] the prices that matter: who hosts a model itself looks at no other host."""
        same = np.equal.outer(self.model_of, self.model_of)
        hosts = self.direct.astype(np.int64) @ same > 0
        return np.where(hosts & ~self.direct, np.inf, self.listing)

    @cached_property
    def consumers(self) -> FloatArray:
        """[M] the least that consumers pay over list price; infinite where a model is not sold."""
        least = np.full(self.model_of.max() + 1, np.inf)
        np.minimum.at(least, self.model_of, self.listing[0])
        return least

    def at(self, listing: FloatArray) -> "WholesalePrices":
        """The same sellers at other prices [..., S, L]."""
        return WholesalePrices(listing, self.model_of, self.direct, self.power)


@dataclass(frozen=True)
class _Asked:
    """What sellers ask, which wholesale prices follow from: `owned`, `resale` and `power` are [A].

    As in :func:`wholesale_prices`, and how strongly each arbitrageur prefers cheaper hosts.
    """

    roster: Roster
    levers: Levers
    price: FloatArray
    owned: BoolArray
    resale: FloatArray
    power: FloatArray

    @classmethod
    def of(cls, model: "MarketModel") -> "_Asked":
        """In a market as it stands."""
        roster = model.roster
        price = np.full(len(roster.model_of), np.inf)
        for provider in model.providers:
            price[provider.listings] = provider.prices
        owned = np.zeros(len(roster.arbitrageurs), dtype=bool)
        resale, power = np.full((2, len(owned)), np.inf)
        least = np.full(len(roster.models), np.inf)
        np.minimum.at(least, roster.model_of, price)
        for arbitrageur in model.arbitrageurs:
            number = arbitrageur.index - len(roster.providers)
            owned[number] = arbitrageur.student
            resale[number] = arbitrageur.resale_multiplier(least)
            power[number] = arbitrageur.spec.host_power
        return cls(roster, model.rules.policy, price, owned, resale, power)

    def same(self, other: "_Asked") -> bool:
        """Whether wholesale prices are the same."""
        return (
            self.roster is other.roster
            and self.levers is other.levers
            and np.array_equal(self.price, other.price)
            and np.array_equal(self.owned, other.owned)
            and np.array_equal(self.resale, other.resale)
            and np.array_equal(self.power, other.power)
        )

    def wholesale(self) -> WholesalePrices:
        """What each seller pays."""
        roster, price = self.roster, self.price
        listing = wholesale_prices(
            price,
            roster.owner,
            roster.student_of,
            roster.providers,
            self.levers,
            self.owned,
            self.resale,
        )
        # whoever routes for itself pays what consumers pay, at the cheapest host
        listing = np.vstack([listing, np.tile(price, (len(roster.self_routing), 1))])
        direct = np.equal.outer(np.arange(len(listing)), roster.owner)
        cheapest = [np.full(len(of), np.inf) for of in (roster.providers, roster.self_routing)]
        power = np.concatenate([cheapest[0], self.power, cheapest[1]])
        return WholesalePrices(listing, roster.model_of, direct, power)


class PostedPrices:
    """Wholesale prices in a market as it stands, made again only when one has moved."""

    def __init__(self) -> None:
        self._held: tuple[_Asked, WholesalePrices] | None = None
        self._seen: list[object] = []

    def of(self, model: "MarketModel") -> WholesalePrices:
        """The same object while sellers ask the same."""
        seen = [model.roster, model.rules.policy]
        for seller in model.in_market:
            seen += seller.asks_by
        if self._held is not None and same_objects(seen, self._seen):
            return self._held[1]
        self._seen, asked = seen, _Asked.of(model)
        if self._held is None or not asked.same(self._held[0]):
            self._held = asked, asked.wholesale()
        return self._held[1]


def wholesale_prices(
    price: FloatArray,
    owner: IntArray,
    student_of: IntArray,
    providers: Sequence[str],
    levers: Levers,
    owned: BoolArray,
    resale: FloatArray,
) -> FloatArray:
    """[S, L] US dollars per list dollar that each seller pays; infinite where it cannot buy.

    Consumers pay a provider's price for its own models. Arbitrageurs pay the resale markup on top,
    find gated providers closed, run their own student at cost, and may buy the students of others.

    Parameters
    ----------
    price
        [L] what consumers pay over list price; infinite where a listing is not on sale.
    owner
        [L] index of each listing's provider; −1 for a student.
    student_of
        [L] index of the arbitrageur that owns a student; −1 for a provider's model.
    providers
        K names.
    levers
        Resale markup, gates and ban.
    owned
        [A] whether each arbitrageur is in the market with a student that it has distilled.
    resale
        [A] price of its student to others, over its cost; infinite where it is not for sale.
    """
    gated = np.isin(np.arange(len(providers)), [providers.index(name) for name in levers.gated])
    of_provider = owner >= 0
    wholesale = np.full(len(price), np.inf)
    open_to_them = of_provider & ~gated[np.maximum(owner, 0)]
    wholesale[open_to_them] = price[open_to_them] * (1 + levers.resale_markup)
    students = np.flatnonzero(student_of >= 0)
    if not levers.distillation_ban:
        maker = student_of[students]
        wholesale[students] = np.where(owned[maker], resale[maker], np.inf)
    rows = np.tile(wholesale, (len(owned), 1))
    if not levers.distillation_ban:
        for m in students.tolist():
            if owned[student_of[m]]:
                rows[student_of[m], m] = 1.0
    return np.vstack([np.tile(price, (len(providers), 1)), rows])
