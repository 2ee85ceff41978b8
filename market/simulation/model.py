"""The market as a Mesa model: step it, one named phase after the other."""

from collections.abc import Callable

import mesa
import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.results.flows import Outlays, QueryLog, SegmentFlow
from market.results.payments import Payments
from market.results.recorder import Recorder
from market.results.run_result import RunResult
from market.results.tick_outcome import TickOutcome
from market.scenario.build import prepare
from market.scenario.interventions import largest, phases
from market.scenario.schema import Scenario
from market.simulation.agents import Arbitrageur, ConsumerSegment, Provider, Seller
from market.simulation.counterfactuals import counterfactuals, expected_revenue, planned_surplus
from market.simulation.menus import lowest_fees
from market.simulation.mesa_versions import advance, release
from market.simulation.policy_table import PolicyTable, PolicyTables
from market.simulation.procurement import procure
from market.simulation.queries import ProblemSampler
from market.simulation.query_service import SellerOffers, trade
from market.simulation.rerouting import Rerouting
from market.simulation.seller_views import provider_view
from market.simulation.settlement import settle
from market.simulation.setup import build_costs, build_roster, create_agents, open_accounts
from market.simulation.wholesale_prices import posted_prices


class MarketModel(mesa.Model):
    """Providers, arbitrageurs and consumer segments over a stream of queries.

    Parameters
    ----------
    spec
        The resolved scenario.

    Attributes
    ----------
    sellers, providers, arbitrageurs, segments
        Agents that are in the market, in the order of the roster.
    absent
        Sellers that are not in the market now: not entered yet, left, or bankrupt.
    wholesale_price
        [S, M] US dollars that each seller pays per list dollar; infinite where it cannot buy.

    Raises
    ------
    ScenarioError
        The population cannot be built as the scenario asks, or an intervention not carried out.
    """

    def __init__(self, spec: Scenario) -> None:
        super().__init__(rng=spec.seed)
        self.spec = spec
        self.tick = 0
        self.streams = Streams(spec.seed)
        self.quality = spec.quality_tiers.values()
        self.no_policies = (None,) * len(self.quality)
        self.phases = phases(spec)
        self.rules = self.phases[0].scenario  # with what is changed at tick 0
        whole = largest(self.phases)
        population = prepare(whole)
        self.costs = build_costs(self.rules, population)
        self.samplers = [ProblemSampler(weight) for weight in population.mixes]
        self.absent: list[Seller] = []
        self.seller_groups: list[tuple[str, str | None]]
        create_agents(self, self.rules, whole, population)
        self.segments = self.agents.select(agent_type=ConsumerSegment)
        self._find_sellers()
        self.roster = build_roster(self, population)
        self.rerouting = Rerouting(self.costs, self.roster.owner)
        self.ledger = open_accounts(self.roster)
        self.recorder = Recorder(spec)
        self.wholesale_price = posted_prices(self)
        self._tables = PolicyTables(self.costs)

    def step(self) -> None:
        """Advance by one tick."""
        self.apply_interventions()
        self.providers_set_prices()
        outlays = self.arbitrageurs_procure()
        self.arbitrageurs_quote()
        self.consumers_choose()
        flows, logs = self.serve_queries()
        outcome = self.settle(flows, logs, outlays)
        self.learn(outcome)
        self.record(outcome)
        self.tick += 1

    def apply_interventions(self) -> None:
        """Follow the rules that hold from this tick on; sellers enter and leave."""
        for phase in self.phases[1:]:  # agents are created with the rules of the first
            if phase.start == self.tick:
                self._follow(phase.scenario)
        for seller in list(self.sellers):
            if not seller.is_due():
                seller.leave()
        for seller in list(self.absent):
            if seller.is_due():
                seller.enter()
        self._find_sellers()
        self.providers.do("post")
        self.wholesale_price = posted_prices(self)

    def providers_set_prices(self) -> None:
        """Every provider decides on what it saw last tick; then all post at once."""
        decided = [p.decide(provider_view(self, p)) for p in self.providers]
        for provider, multiplier in zip(self.providers, decided, strict=True):
            provider.multiplier = multiplier
        self.providers.do("post")
        self.wholesale_price = posted_prices(self)

    def arbitrageurs_procure(self) -> Outlays:
        """Arbitrageurs that are new spend their fitting budget; those that find it due distil."""
        outlays = procure(self)
        self.wholesale_price = posted_prices(self)  # of new students, too
        return outlays

    def arbitrageurs_quote(self) -> None:
        """Every arbitrageur moves once, in drawn order, and sees the moves before its own."""
        floors = lowest_fees(self.costs, self.price, self.rules.policy.price_floor)

        def drawn(arbitrageur: Arbitrageur) -> float:
            # one draw for each: one more arbitrageur leaves the order of the others as it was
            return self.streams.generator("order", arbitrageur.name, self.tick).random()

        self.arbitrageurs.sort(drawn, ascending=True).do("quote", floors)

    def consumers_choose(self) -> None:
        """Every buyer takes the seller it likes best, or the outside option."""
        self.segments.do("choose", self.menus())

    def serve_queries(self) -> tuple[tuple[SegmentFlow, ...], tuple[QueryLog, ...]]:
        """Queries arrive and go down the policies of the sellers chosen."""
        menus = self.menus()
        served = []
        for segment in self.segments:
            table, _ = self.policies(segment.mix)
            offers = SellerOffers(table, menus[segment.mix], self.price, len(self.roster.providers))
            queries = segment.send(with_signals=bool(table.signals))
            served.append(trade(segment, queries, offers, log=self.spec.record_queries))
        return tuple(flow for flow, _ in served), tuple(log for _, log in served if log)

    def settle(
        self, flows: tuple[SegmentFlow, ...], logs: tuple[QueryLog, ...], outlays: Outlays
    ) -> TickOutcome:
        """Move the money; every dollar paid is a dollar received.

        Raises
        ------
        ConservationError
            An identity is off by more than 1e-9.
        """
        fixed_cost = np.zeros(len(self.roster.providers))
        fixed_cost[[p.index for p in self.providers]] = [p.spec.fixed_cost for p in self.providers]
        levers, prices = self.rules.policy, self.wholesale_price
        payments = Payments.of(self.roster, flows, prices, outlays, levers, fixed_cost)
        active = np.zeros(len(self.roster.sellers), dtype=bool)
        active[[seller.index for seller in self.sellers]] = True
        return TickOutcome(
            tick=self.tick,
            roster=self.roster,
            wholesale_price=self.wholesale_price,
            menus=self.menus(),
            flows=flows,
            payments=payments,
            active=active,
            expected_revenue=expected_revenue(self),
            counterfactuals=counterfactuals(self),
            planned=planned_surplus(self, flows),
            imbalance=settle(self.ledger, payments, flows),
            balances=np.array([self.ledger.balance(name) for name in self.roster.arbitrageurs]),
            queries=logs,
        )

    def learn(self, outcome: TickOutcome) -> None:
        """Sellers take note of what they earned; those that lost too much will leave."""
        profit = outcome.payments.provider_revenue - outcome.payments.provider_cost
        for provider in self.providers:
            provider.learn(float(profit[provider.index]))
        for arbitrageur in self.arbitrageurs:
            arbitrageur.learn(self.ledger.balance(arbitrageur.name))

    def record(self, outcome: TickOutcome) -> None:
        """Keep what happened."""
        self.recorder.add(outcome)

    @property
    def price(self) -> FloatArray:
        """[M] what consumers pay over list price; infinite where a model is not on sale."""
        price: FloatArray = self.wholesale_price[0]
        return price

    @property
    def measured(self) -> bool:
        """Whether expected values are measured this tick."""
        return self.tick % self.rules.measure_every == 0

    def menus(self) -> FloatArray:
        """[X, S, G] posted prices; infinite where a tier is not sold."""
        shape = len(self.costs.mixes), len(self.roster.sellers), len(self.quality)
        menus = np.full(shape, np.inf)
        for seller in self.sellers:
            menus[:, seller.index] = seller.menus
        return menus

    def policies(self, mix: int) -> tuple[PolicyTable, FloatArray]:
        """What serves each seller's tiers, and [S, G, M] its expected list dollars per query."""
        now = [self.no_policies] * len(self.roster.sellers)
        for seller in self.sellers:
            now[seller.index] = seller.policies[mix]
        return self._tables.of(mix, now)

    def _find_sellers(self) -> None:
        """Sellers in the market by the order of the roster, whenever they were registered."""
        self.sellers = self.agents.select(agent_type=Seller).sort("index", ascending=True)
        self.providers = self.sellers.select(agent_type=Provider)
        self.arbitrageurs = self.sellers.select(agent_type=Arbitrageur)

    def _follow(self, rules: Scenario) -> None:
        """Take over new rules, for absent sellers too."""
        self.rules = rules
        for agent in (*self.sellers, *self.absent, *self.segments):
            agent.follow(self.rules)
        self.roster = self.roster.with_costs([p.cost_ratio for p in rules.providers])


def run(spec: Scenario, progress: Callable[[int], None] | None = None) -> RunResult:
    """Run a scenario to its end.

    Parameters
    ----------
    spec
        The resolved scenario, as :func:`market.load` gives it.
    progress
        Called after each tick with the number of ticks done.
    """
    model = MarketModel(spec)
    try:
        for done in range(1, spec.ticks + 1):
            advance(model, 1)
            if progress is not None:
                progress(done)
        return model.recorder.result()
    finally:
        release(model)
