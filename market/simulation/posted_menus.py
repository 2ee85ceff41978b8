"""The menus that sellers have posted, put together, and the policies that serve their points."""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, read_only
from market.simulation.cost_cache import Policies
from market.simulation.policy_table import HeldPolicies, PolicyTables
from market.strategies.menu import Menus

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


class PostedMenus:
    """Menus of all offers, kept until a seller posts others.

    Parameters
    ----------
    model
        The market.
    """

    def __init__(self, model: "MarketModel") -> None:
        self._model = model
        self._tables: PolicyTables | None = None
        self._menus: Menus | None = None
        self._at_tiers: tuple[Menus, FloatArray] | None = None
        self._policies: dict[int, HeldPolicies] = {}

    def menus(self) -> Menus:
        """[X, O, G] posted menus of all offers; infinite prices where nothing is sold."""
        if self._menus is None:
            model = self._model
            shape = len(model.costs.mixes), len(model.offers), model.points
            quality, price = np.zeros(shape), np.full(shape, np.inf)
            beside = np.zeros(shape) if model.costs.checked else None
            for seller in (*model.sellers, *model.own_routers):
                for x, row in enumerate(seller.menus):
                    for k, menu in enumerate(row):
                        quality[x, seller.first + k] = menu.quality
                        price[x, seller.first + k] = menu.weighed
                        if beside is not None and menu.beside is not None:
                            beside[x, seller.first + k] = menu.beside
            self._menus = Menus(quality, price, beside)
        return self._menus

    def moved(self) -> None:
        """A seller has posted other menus."""
        self._menus = None
        self._policies.clear()

    def at_tiers(self) -> FloatArray:
        """[X, S, B] least price of each seller for the solve rates that reports tell apart."""
        model, menus, held = self._model, self.menus(), self._at_tiers
        tiers = model.quality
        if held is None or not held[0].same(menus):
            sellers = len(model.roster.sellers)
            posted = np.full((len(model.costs.mixes), sellers, len(tiers)), np.inf)
            for x in range(len(posted)):
                of_mix = menus.of_mix(x)
                for offer in of_mix.sold():
                    row = posted[x, model.seller_of[offer]]
                    np.minimum(row, of_mix.price_at(offer, tiers), out=row)
            held = self._at_tiers = menus, read_only(posted)
        return held[1]

    def policies(self, mix: int) -> HeldPolicies:
        """What serves each point of all menus."""
        if mix not in self._policies:
            self._policies[mix] = self._of(mix)
        return self._policies[mix]

    def _of(self, mix: int) -> HeldPolicies:
        model = self._model
        now: list[Policies] = [(None,) * model.points] * len(model.offers)
        for seller in (*model.sellers, *model.own_routers):
            for k, menu in enumerate(seller.menus[mix]):
                now[seller.first + k] = menu.policies
        if self._tables is None:  # offers are not known before sellers are created
            self._tables = PolicyTables(model.costs, [offer.resold for offer in model.offers])
        return self._tables.of(mix, now)
