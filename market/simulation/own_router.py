"""A segment's own routers: what its buyers could have at consumers' prices, routing themselves."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, zero_where_infinite
from market.frontier.cost_schedule import CostSchedule
from market.scenario.self_routing import SelfRouting
from market.simulation.cost_cache import MixCosts
from market.simulation.offers import RESELLERS, Offer, PostedMenu
from market.strategies.routing import Fits

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


class OwnRouter:
    """What the own router of any buyer of one segment can do; all of them do the same.

    It is on the seller axis of all arrays, and sells nothing to anybody else.

    Parameters
    ----------
    model
        The market.
    segment
        Name of the segment.
    mix
        Index of its query mix.
    index
        Its place on the seller axis.

    Attributes
    ----------
    first
        Index of the offer that stands for it.
    menus
        X rows of a menu: US dollars per query of attempts and checks, by solve rate.
    """

    def __init__(self, model: "MarketModel", segment: str, mix: int, index: int) -> None:
        self.model, self.segment, self.mix, self.index = model, segment, mix, index
        self.first = len(model.offers)
        name = f"{segment}/own router"
        model.offers.append(Offer(index, name, resold=False, nest=RESELLERS, segment=segment))
        self._sample: tuple[MixCosts, IntArray] | None = None
        self._fitted: Fits | None = None
        self.menus: tuple[tuple[PostedMenu, ...], ...]
        self.stop()

    @property
    def spec(self) -> SelfRouting | None:
        """Its table in the scenario, as it is now; None where its buyers cannot route."""
        return next(c.self_routing for c in self.model.rules.consumers if c.name == self.segment)

    @property
    def to_fit(self) -> Fits | None:
        """The knowledge that its buyers have not bought yet, if any."""
        knowledge = None if self.spec is None else self.spec.knowledge
        if isinstance(knowledge, Fits) and knowledge != self._fitted:
            return knowledge
        return None

    def fit(self, knowledge: Fits, sample: tuple[MixCosts, IntArray] | None) -> None:
        """Take in what a fitting budget has shown, and the problem of each row of the sample."""
        self._fitted, self._sample = knowledge, sample

    @property
    def costs(self) -> MixCosts:
        """Curves of what its buyers buy directly."""
        return self.model.costs.direct[self.mix]

    @property
    def price(self) -> FloatArray:
        """[M] US dollars that its buyers pay per list dollar; infinite where it cannot buy."""
        price: FloatArray = self.model.wholesale_price[self.index]
        return price

    def schedule(self, price: FloatArray) -> CostSchedule | None:
        """What each solve rate costs at prices [M] over list; None where it does not route."""
        if self.spec is None:
            return None
        routing, costs = self.spec.routing, self.model.costs
        if not self.spec.knowledge.from_sample:
            return costs.route(routing, price, self.costs)
        if self._sample is None:
            return None  # its buyers have not fitted yet, or their budget bought nothing
        known, problem = self._sample
        found = costs.route(routing, price, known, problem)
        # buyers are billed for what is really bought
        bought = self.costs.list_spend(found.policies) @ zero_where_infinite(price)
        return replace(found, spend=np.where(np.isfinite(found.spend), bought, np.inf))

    def stop(self) -> None:
        """Offer nothing."""
        self.menus = ((PostedMenu.none(self.model.points),),) * len(self.model.costs.mixes)

    def route(self) -> None:
        """Route at today's prices."""
        schedule = self.schedule(self.price)
        if schedule is None:
            self.stop()
            return
        menu = PostedMenu.at_cost(schedule.spend, schedule.policies, self.costs)
        held = self.menus[self.mix][0].policies
        if all(a is b for a, b in zip(menu.policies, held, strict=True)):
            menu = replace(menu, policies=held)  # the very same policies need no new tables
        self.menus = tuple((menu,) if x == self.mix else of for x, of in enumerate(self.menus))
