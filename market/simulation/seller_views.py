"""What sellers see of the market when they decide, and what they may expect of other prices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, overload

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.frontier.cost_schedule import CostSchedule
from market.scenario.marginal_costs import mean_cost_ratio
from market.simulation.expected_market import ExpectedMarket
from market.simulation.owner_expectations import ResaleExpectation
from market.strategies.market_view import (
    ExpectedProfit,
    KnowsBuyers,
    MarketView,
    PriceMarks,
    ProviderView,
    Quote,
)

if TYPE_CHECKING:
    from market.simulation.agents import Arbitrageur, Provider, Seller
    from market.simulation.model import MarketModel
    from market.simulation.owners import OwnPrice


@dataclass(frozen=True)
class LateQuotes(Sequence[Quote]):
    """Quotes that are worked out when first looked at: few rules look."""

    make: Callable[[], tuple[Quote, ...]]

    @cached_property
    def _made(self) -> tuple[Quote, ...]:
        return self.make()

    @overload
    def __getitem__(self, index: int) -> Quote: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Quote]: ...

    def __getitem__(self, index: int | slice) -> Quote | Sequence[Quote]:
        """One of them, or some."""
        return self._made[index]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._made)


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


def price_view(
    model: "MarketModel",
    price: "OwnPrice",
    siblings: Sequence["Provider"],
    expected: Callable[[], Expectation],
    rival_prices: Callable[[], Mapping[str, float]],
    *,
    alone: bool,
) -> ProviderView:
    """The market as who decides on a price sees it, the price as it stands.

    Parameters
    ----------
    model
        The market.
    price
        To be decided.
    siblings
        Providers of the same owner.
    expected
        What the owner expects of others, worked out when asked.
    rival_prices
        Gives what other owners ask over list, by name.
    alone
        Whether it is the only price that the owner decides on.
    """
    quality, provider = model.quality, price.provider
    population, models = model.costs.tables.population, provider.models[price.models]
    ratio = model.roster.cost_ratio[price.listings]
    list_cost = population.weight @ population.list_cost[:, models]
    return ProviderView(
        model.tick,
        quality,
        LateQuotes(lambda: _quotes(model, siblings, 0, quality)),
        Deferred(expected),
        _posted(provider, 0, quality),
        cost_ratio=mean_cost_ratio(ratio, list_cost),
        cost_ratio_by_model=tuple(ratio.tolist()),
        past=provider.past(price.models[0]),
        uniform_draw=model.streams.generator("lot", price.name, model.tick).random(),
        alone=alone,
        resting_price=lambda: model.resting.of(model, provider),
        rival_prices=rival_prices,
    )


def resale_view(
    model: "MarketModel", arbitrageur: "Arbitrageur", mix: int, schedule: CostSchedule
) -> MarketView:
    """The market as an arbitrageur sees it, for one query mix and what it can promise."""
    quality = schedule.quality
    harm = arbitrageur.harm(mix, schedule) if model.costs.checked else None
    return MarketView(
        model.tick,
        quality,
        LateQuotes(lambda: _quotes(model, [arbitrageur], mix, quality, harm)),
        Deferred(lambda: _resale_expectation(model, arbitrageur, mix, schedule)),
        _posted(arbitrageur, mix, quality, harm),
    )


def _quotes(
    model: "MarketModel",
    asks: Sequence["Seller"],
    mix: int,
    quality: FloatArray,
    harm: FloatArray | None = None,
) -> tuple[Quote, ...]:
    """What all others ask, as fees of its own that buyers would find as good.

    What wrong answers of its own cost them, `harm` [G], is taken off.
    """
    quotes = (other.posted(mix, quality) for other in model.in_market if other not in asks)
    return tuple(quote if harm is None else quote.less(harm) for quote in quotes)


def _posted(
    seller: "Seller", mix: int, quality: FloatArray, harm: FloatArray | None = None
) -> FloatArray | None:
    """[G] a seller's own menu at solve rates; None where it has posted none."""
    quote = seller.posted(mix, quality)
    price = quote.price if harm is None else quote.less(harm).price
    return price if (price < float("inf")).any() else None


def _resale_expectation(
    model: "MarketModel", arbitrageur: "Arbitrageur", mix: int, schedule: CostSchedule
) -> ResaleExpectation:
    separate = arbitrageur.spec.segment_menus
    mixes = (mix,) if separate else tuple(range(len(model.costs.mixes)))
    paid = zero_where_infinite(arbitrageur.wholesale_price)
    delivered, spend, harm = {}, {}, {}
    for x in mixes:
        costs = model.costs.mixes[x]
        delivered[x] = costs.delivered(schedule.policies)
        values = costs.values(schedule.policies)
        harm[x] = values.harm
        if not arbitrageur.guesses:
            spend[x] = values.list_spend @ paid + values.checks
        else:  # it knows no more of costs than it was shown
            spend[x] = zero_where_infinite(schedule.spend)
    return ResaleExpectation(
        market=ExpectedMarket.of(model, asks=arbitrageur.first),
        offer=arbitrageur.first,
        quality=schedule.quality,
        delivered=delivered,
        spend=spend,
        harm=harm,
        levers=model.rules.policy,
    )
