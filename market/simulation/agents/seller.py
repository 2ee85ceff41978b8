"""What providers and arbitrageurs have in common: a menu, and the policies that serve it."""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.query_signal import RoutingPolicy
from market.scenario.schema import Scenario
from market.strategies.market_view import Quote

if TYPE_CHECKING:
    from market.simulation.model import MarketModel

Policies = tuple[RoutingPolicy | None, ...]


class Seller(mesa.Agent):
    """Posts a menu for each query mix: a price per query, and the policy that serves it.

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
    menus
        [X, G] US dollars per query; infinite where the tier is not sold.
    policies
        X rows of G policies; None where the tier is not sold.
    balance
        US dollars earned since the start.
    """

    model: "MarketModel"

    def __init__(self, model: "MarketModel", name: str, index: int) -> None:
        super().__init__(model)
        self.name = name
        self.index = index
        self.balance = 0.0
        self._told = False
        self.menus: FloatArray
        self.policies: tuple[Policies, ...]
        self.sell_nothing()

    def is_due(self) -> bool:
        """Whether it is to be in the market at this tick."""
        raise NotImplementedError

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        raise NotImplementedError

    def posted(self, mix: int = 0) -> Quote:
        """Its menu for one query mix as others may see it."""
        return Quote(self.name, self.menus[mix])

    def sell_nothing(self) -> None:
        """Take back its menus."""
        mixes, tiers = len(self.model.costs.mixes), len(self.model.quality)
        self.menus = np.full((mixes, tiers), np.inf)
        self.policies = (self.model.no_policies,) * mixes

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
