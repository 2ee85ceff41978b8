"""What providers and arbitrageurs have in common: menus, and the policies that serve them."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.memory import remember
from market.scenario.schema import Scenario
from market.simulation.mesa_versions import Agent
from market.simulation.offers import PostedMenu
from market.strategies.market_view import Quote
from market.strategies.menu import price_at

if TYPE_CHECKING:
    from market.simulation.model import MarketModel

_QUOTES_KEPT = 8  # grids of solve rates at which its menus are read: tiers, and other sellers'


class Seller(Agent, ABC):
    """Posts a menu of each of its offers for each query mix.

    It is registered with the model while it is in the market. One that leaves keeps what it has
    and knows, and is registered again when it returns.

    Parameters
    ----------
    model
        The market.
    name
        Unique among sellers.
    index
        Its place on the seller axis of all arrays, whether it is in the market or not.

    Attributes
    ----------
    first, offers
        Index of its first offer, and how many it has.
    balance
        US dollars earned since the start.
    """

    model: "MarketModel"

    def __init__(self, model: "MarketModel", name: str, index: int, offers: int) -> None:
        super().__init__(model)
        self.name = name
        self.index = index
        self.first, self.offers = len(model.offers), offers
        self.balance = 0.0
        self._told = False
        self.sell_nothing()

    @abstractmethod
    def is_due(self) -> bool:
        """Whether it is to be in the market at this tick."""

    @property
    @abstractmethod
    def asks_by(self) -> tuple[object, ...]:
        """What the prices of attempts hang on that it sells: the same objects, the same prices."""

    @abstractmethod
    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""

    @property
    def menus(self) -> tuple[tuple[PostedMenu, ...], ...]:
        """X rows of a menu for each offer, as it has posted them."""
        return self._menus

    @menus.setter
    def menus(self, menus: tuple[tuple[PostedMenu, ...], ...]) -> None:
        self._menus = menus
        self._quotes: dict[tuple[int, int], tuple[FloatArray, Quote]] = {}
        self.model.posted.moved()

    def posted(self, mix: int, quality: FloatArray) -> Quote:
        """What it asks for solve rates [G] of one query mix, as others may see it.

        The rates must not be changed afterwards: who asks for the same again gets the same quote.
        """
        key = mix, id(quality)
        held = self._quotes.get(key)
        if held is None or held[0] is not quality:
            rows = self._menus[mix]
            least = np.stack([price_at(row.quality, row.weighed, quality) for row in rows])
            held = quality, Quote(self.name, least.min(axis=0))
            remember(self._quotes, key, held, _QUOTES_KEPT)
        return held[1]

    def sell_nothing(self) -> None:
        """Take back its menus."""
        nothing = (PostedMenu.none(self.model.points),) * self.offers
        self.menus = (nothing,) * len(self.model.costs.mixes)

    def tell_bound(self, table: str, bound: str | None) -> None:
        """Warn of the first bound that its answer lies at, once in a run.

        Parameters
        ----------
        table
            Dotted path of its table in the scenario.
        bound
            In words; None where it lies at none.
        """
        if bound is None or self._told:
            return
        self._told = True
        self.model.recorder.warn(
            f"{table}.pricing: what would pay {self.name} best is at {bound}; beyond it, another "
            "price may pay better. Move the bound unless it is meant to decide"
        )

    def enter(self) -> None:
        """Come back to the market."""
        self.model.absent.remove(self)
        self.model.register_agent(self)

    def leave(self) -> None:
        """Leave the market, for now or for good."""
        self.sell_nothing()
        self.remove()
        self.model.absent.append(self)
