"""The base market: the same without arbitrageurs, at list prices; what baskets are taken from it.

Tastes are measured in what a buyer would pay there, and the price index compares with it. It is
the run's own unless another scenario is given: side A of a comparison, the first point of a sweep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.memory import same_objects
from market.measures.formulas import ratio
from market.results.price_index import PriceIndex
from market.scenario.schema import Scenario
from market.strategies.choice import OUTSIDE_OPTION, Buyers, choose
from market.strategies.demand import parts
from market.strategies.menu import Menus, price_at

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
        spec, streams = segment.spec, segment.model.streams
        known = [spec.knows is None or name in spec.knows for name in base.sellers]
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
            switching=np.broadcast_to(0.0, size),
            incumbent=np.broadcast_to(np.int8(OUTSIDE_OPTION), size),
            consideration=tuple(None if k else np.broadcast_to(False, size) for k in known),
            seller_of=np.arange(len(base.offers)),
        )
        offer = choose(buyers, menus, taste).offer
        found = cls(np.full(size, np.inf), np.full(size, np.nan))
        for span in parts(size):
            for o, knows in enumerate(known):
                price = menus.price_at(o, segment.basket_quality[span])
                found.take(span, price if knows else np.inf, offer[span] == o, price)
        return found

    def take(
        self, span: slice, known: FloatArray | float, chosen: BoolArray, price: FloatArray
    ) -> None:
        """Take note of what some baskets cost at a seller, and at one that they know."""
        np.minimum(self.least[span], known, out=self.least[span])
        np.copyto(self.paid[span], price, where=chosen)


def basket_prices(segment: "ConsumerSegment", menus: Menus) -> BaseChoice:
    """What a segment's baskets cost now, at menus [O, G]: at least, and at the seller chosen.

    Whoever routes for itself has the fixed cost of it, too.
    """
    size, sold, routing = segment.size, menus.sold(), segment.own_routing
    found = BaseChoice(np.full(size, np.inf), np.full(size, np.nan))
    as_needed = segment.basket_quality is segment.needs.quality
    for span in parts(size):
        chosen, needs, wanted = (
            segment.choice.offer[span],
            segment.needs.part(span),
            segment.basket_quality[span],
        )
        for o in sold:
            menu = menus.quality[o], menus.price[o]
            price = needs.price_at(*menu) if as_needed else price_at(*menu, wanted)
            if routing is not None and o == routing.offer:
                price = price + routing.cost[span]
            known = segment.consideration[o]
            if known is None:
                found.take(span, price, chosen == o, price)
            else:
                found.take(span, np.where(known[span], price, np.inf), chosen == o, price)
    return found


class IndexedPrices:
    """The price of buyers' baskets as the market stands, over the base market's.

    A segment's sums are made again only when a price or a choice in it has changed.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[tuple[object, ...], Menus, FloatArray]] = {}

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
        then, menus = segment.base_choice, menus.of_mix(segment.mix)
        made_of = (
            then,
            segment.choice,
            segment.consideration,
            segment.own_routing,
            segment.relative,
        )
        held = self._held.get(segment.name)
        if held is None or not same_objects(made_of, held[0]) or not menus.same(held[1]):
            now = basket_prices(segment, menus)
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
            sums = np.array([_sum(price, segment.relative, of) for price, of in pairs])
            held = self._held[segment.name] = made_of, menus, sums
        return segment.rate * held[2]

    def forget(self, segment: str) -> None:
        """Forget a segment's sums, and the choice that they were made of."""
        self._held.pop(segment, None)


def _sum(price: FloatArray, relative: FloatArray, some: BoolArray) -> float:
    """What the baskets of some buyers cost together, each as often as it is bought."""
    values = price[some]
    if relative.strides == (0,):  # all the same
        values *= relative[0] if len(relative) else 1.0
    else:
        values *= relative[some]
    return float(values.sum())
