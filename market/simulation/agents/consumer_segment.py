"""Consumer segments: many buyers as arrays, one agent."""

from collections.abc import Iterator, Sequence

import mesa
import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.random_streams import Streams
from market.scenario.schema import ConsumerGroup
from market.simulation.agents.sellers import Arbitrageur, Seller
from market.simulation.queries import ProblemSampler, Queries, draw_queries
from market.strategies.demand import OUTSIDE_OPTION, Choice, choose
from market.strategies.expected_demand import BuyerGroups, group_buyers


class ConsumerSegment(mesa.Agent):
    """J buyers as arrays: every buyer is simulated, one agent per segment.

    Attributes
    ----------
    mix
        Index of the mix of problems that its queries are of.
    needs
        What each buyer wants and what it is worth to it.
    incumbent
        [J] index of each buyer's present seller, or `OUTSIDE_OPTION`.
    choice
        Whom each buyer buys from this tick.
    policy
        [J] seller times number of tiers plus tier: the policy that serves the buyer;
        `OUTSIDE_OPTION` where it does not buy.
    worth
        [J] US dollars that a query served is worth to each buyer.
    """

    def __init__(
        self,
        model: mesa.Model,
        spec: ConsumerGroup,
        mix: int,
        quality: FloatArray,
        sellers: Sequence[Seller],
        streams: Streams,
    ) -> None:
        super().__init__(model)
        self.name, self.size, self.mix, self.quality = spec.name, spec.size, mix, quality
        self.sellers = [(s.name, s.group if isinstance(s, Arbitrageur) else None) for s in sellers]
        self.streams = streams
        self.taste = [
            streams.generator("tastes", f"{self.name}/{name}").gumbel(size=self.size)
            for name, _ in self.sellers
        ] + [streams.generator("tastes for not buying", self.name).gumbel(size=self.size)]
        self.incumbent: IntArray = np.full(self.size, OUTSIDE_OPTION, dtype=np.int64)
        self.policy: IntArray = np.full(self.size, OUTSIDE_OPTION, dtype=np.int64)
        self.worth: FloatArray = np.zeros(self.size)
        self.update(spec, [1.0] * len(sellers), transparent=True)  # until the first tick's rules
        self.choice = Choice(self.incumbent, self.needs.tier)

    def update(self, spec: ConsumerGroup, awareness: Sequence[float], transparent: bool) -> None:
        """Go by these rules from now on.

        Parameters
        ----------
        spec
            Its part of the scenario.
        awareness
            Chance, per seller, that a buyer knows it; of a provider 1.
        transparent
            Whether every buyer knows every seller.
        """
        self.spec, self.rate = spec, spec.queries_per_tick
        self.needs = spec.demand.needs(
            self.quality,
            self.size,
            self.streams.generator("needs", self.name),
            self.streams.generator("reservation prices", self.name),
        )
        self.consideration = [
            None if transparent else self._considers(name, group_name, chance)
            for (name, group_name), chance in zip(self.sellers, awareness, strict=True)
        ]
        self._buyers_by_policy: IntArray | None = None
        self._seen: FloatArray = np.empty((0, 0))
        self._settled: IntArray | None = None
        self._buyer_groups: tuple[IntArray, tuple[bool, ...], BuyerGroups] | None = None
        self._surplus: dict[bytes, float] = {}

    def _considers(self, name: str, group_name: str | None, chance: float) -> BoolArray | None:
        if self.spec.knows is not None and (group_name or name) not in self.spec.knows:
            return np.zeros(self.size, dtype=bool)
        if group_name is None or chance >= 1:
            return None  # everybody knows it
        rng = self.streams.generator("awareness", f"{self.name}/{name}")
        return rng.random(self.size) < chance

    def choose(self, menus: FloatArray) -> None:
        """Choose among the posted menus [S, G]; who buys has that seller as its present one.

        Tastes last, so buyers choose anew only when a price has moved, or their present sellers.
        """
        if np.array_equal(menus, self._seen) and self.incumbent is self._settled:
            return
        before = self.incumbent
        self.choice = choose(
            self.spec.demand,
            self.needs,
            menus,
            self.quality,
            self.consideration,
            self.taste if self.spec.tastes else None,
            self.incumbent,
            self.spec.price_sensitivity,
            self.spec.switching_cost,
        )
        nobody = self.choice.seller == OUTSIDE_OPTION
        now = np.where(nobody, before, self.choice.seller)
        self.incumbent = before if np.array_equal(now, before) else now
        self.policy = np.where(
            nobody, OUTSIDE_OPTION, self.choice.seller * menus.shape[1] + self.choice.tier
        )
        tier = np.where(nobody, 0, self.choice.tier)
        self.worth = np.where(nobody, 0.0, self.spec.demand.worth(self.needs, self.quality, tier))
        self._buyers_by_policy = None
        self._seen = menus
        # present sellers matter only where leaving them costs something
        self._settled = self.incumbent if self.spec.switching_cost == 0 else before

    def buyers_by_policy(self, policies: int) -> IntArray:
        """[P] how many buyers each policy serves."""
        if self._buyers_by_policy is None:
            bought = self.policy[self.policy != OUTSIDE_OPTION]
            self._buyers_by_policy = np.bincount(bought, minlength=policies)
        return self._buyers_by_policy

    def demanded(self, menu: FloatArray) -> FloatArray:
        """[G] queries per tick by tier if a menu [G] were all there is, tastes aside."""
        utility, tier = self.spec.demand.utility(
            self.needs, menu, self.quality, self.spec.price_sensitivity
        )
        willing = utility >= self.spec.demand.outside(self.needs, self.spec.price_sensitivity)
        bought = tier[willing & np.isfinite(utility)]
        return self.rate * np.bincount(bought, minlength=len(menu)).astype(np.float64)

    def surplus_at(self, cost: FloatArray) -> float:
        """Mean US dollars per query over buyers, served at cost [G] where that is worth it."""
        key = cost.tobytes()
        if key not in self._surplus:
            self._surplus = {key: self._surplus_at(cost)}
        return self._surplus[key]

    def _surplus_at(self, cost: FloatArray) -> float:
        demand = self.spec.demand
        utility, tier = demand.utility(self.needs, cost, self.quality, self.spec.price_sensitivity)
        reached = np.isfinite(utility)
        tier = np.where(reached, tier, 0)
        worth = demand.worth(self.needs, self.quality, tier)
        surplus = np.where(reached, worth - np.where(reached, cost[tier], 0.0), 0.0)
        return float(np.maximum(surplus, 0.0).mean())

    def buyer_groups(self, offering: tuple[bool, ...]) -> BuyerGroups:
        """Like buyers, put together, for what is only expected of them.

        Parameters
        ----------
        offering
            Per seller, whether it sells anything; whether buyers know one that does not is no
            difference between them.
        """
        incumbent = self.incumbent if self.spec.switching_cost > 0 else self.needs.tier
        if (
            self._buyer_groups is None
            or self._buyer_groups[0] is not incumbent
            or self._buyer_groups[1] != offering
        ):
            nobody = np.zeros(self.size, dtype=bool)
            grouped = group_buyers(
                self.spec.demand,
                self.needs,
                [
                    k if sells else nobody
                    for k, sells in zip(self.consideration, offering, strict=True)
                ],
                self.incumbent,
                rate=self.rate,
                mix=self.mix,
                price_sensitivity=self.spec.price_sensitivity,
                switching_cost=self.spec.switching_cost,
                tastes=self.spec.tastes,
            )
            self._buyer_groups = (incumbent, offering, grouped)
        return self._buyer_groups[2]

    def send(
        self,
        streams: Streams,
        tick: int,
        models: Sequence[str],
        sampler: ProblemSampler,
        sighted: bool,
    ) -> Iterator[Queries]:
        """Draw this tick's queries, batch by batch."""
        return draw_queries(
            streams, self.name, tick, self.size, self.rate, models, sampler, sighted
        )
