"""What sellers see, what they may expect, and what is measured of a market by asking what if."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from market.foundation.arrays import FloatArray
from market.measures.arc_elasticity import Counterfactuals, arc
from market.results.flows import SegmentFlow
from market.simulation.agents import Arbitrageur, Provider
from market.simulation.cost_cache import MixCosts
from market.simulation.counterfactuals import capability_revenue
from market.simulation.expectations import ExpectedMarket, ProviderExpectation, ResaleExpectation
from market.simulation.reroute import Alternatives, price_lists
from market.simulation.state import MarketState
from market.strategies.market_view import ExpectedProfit, MarketView, ProviderView
from market.strategies.pricing import BestResponse

PRICE_STEP = 0.05  # relative change of a price, up and down, that elasticity is measured by
REMEMBERED = 48  # price lists met lately whose routes are remembered
WIDE = (0.6, 0.8, 1.25, 1.7)  # changes of a price around which routes are searched beforehand


@dataclass(frozen=True)
class Deferred:
    """ExpectedProfit that are worked out when first asked."""

    make: Callable[[], ExpectedProfit]

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit of each alternative."""
        return self.make().profit(alternatives)


@dataclass(frozen=True)
class _Found:
    """Plain cascades, [G, M] list spend each: around list prices, at prices met lately, and all."""

    around: tuple[FloatArray, ...]
    met: dict[bytes, FloatArray]
    every: Alternatives


