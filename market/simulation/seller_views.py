"""What sellers see of the market when they decide, and what they may expect of other prices."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.simulation.expectations import (
    ExpectedMarket,
    ProviderExpectation,
    ResaleExpectation,
    offering,
)
from market.strategies.market_view import (
    ExpectedProfit,
    KnowsBuyers,
    MarketView,
    PriceMarks,
    ProviderView,
)

if TYPE_CHECKING:
    from market.simulation.agents import Arbitrageur, Provider, Seller
    from market.simulation.model import MarketModel


class Expectation(ExpectedProfit, KnowsBuyers, Protocol):
    """What sellers of this market are given to expect by."""


@dataclass(frozen=True)
class Deferred:
    """An expectation that is worked out when first asked."""

    make: Callable[[], Expectation]

    @cached_property
    def _made(self) -> Expectation:
        return self.make()

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit of each alternative."""
        return self._made.profit(alternatives)

    def marks(self) -> PriceMarks:
        """Prices that matter to buyers."""
        return self._made.marks()


def provider_view(model: "MarketModel", provider: "Provider") -> ProviderView:
    """The market as a provider sees it, its own price as it stands."""
    return ProviderView(
        model.tick,
        model.quality,
        tuple(other.posted() for other in model.sellers if other is not provider),
        Deferred(lambda: ProviderExpectation(ExpectedMarket.of(model), provider.index)),
        _posted(provider),
        cost_ratio=provider.spec.cost_ratio,
        past=provider.past,
        uniform_draw=model.streams.generator("lot", provider.name, model.tick).random(),
    )


def resale_view(model: "MarketModel", arbitrageur: "Arbitrageur", mix: int) -> MarketView:
    """The market as an arbitrageur sees it, for one query mix."""
    return MarketView(
        model.tick,
        model.quality,
        tuple(other.posted(mix) for other in model.sellers if other is not arbitrageur),
        Deferred(lambda: _resale_expectation(model, arbitrageur, mix)),
        _posted(arbitrageur, mix),
    )


def _posted(seller: "Seller", mix: int = 0) -> FloatArray | None:
    """[G] a seller's own menu; None where it has posted none."""
    menu = seller.menus[mix]
    return menu if np.isfinite(menu).any() else None


def _resale_expectation(
    model: "MarketModel", arbitrageur: "Arbitrageur", mix: int
) -> ResaleExpectation:
    separate = arbitrageur.spec.segment_menus
    mixes = (mix,) if separate else tuple(range(len(model.costs.mixes)))
    schedule = arbitrageur.schedule(mix)
    policies = model.no_policies if schedule is None else schedule.policies
    costs = [model.costs.mixes[x] for x in mixes]
    if schedule is None or arbitrageur.sample is None:
        paid = zero_where_infinite(arbitrageur.wholesale_price)
        spend = tuple(of_mix.list_spend(policies) @ paid for of_mix in costs)
    else:  # it knows no more of costs than its sample shows
        spend = (zero_where_infinite(schedule.spend),) * len(mixes)
    menus = model.menus()
    # what it asks about counts too
    sells = tuple(s == arbitrageur.index or sold for s, sold in enumerate(offering(menus)))
    return ResaleExpectation(
        menus=menus,
        buyer_groups=[segment.buyer_groups(sells) for segment in model.segments],
        quality=model.quality,
        seller=arbitrageur.index,
        mixes=mixes,
        delivered=tuple(of_mix.delivered(policies) for of_mix in costs),
        spend=spend,
        levers=model.rules.policy,
    )
