"""Consumer segments: many buyers as arrays, one agent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import (
    BoolArray,
    FloatArray,
    IndexArray,
    index_type,
    read_only,
    zero_where_infinite,
)
from market.foundation.memory import same_objects
from market.scenario.agent_specs import ConsumerGroup
from market.scenario.schema import Scenario
from market.simulation.base_market import BaseChoice
from market.simulation.bought import Bought, Points
from market.simulation.buyer_tastes import as_the_best_liked, lasting_tastes
from market.simulation.mesa_versions import Agent
from market.simulation.offers import Offer
from market.simulation.queries import SentQueries
from market.strategies.choice import OUTSIDE_OPTION, Buyers, Choice, Held, choose
from market.strategies.demand import Basket, parts
from market.strategies.distributions import draw_relative
from market.strategies.expected_demand import NEVER, ExpectedBuyers, group_buyers
from market.strategies.menu import Menus
from market.strategies.own_routing import OwnRouting

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


class ConsumerSegment(Agent):
    """J buyers as arrays: every buyer is simulated, one agent per segment.

    Attributes
    ----------
    mix
        Index of the query mix that its queries are of.
    needs
        What each buyer wants and what it is worth to it.
    basket_quality
        [J] solve rate that each would take in the base market.
    incumbent
        [J] index of the seller that each buyer bought from last, or `OUTSIDE_OPTION`.
    bought
        What each buyer buys this tick.
    relative
        [J] queries that each sends over the mean of all, expected.
    own_routing
        What it costs them to route for themselves; None where they cannot.
    """

    model: "MarketModel"

    def __init__(self, model: "MarketModel", spec: ConsumerGroup, mix: int) -> None:
        super().__init__(model)
        self.name, self.size, self.mix = spec.name, spec.size, mix
        self._ties: dict[int, FloatArray] = {}
        sellers = index_type(len(model.seller_groups))
        self.incumbent: IndexArray = np.full(self.size, OUTSIDE_OPTION, dtype=sellers)
        self._correlation = float("nan")
        own = (o for o, offer in enumerate(model.offers) if offer.segment == self.name)
        self._own_offer = next(own, None)
        self.follow(model.rules)
        self.choice, self.bought = self._nothing_chosen()
        self.chosen_as = self.buyers

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        (spec,) = (segment for segment in rules.consumers if segment.name == self.name)
        awareness = {group.name: group.awareness for group in rules.arbitrageurs}
        self.spec, self.rate = spec, spec.queries_per_tick
        streams, model = self.model.streams, self.model
        self.relative: FloatArray = np.broadcast_to(1.0, self.size)
        if spec.volume is not None:
            drawn = streams.generator("volumes", self.name)
            self.relative = draw_relative(spec.volume, drawn, self.size)
        self.needs = spec.demand.needs(
            self.size,
            streams.generator("needs", self.name),
            streams.generator("reservation prices", self.name),
        )
        base = model.base
        basket: Basket = spec.demand.basket(self.needs, base.of_segment(self.name))
        self.basket_quality = basket.quality
        stake = zero_where_infinite(basket.stake)
        self.own_routing = self._own_routing(stake)
        self.scale = self.switching = np.broadcast_to(0.0, self.size)
        if spec.tastes:
            self.scale = stake / spec.price_sensitivity
        if spec.switching_cost > 0:
            price = np.where(np.isfinite(basket.price), basket.price, stake)
            self.switching = spec.switching_cost * price
        del basket, stake  # of a million buyers they are not small
        if spec.tastes and spec.taste_correlation != self._correlation:
            self.taste = lasting_tastes(model, self.name, self.size, 1 - spec.taste_correlation)
            self._correlation = spec.taste_correlation
            if self._own_offer is not None:
                self._own_taste = self.taste[self._own_offer]
        self.consideration = tuple(
            self._considers(offer, awareness, known=rules.policy.transparency)
            for offer in model.offers
        )
        if spec.tastes and self.own_routing is not None:
            self.taste[self.own_routing.offer] = as_the_best_liked(
                self.own_routing, self._own_taste, self.taste, self.consideration
            )
        self.base_choice = BaseChoice.of(self, base)
        self.base_reach = base.reach(self.name)
        self._purchases: dict[int, Held] = {}
        self._by_point: tuple[tuple[object, ...], FloatArray] | None = None
        self._seen: tuple[FloatArray, FloatArray] | None = None
        self._chosen_from: IndexArray | None = None
        self._expected: tuple[IndexArray | None, tuple[int, ...], ExpectedBuyers] | None = None

    @property
    def buyers(self) -> Buyers:
        """How its buyers value what is offered."""
        return Buyers(
            rule=self.spec.demand,
            needs=self.needs,
            scale=self.scale,
            switching=self.switching,
            incumbent=self.incumbent,
            consideration=self.consideration,
            seller_of=self.model.seller_of,
            held=self._purchases,
            own_routing=self.own_routing,
        )

    def _own_routing(self, stake: FloatArray) -> OwnRouting | None:
        spec, own = self.spec.self_routing, self._own_offer
        if spec is None or own is None:
            return None
        resold = tuple(o for o, offer in enumerate(self.model.offers) if offer.resold)
        return OwnRouting.of(own, spec.cost, self.rate * self.relative, resold, stake)

    @property
    def may_ever_route(self) -> bool:
        """Whether its buyers may route for themselves at any tick of the run."""
        return self._own_offer is not None

    @property
    def routes_itself(self) -> BoolArray:
        """[J] whether each buyer runs a router of its own this tick."""
        if self.own_routing is None:
            return np.zeros(self.size, dtype=bool)
        own = self.model.seller_of[self.own_routing.offer]
        return np.asarray(self.bought.seller == own)

    def _considers(
        self, offer: Offer, awareness: Mapping[str, float], *, known: bool
    ) -> BoolArray | None:
        """[J] whether each buyer considers an offer; None if all do."""
        if offer.segment:
            return None if offer.segment == self.name else np.zeros(self.size, dtype=bool)
        if known:
            return None
        name, group = self.model.seller_groups[offer.seller]
        if self.spec.knows is not None and (group or name) not in self.spec.knows:
            return np.zeros(self.size, dtype=bool)
        if group is None or awareness[group] >= 1:
            return None  # a provider is known to everybody
        rng = self.model.streams.generator("awareness", f"{self.name}/{name}")
        return rng.random(self.size) < awareness[group]

    def choose(self, menus: Menus) -> None:
        """Choose among the posted menus [X, O, G]; a buyer's choice becomes its incumbent.

        Tastes last, so buyers choose anew only when a price has moved, or their incumbents.
        """
        posted, before = menus.of_mix(self.mix), self.incumbent
        seen = self._seen
        same = seen is not None and all(
            np.array_equal(a, b) for a, b in zip(seen, (posted.quality, posted.price), strict=True)
        )
        if same and before is self._chosen_from:
            return
        taste = self.taste if self.spec.tastes else None
        self.choice, self.bought = self._nothing_chosen()  # room for the new ones
        self.model.forget_choices(self.name)
        self._by_point = None
        self.chosen_as = self.buyers
        self.choice = choose(self.chosen_as, posted, taste, self.tie_draws)
        self.bought = Bought.of(self.choice, posted, self.model.seller_of)
        now = self._incumbents(before)
        if not np.array_equal(now, before):
            self.incumbent = now
        self._seen = posted.quality, posted.price
        # incumbents matter only where leaving them costs something
        self._chosen_from = before if self.switching.any() else self.incumbent

    def _nothing_chosen(self) -> tuple[Choice, Bought]:
        """What buyers have who have not chosen yet; it takes no room."""
        shape, size = (len(self.model.offers), self.model.points), self.size
        out = np.broadcast_to(np.int32(OUTSIDE_OPTION), size)
        always, nothing = np.broadcast_to(1.0, size), np.broadcast_to(0.0, size)
        points = Points.all(Menus(np.zeros(shape), np.full(shape, np.inf)), self.model.seller_of)
        return Choice(out, out, always, nothing), Bought(points, out, always, nothing)

    def _incumbents(self, before: IndexArray) -> IndexArray:
        """[J] whom each buys from now, or bought from last."""
        now = before.copy()
        for span in parts(self.size):
            bought = self.bought.part(span)
            np.copyto(now[span], bought.seller, where=bought.buys, casting="same_kind")
        return now

    def tie_draws(self, offer: int) -> FloatArray:
        """[J] lasting draws that say which of several equally good offers a buyer takes."""
        if offer not in self._ties:
            name = self.model.offers[offer].name
            rng = self.model.streams.generator("ties", f"{self.name}/{name}")
            self._ties[offer] = rng.random(self.size)
        return self._ties[offer]

    @property
    def served_by_point(self) -> FloatArray:
        """[P] expected queries per tick that each of the P points of all menus serves."""
        made_of, held = (self.bought, self.relative, self.rate), self._by_point
        if held is None or not same_objects(held[0], made_of):
            held = self._by_point = made_of, self._count_by_point()
        return held[1]

    def _count_by_point(self) -> FloatArray:
        served, before = np.zeros((2, len(self.bought.points.quality) - 1))
        for span in parts(self.size):
            of = self.bought.part(span)
            point, share, sent = of.point[of.buys], of.share[of.buys], self.relative[span][of.buys]
            np.add.at(served, point, sent * share)
            mixed = share < 1
            np.add.at(before, point[mixed] - 1, sent[mixed] * (1 - share[mixed]))
        return read_only(self.rate * (served + before))

    def expected_buyers(self, sold: tuple[int, ...]) -> ExpectedBuyers:
        """Like buyers, put together, for what is only expected of them.

        Parameters
        ----------
        sold
            Offers that sell anything, or might; whether buyers know another is no difference
            between them.
        """
        matters = self.incumbent if self.switching.any() else None
        held = self._expected
        if held is None or held[0] is not matters or held[1] != sold:
            buyers, nobody = self.buyers, np.zeros(self.size, dtype=bool)
            routing = self.own_routing if self._may_route(sold) else None
            shared = () if routing is None else routing.arbitrageurs
            matter = {*sold, *shared}
            known = (c if o in matter else nobody for o, c in enumerate(self.consideration))
            grouped = group_buyers(
                Buyers(
                    buyers.rule,
                    buyers.needs,
                    buyers.scale,
                    buyers.switching,
                    buyers.incumbent,
                    tuple(known),
                    buyers.seller_of,
                    own_routing=routing,
                ),
                rate=self.rate,
                mix=self.mix,
                nest=np.array([offer.nest for offer in self.model.offers]),
                dissimilarity=1 - self.spec.taste_correlation,
                taste=self.taste if self.spec.tastes else None,
                relative=self.relative,
            )
            held = self._expected = (matters, sold, grouped)
        return held[2]

    def _may_route(self, sold: tuple[int, ...]) -> bool:
        """Whether any buyer would ever be expected to route for itself, were attempts free."""
        routing = self.own_routing
        if routing is None or routing.offer not in sold:
            return False
        quality = self.model.menus().of_mix(self.mix).quality[routing.offer]
        free = self.spec.demand.purchase(self.needs, quality, np.zeros(len(quality))).gain
        least = self.scale * (np.log(NEVER) - np.log(max(len(routing.arbitrageurs), 1)))
        return bool((free - routing.cost > least).any())

    def send(self) -> SentQueries:
        """Draw how many queries each buyer sends in this tick."""
        model = self.model
        return SentQueries.draw(
            model.streams,
            self.name,
            model.tick,
            self.rate,
            self.relative,
            model.effort_keys,
            model.samplers[self.mix],
        )
