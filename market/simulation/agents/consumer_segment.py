"""Consumer segments: many buyers as arrays, one agent."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import mesa
import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.scenario.schema import ConsumerGroup, Scenario
from market.simulation.queries import Queries, draw_queries
from market.strategies.choice import OUTSIDE_OPTION, Choice, Valuation, choose
from market.strategies.expected_demand import BuyerGroups, group_buyers

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


class ConsumerSegment(mesa.Agent):
    """J buyers as arrays: every buyer is simulated, one agent per segment.

    Attributes
    ----------
    mix
        Index of the query mix that its queries are of.
    needs
        What each buyer wants and what it is worth to it.
    incumbent
        [J] index of the seller that each buyer bought from last, or `OUTSIDE_OPTION`.
    choice
        Whom each buyer buys from this tick.
    policy
        [J] seller times number of tiers plus tier: the policy that serves the buyer;
        `OUTSIDE_OPTION` where it does not buy.
    worth
        [J] US dollars that a query served is worth to each buyer.
    """

    model: "MarketModel"

    def __init__(self, model: "MarketModel", spec: ConsumerGroup, mix: int) -> None:
        super().__init__(model)
        self.name, self.size, self.mix = spec.name, spec.size, mix
        streams = model.streams
        self.taste = [
            streams.generator("tastes", f"{self.name}/{name}").gumbel(size=self.size)
            for name, _ in model.seller_groups
        ] + [streams.generator("tastes for not buying", self.name).gumbel(size=self.size)]
        self._ties: dict[int, FloatArray] = {}
        self.incumbent: IntArray = np.full(self.size, OUTSIDE_OPTION, dtype=np.int64)
        self.policy: IntArray = np.full(self.size, OUTSIDE_OPTION, dtype=np.int64)
        self.worth: FloatArray = np.zeros(self.size)
        self.follow(model.rules)
        self.choice = Choice(self.incumbent, self.needs.tier)

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        (spec,) = (segment for segment in rules.consumers if segment.name == self.name)
        awareness = {group.name: group.awareness for group in rules.arbitrageurs}
        self.spec, self.rate = spec, spec.queries_per_tick
        streams = self.model.streams
        self.needs = spec.demand.needs(
            self.model.quality,
            self.size,
            streams.generator("needs", self.name),
            streams.generator("reservation prices", self.name),
        )
        self.consideration = [
            None if rules.policy.transparency else self._considers(name, group, awareness)
            for name, group in self.model.seller_groups
        ]
        self._buyers_by_policy: IntArray | None = None
        self._seen: FloatArray = np.empty((0, 0))
        self._chosen_from: IntArray | None = None
        self._groups: tuple[IntArray, tuple[bool, ...], BuyerGroups] | None = None
        self._surplus: dict[bytes, float] = {}

    @property
    def valuation(self) -> Valuation:
        """How its buyers value what sellers offer."""
        spec = self.spec
        return Valuation(
            spec.demand, self.needs, self.incumbent, spec.price_sensitivity, spec.switching_cost
        )

    def _considers(
        self, name: str, group: str | None, awareness: Mapping[str, float]
    ) -> BoolArray | None:
        """[J] whether each buyer considers a seller; None if all do."""
        if self.spec.knows is not None and (group or name) not in self.spec.knows:
            return np.zeros(self.size, dtype=bool)
        if group is None or awareness[group] >= 1:
            return None  # a provider is known to everybody
        rng = self.model.streams.generator("awareness", f"{self.name}/{name}")
        return rng.random(self.size) < awareness[group]

    def choose(self, menus: FloatArray) -> None:
        """Choose among the posted menus [X, S, G]; a buyer's choice becomes its incumbent.

        Tastes last, so buyers choose anew only when a price has moved, or their incumbents.
        """
        posted = menus[self.mix]
        before = self.incumbent
        if np.array_equal(posted, self._seen) and before is self._chosen_from:
            return
        self.choice = choose(
            self.valuation,
            posted,
            self.model.quality,
            self.consideration,
            self.taste if self.spec.tastes else None,
            self.tie_draws,
        )
        seller, tier = self.choice.seller, self.choice.tier
        out = seller == OUTSIDE_OPTION
        now = np.where(out, before, seller)
        if not np.array_equal(now, before):
            self.incumbent = now
        self.policy = np.where(out, OUTSIDE_OPTION, seller * posted.shape[1] + tier)
        worth = self.spec.demand.worth(self.needs, self.model.quality, np.where(out, 0, tier))
        self.worth = np.where(out, 0.0, worth)
        self._buyers_by_policy = None
        self._seen = posted
        # incumbents matter only where leaving them costs something
        self._chosen_from = self.incumbent if self.spec.switching_cost == 0 else before

    def tie_draws(self, seller: int) -> FloatArray:
        """[J] lasting draws that say which of several equally good sellers a buyer takes."""
        if seller not in self._ties:
            name, _ = self.model.seller_groups[seller]
            rng = self.model.streams.generator("ties", f"{self.name}/{name}")
            self._ties[seller] = rng.random(self.size)
        return self._ties[seller]

    def buyers_by_policy(self, policies: int) -> IntArray:
        """[P] how many buyers each policy serves."""
        if self._buyers_by_policy is None:
            bought = self.policy[self.policy != OUTSIDE_OPTION]
            self._buyers_by_policy = np.bincount(bought, minlength=policies)
        return self._buyers_by_policy

    def demanded(self, menu: FloatArray) -> FloatArray:
        """[G] queries per tick by tier if a menu [G] were all there is, tastes aside."""
        utility, tier = self._at_menu(menu)
        willing = utility >= self.valuation.outside()
        bought = tier[willing & np.isfinite(utility)]
        return self.rate * np.bincount(bought, minlength=len(menu)).astype(np.float64)

    def surplus_at(self, cost: FloatArray) -> float:
        """Mean US dollars per query over buyers, served at cost [G] where that is worth it."""
        key = cost.tobytes()
        if key not in self._surplus:
            utility, tier = self._at_menu(cost)
            reached = np.isfinite(utility)
            tier = np.where(reached, tier, 0)
            worth = self.spec.demand.worth(self.needs, self.model.quality, tier)
            surplus = np.where(reached, worth - np.where(reached, cost[tier], 0.0), 0.0)
            self._surplus = {key: float(np.maximum(surplus, 0.0).mean())}
        return self._surplus[key]

    def _at_menu(self, menu: FloatArray) -> tuple[FloatArray, IntArray]:
        """[J] utility of a menu [G] that costs no switching, tastes aside, and [J] tier taken."""
        demand, sensitivity = self.spec.demand, self.spec.price_sensitivity
        return demand.utility(self.needs, menu, self.model.quality, sensitivity)

    def buyer_groups(self, offering: tuple[bool, ...]) -> BuyerGroups:
        """Like buyers, put together, for what is only expected of them.

        Parameters
        ----------
        offering
            Per seller, whether it sells anything; whether buyers know one that does not is no
            difference between them.
        """
        matters = self.incumbent if self.spec.switching_cost > 0 else self.needs.tier
        held = self._groups
        if held is None or held[0] is not matters or held[1] != offering:
            by_none = np.zeros(self.size, dtype=bool)
            grouped = group_buyers(
                self.valuation,
                [
                    considered if sells else by_none
                    for considered, sells in zip(self.consideration, offering, strict=True)
                ],
                rate=self.rate,
                mix=self.mix,
                tastes=self.spec.tastes,
            )
            held = self._groups = (matters, offering, grouped)
        return held[2]

    def send(self, with_signals: bool) -> Iterator[Queries]:
        """Draw this tick's queries, batch by batch.

        Parameters
        ----------
        with_signals
            Whether a seller routes by what it sees of a query.
        """
        model = self.model
        return draw_queries(
            model.streams,
            self.name,
            model.tick,
            self.size,
            self.rate,
            model.roster.models,
            model.samplers[self.mix],
            with_signals,
        )