class Foresight:
    """Expectations over a market as it stands; it reads the model and changes nothing in it.

    Parameters
    ----------
    model
        The market.
    """

    def __init__(self, model: MarketState) -> None:
        self.model = model
        self._known: dict[tuple[bytes, int], _Found] = {}

    def provider_view(self, provider: Provider) -> ProviderView:
        """The market as a provider sees it, its own price as it stands."""
        model = self.model
        number = model.providers.index(provider)
        return ProviderView(
            model.tick,
            model.quality,
            tuple(other.quote() for other in model.sellers if other is not provider),
            Deferred(lambda: ProviderExpectation(self.expected_market(), number)),
            cost_ratio=provider.spec.cost_ratio,
            past=provider.past,
            uniform_draw=model.streams.generator("lot", provider.name, model.tick).random(),
        )

    def resale_views(self, arbitrageur: Arbitrageur) -> list[MarketView]:
        """The market as an arbitrageur sees it, by mix of problems."""
        model = self.model
        return [
            MarketView(
                model.tick,
                model.quality,
                tuple(s.quote(mix) for s in model.sellers if s is not arbitrageur),
                Deferred(partial(self._resale_prospects, arbitrageur, mix)),
            )
            for mix in range(len(model.costs.mixes))
        ]

    def expected_market(self, steps: Sequence[float] = WIDE) -> ExpectedMarket:
        """The market as it stands.

        Parameters
        ----------
        steps
            Changes of one provider's price for which arbitrageurs' routes are searched; at others
            they take the cheapest of what was found.
        """
        model = self.model
        mixes = range(len(model.costs.mixes))
        menus = model.menus()
        offering = _offering(menus)
        return ExpectedMarket(
            roster=model.roster,
            menus=menus,
            list_spend=np.array([self._list_spend(mix) for mix in mixes]),
            wholesale_price=model.wholesale_price,
            buyer_groups=[segment.buyer_groups(offering) for segment in model.segments],
            list_menus=np.array([provider.list_menus for provider in model.providers]),
            alternatives=lambda number: [self._alternatives(number, mix, steps) for mix in mixes],
        )

    def expected_revenue(self, measured: bool) -> FloatArray:
        """[K] see `TickOutcome.expected_revenue`."""
        model = self.model
        providers = len(model.providers)
        if not measured:
            return np.full(providers, np.nan)
        shape = (len(model.sellers), len(model.quality), -1)
        paid = np.where(np.isfinite(model.wholesale_price), model.wholesale_price, 0.0)
        revenue, sent = np.zeros(providers), 0.0
        for segment in model.segments:
            _, list_spend = model.plans(segment.mix)
            queries = segment.rate * segment.buyers_by_policy(len(list_spend))
            bought = (queries[:, None] * list_spend).reshape(shape).sum(axis=1)
            revenue += model.roster.by_provider((bought * paid).sum(axis=0))
            sent += segment.rate * segment.size
        return revenue / sent

    def planned(self, flows: Sequence[SegmentFlow], measured: bool) -> float:
        """See `TickOutcome.planned`: who is worth serving at marginal cost, by the best cascade."""
        if not measured:
            return float("nan")
        model = self.model
        price = np.where(np.isfinite(model.price), model.roster.cost_ratio, np.inf)
        for m, a in enumerate(model.roster.student_of.tolist()):
            if a >= 0 and np.isfinite(model.wholesale_price[len(model.providers) + a, m]):
                price[m] = 1.0  # its owner may run it
        total = 0.0
        for segment, flow in zip(model.segments, flows, strict=True):
            cost = model.costs.quick(model.costs.mixes[segment.mix], price).spend
            total += flow.sent * segment.surplus_at(cost)
        return total

    def counterfactuals(self) -> Counterfactuals | None:
        """What small changes would do, in ticks where that is measured."""
        model = self.model
        every = model.rules.perturb_every
        last = model.tick == model.spec.ticks - 1
        if every == "never" or not (last or (every != "end" and model.tick % every == 0)):
            return None
        market = self.expected_market((1 - PRICE_STEP, 1 + PRICE_STEP))
        slopes = [self._slope(market, k) for k in range(len(model.providers))]
        known = dict(self._known)  # sellers learn nothing from being measured
        gains = self._gains()
        self._known = known
        return Counterfactuals(
            marginal_revenue_price=np.array([revenue for revenue, _ in slopes]),
            elasticity=np.array([elasticity for _, elasticity in slopes]),
            marginal_revenue_capability=capability_revenue(model, market),
            deviation_gain=gains,
        )

    def _slope(self, market: ExpectedMarket, number: int) -> tuple[float, float]:
        provider = self.model.providers[number]
        if not provider.active or provider.multiplier == 0:
            return float("nan"), float("nan")
        prices = (
            provider.multiplier * (1 - PRICE_STEP),
            provider.multiplier * (1 + PRICE_STEP),
        )
        low, high = (market.provider_sales(number, price).quantity for price in prices)
        return arc((low, high), prices)

    def _gains(self) -> FloatArray:
        """[K] see `Counterfactuals.deviation_gain`."""
        gains = np.full(len(self.model.providers), np.nan)
        market = self.expected_market()
        for k, provider in enumerate(self.model.providers):
            rule = provider.spec.pricing
            if provider.active and isinstance(rule, BestResponse):
                expected = ProviderExpectation(market, k)
                now = float(expected.profit(np.array([provider.multiplier]))[0])
                best = float(expected.profit(rule.grid()).max())
                gains[k] = best / now - 1 if now > 0 else np.nan
        return gains

    def _resale_prospects(self, arbitrageur: Arbitrageur, mix: int) -> ResaleExpectation:
        model = self.model
        number = model.sellers.index(arbitrageur)
        wholesale_price = model.wholesale_price[number]
        separate = arbitrageur.spec.segment_menus
        mixes = (mix,) if separate else tuple(range(len(model.costs.mixes)))
        routes = arbitrageur.routes(model.costs, wholesale_price, mix)
        policies = routes.policies if routes is not None else (None,) * len(model.quality)
        paid = np.where(np.isfinite(wholesale_price), wholesale_price, 0.0)
        by_mix = [model.costs.mixes[x] for x in mixes]
        if routes is None or arbitrageur.sample is None:
            spend = tuple(t.list_spend(policies) @ paid for t in by_mix)
        else:  # it knows no more of costs than its sample shows
            spend = (np.where(np.isfinite(routes.spend), routes.spend, 0.0),) * len(mixes)
        menus = model.menus()
        # what it asks about counts too
        offering = [s == number or sells for s, sells in enumerate(_offering(menus))]
        return ResaleExpectation(
            menus=menus,
            buyer_groups=[segment.buyer_groups(tuple(offering)) for segment in model.segments],
            quality=model.quality,
            seller=number,
            mixes=mixes,
            delivered=tuple(t.delivered(policies) for t in by_mix),
            spend=spend,
            tax=model.rules.policy.routing_tax,
        )

    def _list_spend(self, mix: int) -> FloatArray:
        """[S, G, M] expected list dollars per query of what serves each tier."""
        mix_costs = self.model.costs.mixes[mix]
        return np.array([mix_costs.list_spend(s.policies[mix]) for s in self.model.sellers])

    def _alternatives(self, number: int, mix: int, steps: Sequence[float]) -> Alternatives:
        """Cascades that an arbitrageur might go to from where it stands.

        Of wide steps, searched once around list prices, and each price list that is met afterwards
        adds its own; of others, searched around the present prices.
        """
        model = self.model
        wholesale_price = model.wholesale_price[len(model.providers) + number]
        mix_costs = model.costs.mixes[mix]
        if steps is not WIDE:
            around = price_lists(wholesale_price, model.roster.owner, steps)
            return Alternatives.of(self._plain(mix_costs, price) for price in around)
        key = (np.isfinite(wholesale_price).tobytes(), mix)
        if key not in self._known:
            listed = np.where(np.isfinite(wholesale_price), 1.0, np.inf)
            around = price_lists(listed, model.roster.owner, WIDE)
            listed_here = [self._plain(mix_costs, price) for price in around]
            self._known[key] = _Found(tuple(listed_here), {}, Alternatives.of(listed_here))
        found = self._known[key]
        if wholesale_price.tobytes() not in found.met:
            met = {**found.met, wholesale_price.tobytes(): self._plain(mix_costs, wholesale_price)}
            for oldest in list(met)[:-REMEMBERED]:
                del met[oldest]
            every = Alternatives.of([*found.around, *met.values()])
            found = self._known[key] = _Found(found.around, met, every)
        return found.every

    def _plain(self, mix_costs: MixCosts, price: FloatArray) -> FloatArray:
        """[G, M] list spend of the plain cascades at a price list; infinite out of reach."""
        frontier = self.model.costs.quick(mix_costs, price)
        spend = mix_costs.list_spend(frontier.policies)
        spend[[policy is None for policy in frontier.policies]] = np.inf
        return spend


def _offering(menus: FloatArray) -> tuple[bool, ...]:
    """Per seller, whether it sells anything, at menus [X, S, G]."""
    return tuple(bool(np.isfinite(menus[:, s]).any()) for s in range(menus.shape[1]))
