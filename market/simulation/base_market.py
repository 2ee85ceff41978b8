"""The base market: the same without arbitrageurs, at list prices; what baskets are taken from it.

Tastes are measured in what a buyer would pay there, and the price index compares with it. It is
the run's own unless another scenario is given: side A of a comparison, the first point of a sweep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.measures.formulas import ratio
from market.results.price_index import PriceIndex
from market.scenario.schema import Scenario
from market.strategies.choice import OUTSIDE_OPTION, Buyers, choose
from market.strategies.menu import Menus

if TYPE_CHECKING:
    from market.simulation.agents import ConsumerSegment
    from market.simulation.model import MarketModel


@dataclass(frozen=True)
class BaseMarket:
    """What is for sale in the base market.

    Attributes
    ----------
    menus
        [X, O, G] of providers at list price.
    mix_of
        Index of the query mix of each segment, by its name.
    offers, sellers
        O names of the offers and of their sellers.
    """

    menus: Menus
    mix_of: dict[str, int]
    offers: tuple[str, ...]
    sellers: tuple[str, ...]

    @classmethod
    def of(cls, model: "MarketModel", mix_of: Sequence[int]) -> "BaseMarket":
        """A market's own, before anything has happened in it."""
        due = [provider for provider in model.providers if provider.is_due()]
        offers = [(p, k) for p in due for k in range(p.offers)]
        mixes = range(len(model.costs.mixes))
        shape = len(mixes), max(len(offers), 1), model.points
        quality, price = np.zeros(shape), np.full(shape, np.inf)
        for o, (provider, k) in enumerate(offers):
            for x in mixes:
                menu = provider.list_menus[x][k]
                quality[x, o], price[x, o] = menu.quality, menu.weighed
        return cls(
            Menus(quality, price),
            dict(zip((c.name for c in model.spec.consumers), mix_of, strict=True)),
            tuple(model.offers[p.first + k].name for p, k in offers),
            tuple(p.name for p, _ in offers),
        )

    def of_segment(self, name: str) -> Menus:
        """[O, G] menus for the query mix of a segment; of the whole market if it has none there."""
        return self.menus.of_mix(self.mix_of.get(name, 0))

    def reach(self, name: str) -> float:
        """Highest solve rate that anybody sells a segment."""
        menus = self.of_segment(name)
        return float(menus.quality[np.isfinite(menus.price)].max(initial=0.0))


def same_base(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios have the same base market."""

    def told(spec: Scenario) -> object:
        return (
            spec.population,
            spec.prices,
            spec.added_models,
            spec.seed,
            spec.menu_points,
            spec.verifier,
            [
                (p.name, tuple(p.sold), p.router, p.active_from > 0 or p.name in spec.remove)
                for p in spec.providers
            ],
            [(c.name, c.problems, c.size, c.queries_per_tick, c.verifier) for c in spec.consumers],
            [(a.name, a.count, a.distillation) for a in spec.arbitrageurs if a.distillation],
        )

    return told(one) == told(other)


@dataclass(frozen=True)
class BaseChoice:
    """What J buyers would pay in the base market.

    Attributes
    ----------
    least
        [J] least price of each buyer's basket among sellers that it knows; infinite if none.
    paid
        [J] price of the basket at the seller that it would choose; NaN where it would not buy.
    """

    least: FloatArray
    paid: FloatArray

    @classmethod
    def of(cls, segment: "ConsumerSegment", base: BaseMarket) -> "BaseChoice":
        """By a segment's buyers as they are now."""
        menus, size = base.of_segment(segment.name), segment.size
        quality, spec, streams = segment.basket.quality, segment.spec, segment.model.streams
        known = [spec.knows is None or name in spec.knows for name in base.sellers]
        prices = [menus.price_at(o, quality) for o in range(len(base.offers))]
        least = np.full(size, np.inf)
        for price, knows in zip(prices, known, strict=True):
            least = np.minimum(least, price if knows else np.inf)
        taste = None
        if spec.tastes:
            now = dict(
                zip((offer.name for offer in segment.model.offers), segment.taste, strict=False)
            )
            taste = [
                now[name]
                if name in now
                else streams.generator("tastes", f"{segment.name}/{name}").gumbel(size=size)
                for name in base.offers
            ]
            taste.append(segment.taste[-1])
        buyers = Buyers(
            rule=spec.demand,
            needs=segment.needs,
            scale=segment.scale,
            switching=np.zeros(size),
            incumbent=np.full(size, OUTSIDE_OPTION, dtype=np.int64),
            consideration=tuple(None if k else np.zeros(size, dtype=bool) for k in known),
            seller_of=np.arange(len(base.offers)),
        )
        choice = choose(buyers, menus, taste)
        paid = np.full(size, np.nan)
        for o, price in enumerate(prices):
            paid = np.where(choice.offer == o, price, paid)
        return cls(least, paid)


class IndexedPrices:
    """The price of buyers' baskets as the market stands, over the base market's.

    A segment's sums are made again only when a price or a choice in it has changed.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[tuple[object, ...], FloatArray]] = {}

    def index(self, model: "MarketModel") -> PriceIndex:
        """The price index of this tick."""
        menus = model.menus()
        sums = np.sum([self._sums(segment, menus) for segment in model.segments], axis=0)
        now_least, then_least, base, now_paid, then_paid = sums.tolist()
        return PriceIndex(
            ratio(now_least, then_least), ratio(then_least, base), ratio(now_paid, then_paid)
        )

    def _sums(self, segment: "ConsumerSegment", menus: Menus) -> FloatArray:
        """US dollars per tick: least now and then, then where it was sold, paid now and then."""
        then, now = segment.base_choice, segment.basket_prices(menus.of_mix(segment.mix))
        made_of, held = (then, now, segment.relative), self._held.get(segment.name)
        if held is None or not all(a is b for a, b in zip(made_of, held[0], strict=True)):
            sold = np.isfinite(then.least)
            both = sold & np.isfinite(now.least)
            buys = np.isfinite(then.paid) & np.isfinite(now.paid)
            pairs = (
                (now.least, both),
                (then.least, both),
                (then.least, sold),
                (now.paid, buys),
                (then.paid, buys),
            )
            sent = segment.relative
            held = made_of, np.array([(sent * price)[of].sum() for price, of in pairs])
            self._held[segment.name] = held
        return segment.rate * held[1]
