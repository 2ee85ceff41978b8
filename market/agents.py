"""The agents: they hold state, and leave every decision to a rule."""

from collections.abc import Iterator, Sequence

import mesa
import numpy as np
import numpy.typing as npt

from market.arbitrage import MarketPrice
from market.cascade import Mixture
from market.demand import NOBODY, Choice
from market.economy import Economy
from market.population import FloatArray, IntArray
from market.scenario import ArbitrageurGroup, ConsumerGroup, ProviderSpec
from market.serving import ProblemSampler, Queries, draw_queries
from market.streams import Streams
from market.views import MarketView, Quote

Policies = tuple[Mixture | None, ...]


class Seller(mesa.Agent):
    """Posts a menu: a price per query for each tier, and the policy that serves it.

    Attributes
    ----------
    name
        Unique among sellers.
    menu
        [G] US dollars per query; infinite where the tier is not sold.
    policies
        G policies; None where the tier is not sold.
    """

    def __init__(self, model: mesa.Model, name: str, tiers: int) -> None:
        super().__init__(model)
        self.name = name
        self.menu: FloatArray = np.full(tiers, np.inf)
        self.policies: Policies = (None,) * tiers

    def quote(self) -> Quote:
        """Its menu as others may see it."""
        return Quote(self.name, self.menu)


class Provider(Seller):
    """Sells attempts at its own models, paid as you go.

    Attributes
    ----------
    models
        Indices of its models in the population.
    multiplier
        Price over list price.
    """

    def __init__(
        self, model: mesa.Model, spec: ProviderSpec, models: Sequence[int], tiers: int
    ) -> None:
        super().__init__(model, spec.name, tiers)
        self.models = np.array(models, dtype=np.int64)
        self.cost_ratio = spec.cost_ratio
        self.pricing = spec.pricing
        self.multiplier = 1.0
        self._posted: MarketPrice | None = None

    def set_price(self, view: MarketView) -> None:
        """Let the pricing rule decide."""
        self.multiplier = self.pricing.multiplier(view, self.cost_ratio)

    def post(self, economy: Economy, price: FloatArray) -> None:
        """Post the cheapest of its models at each tier, at the multipliers `price` [M]."""
        market = economy.market(price)
        if market is self._posted:
            return
        self._posted = market
        own = market.cost[self.models]
        cheapest = np.argmin(own, axis=0)
        self.menu = own.min(axis=0)
        self.policies = tuple(
            market.policies[self.models[m]][g] for g, m in enumerate(cheapest.tolist())
        )


class Arbitrageur(Seller):
    """Sells solved work at a fixed fee per query, and pays providers for the attempts."""

    def __init__(self, model: mesa.Model, name: str, group: ArbitrageurGroup, tiers: int) -> None:
        super().__init__(model, name, tiers)
        self.group = group.name
        self.routing = group.routing
        self.pricing = group.pricing
        self.awareness = group.awareness

    def post(self, view: MarketView, economy: Economy, price: FloatArray) -> None:
        """Route at the multipliers `price` [M], and let the pricing rule set the fees."""
        frontier = economy.route(self.routing, price)
        self.menu = self.pricing.menu(view, frontier.spend)
        self.policies = frontier.policies


class ConsumerSegment(mesa.Agent):
    """J buyers as arrays: every buyer is simulated, one agent per segment.

    Attributes
    ----------
    needs
        What each buyer wants and may pay.
    present
        [J] index of each buyer's present seller, or `NOBODY`.
    choice
        Whom each buyer buys from this tick.
    policy
        [J] seller times number of tiers plus tier: the policy that serves the buyer; `NOBODY`
        where it does not buy.
    """

    def __init__(
        self,
        model: mesa.Model,
        group: ConsumerGroup,
        quality: FloatArray,
        sellers: Sequence[Seller],
        streams: Streams,
    ) -> None:
        super().__init__(model)
        self.name, self.size, self.rate = group.name, group.size, group.queries_per_tick
        self.demand = group.demand
        self.price_sensitivity = group.price_sensitivity
        self.switching_cost = group.switching_cost
        self.needs = group.demand.needs(
            quality,
            self.size,
            streams.generator("needs", self.name),
            streams.generator("reservation prices", self.name),
        )
        self.taste = [
            streams.generator("tastes", f"{self.name}/{seller.name}").gumbel(size=self.size)
            for seller in sellers
        ]
        self.known = [self._knows(seller, streams) for seller in sellers]
        self.present: IntArray = np.full(self.size, NOBODY, dtype=np.int64)
        self.choice = Choice(self.present, self.needs.tier)
        self.policy: IntArray = np.full(self.size, NOBODY, dtype=np.int64)
        self.worth: FloatArray = np.zeros(self.size)
        self._buyers_by_policy: IntArray | None = None
        self._seen: FloatArray = np.empty((0, 0))
        self._settled: IntArray | None = None

    def _knows(self, seller: Seller, streams: Streams) -> npt.NDArray[np.bool_] | None:
        if not isinstance(seller, Arbitrageur) or seller.awareness >= 1:
            return None  # everybody knows every provider
        rng = streams.generator("awareness", f"{self.name}/{seller.name}")
        return rng.random(self.size) < seller.awareness

    def choose(self, menus: FloatArray) -> None:
        """Choose among the posted menus [S, G]; who buys has that seller as its present one.

        Tastes last, so buyers choose anew only when a price has moved, or their present sellers.
        """
        if np.array_equal(menus, self._seen) and self.present is self._settled:
            return
        before = self.present
        self.choice = self.demand.choose(
            self.needs,
            menus,
            self.known,
            self.taste,
            self.present,
            self.price_sensitivity,
            self.switching_cost,
        )
        nobody = self.choice.seller == NOBODY
        now = np.where(nobody, before, self.choice.seller)
        self.present = before if np.array_equal(now, before) else now
        self.policy = np.where(
            nobody, NOBODY, self.choice.seller * menus.shape[1] + self.choice.tier
        )
        self.worth = np.where(nobody, 0.0, self.needs.reservation_price)
        self._buyers_by_policy = None
        self._seen = menus
        # present sellers matter only where leaving them costs something
        self._settled = self.present if self.switching_cost == 0 else before

    def buyers_by_policy(self, policies: int) -> IntArray:
        """[P] how many buyers each policy serves."""
        if self._buyers_by_policy is None:
            bought = self.policy[self.policy != NOBODY]
            self._buyers_by_policy = np.bincount(bought, minlength=policies)
        return self._buyers_by_policy

    def send(
        self, streams: Streams, tick: int, models: Sequence[str], sampler: ProblemSampler
    ) -> Iterator[Queries]:
        """Draw this tick's queries, batch by batch."""
        return draw_queries(streams, self.name, tick, self.size, self.rate, models, sampler)
