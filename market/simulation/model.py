"""The market as a Mesa model: step it, one named phase after the other."""

from collections.abc import Callable
from functools import cache

import mesa
import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.notebook_progress import notebook_bar
from market.foundation.random_streams import Streams
from market.foundation.threads import on_one_thread
from market.results.flows import Outlays, QueryLog, SegmentFlow
from market.results.recorder import Recorder
from market.results.run_result import RunResult
from market.results.tick_outcome import TickOutcome
from market.scenario.build import prepare
from market.scenario.interventions import largest, phases
from market.scenario.marginal_costs import cost_ratios
from market.scenario.schema import Scenario
from market.simulation.agents import Arbitrageur, ConsumerSegment, Provider, Seller
from market.simulation.base_market import BaseMarket, IndexedPrices, same_base
from market.simulation.buyer_classes import HeldClasses
from market.simulation.counterfactuals import ExpectedRevenue
from market.simulation.expected_market import ExpectedMarket
from market.simulation.learning import learn_from_queries
from market.simulation.mesa_versions import advance
from market.simulation.offers import Offer
from market.simulation.own_router import OwnRouter
from market.simulation.owners import owners
from market.simulation.planner import Planner
from market.simulation.policy_table import PolicyTable
from market.simulation.posted_menus import PostedMenus
from market.simulation.procurement import procure
from market.simulation.queries import ProblemSampler
from market.simulation.query_service import trade
from market.simulation.rerouting import Rerouting
from market.simulation.resting_prices import RestingPrices
from market.simulation.setup import (
    build_costs,
    build_roster,
    create_own_routers,
    create_segments,
    create_sellers,
    open_accounts,
)
from market.simulation.tick_outcomes import outcome_of
from market.simulation.wholesale_prices import PostedPrices
from market.strategies.menu import Menus


class MarketModel(mesa.Model):
    """Providers, arbitrageurs and consumer segments over a stream of queries.

    Parameters
    ----------
    spec
        The resolved scenario.
    base
        The scenario of the base market, where that is another's: prices are compared with it, and
        tastes are measured in what buyers would pay in it.

    Attributes
    ----------
    sellers, providers, arbitrageurs, segments
        Agents that are in the market, in the order of the roster.
    in_market
        The sellers of these: many look at each of them in a tick, which agent sets are slow at.
    absent
        Sellers that are not in the market now: not entered yet, left, or bankrupt.
    own_routers
        What buyers of some segments may run themselves.
    wholesale
        What each seller pays per list dollar of each model's attempts.
    posted
        The menus of all of them.
    cost_basis
        [M] list cost that marginal costs are a share of, over list cost.

    Raises
    ------
    ScenarioError
        The population cannot be built as the scenario asks, or an intervention not carried out.
    """

    @on_one_thread
    def __init__(self, spec: Scenario, base: Scenario | None = None) -> None:
        super().__init__(rng=spec.seed)
        self.spec = spec
        self.tick = 0
        self.streams = Streams(spec.seed)
        self.quality = spec.quality_tiers.values()
        self.points = spec.menu_points
        self.phases = phases(spec)
        self.rules = self.phases[0].scenario  # with what is changed at tick 0
        whole = largest(self.phases)
        population = prepare(whole)
        self.costs = build_costs(self.rules, population)
        self.cost_basis = population.cost_basis
        self.samplers = [ProblemSampler(weight) for weight in population.mixes]
        weights = whole.weights_of  # a student's draws are its own
        self.effort_keys = [weights.get(name, name) for name in self.costs.tables.models]
        self.posted = PostedMenus(self)
        self.absent: list[Seller] = []
        self.seller_groups: list[tuple[str, str | None]] = []
        self.offers: list[Offer] = []
        hosted = [model for provider in whole.providers for model in provider.sold]
        self.hosts = [hosted.count(model) for model in self.costs.tables.models]
        create_sellers(self, self.rules, whole)
        self.own_routers: list[OwnRouter] = []
        create_own_routers(self, whole, population.mix_of)
        self.seller_of = np.array([offer.seller for offer in self.offers])
        self._find_sellers()
        own = BaseMarket.of(self, population.mix_of)
        other = base is not None and not same_base(base, spec)
        self.base: BaseMarket = MarketModel(base).base if base is not None and other else own
        create_segments(self, self.rules, population)
        self.segments = self.agents.select(agent_type=ConsumerSegment)
        self.roster = build_roster(self, population).with_mergers(self.rules.mergers)
        self.rerouting = Rerouting(self.costs.mixes)
        self.rerouting_directly = Rerouting(self.costs.direct)  # by buyers themselves
        self.planner = Planner()
        self.ledger = open_accounts(self.roster)
        self.recorder = Recorder(spec, population.population.unseen)
        self.resting = RestingPrices()
        self._posted_prices = PostedPrices()
        self.wholesale = self._posted_prices.of(self)
        self._classes, self.indexed_prices = HeldClasses(), IndexedPrices()
        self.expected_revenue = ExpectedRevenue()

    @on_one_thread
    def step(self) -> None:
        """Advance by one tick."""
        self.apply_interventions()
        self.providers_set_prices()
        outlays = self.arbitrageurs_procure()
        self.own_routers_route()
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
        leaving = [seller for seller in self.sellers if not seller.is_due()]
        entering = [seller for seller in self.absent if seller.is_due()]
        for seller in leaving:
            seller.leave()
        for seller in entering:
            seller.enter()
        if leaving or entering:
            self._find_sellers()
        self.providers_post()

    def providers_set_prices(self) -> None:
        """Every provider decides on what it saw last tick; then all post at once."""
        expected = cache(lambda: ExpectedMarket.of(self))  # the same for all: none has moved yet
        decided = [owner.decide(self, expected) for owner in owners(self)]
        for provider, prices in (choice for of_owner in decided for choice in of_owner):
            if prices.tolist() != provider.prices.tolist():
                provider.prices = prices
        self.providers_post()

    def providers_post(self) -> None:
        """Every provider posts its offers at its present prices."""
        self.providers.do("post")
        self.wholesale = self._posted_prices.of(self)

    def arbitrageurs_procure(self) -> Outlays:
        """Arbitrageurs that are new spend their fitting budget; those that find it due distil."""
        outlays = procure(self)
        self.wholesale = self._posted_prices.of(self)  # of new students, too
        return outlays

    def own_routers_route(self) -> None:
        """What buyers might run themselves is worked out at today's prices."""
        for router in self.own_routers:
            router.route()
            self.posted.moved()

    def arbitrageurs_quote(self) -> None:
        """Every arbitrageur moves once, in drawn order, and sees the moves before its own."""

        def drawn(arbitrageur: Arbitrageur) -> float:
            # one draw for each: one more arbitrageur leaves the order of the others as it was
            return self.streams.generator("order", arbitrageur.name, self.tick).random()

        self.arbitrageurs.sort(drawn, ascending=True).do("quote")

    def consumers_choose(self) -> None:
        """Every buyer takes the seller it likes best, or the outside option."""
        self.segments.do("choose", self.menus())

    def serve_queries(self) -> tuple[tuple[SegmentFlow, ...], tuple[QueryLog, ...]]:
        """Queries arrive and go down the policies of the sellers chosen."""
        served = []
        for segment in self.segments:
            (table, _), queries = self.policies(segment.mix), segment.send()
            classes, log = self._classes.of(self, segment), self.spec.record_queries
            served.append(trade(segment, queries, table, self.wholesale_price, classes, log=log))
        return tuple(flow for flow, _ in served), tuple(log for _, log in served if log)

    def settle(
        self, flows: tuple[SegmentFlow, ...], logs: tuple[QueryLog, ...], outlays: Outlays
    ) -> TickOutcome:
        """Move the money; every dollar paid is a dollar received, else ConservationError."""
        return outcome_of(self, flows, logs, outlays)

    def learn(self, outcome: TickOutcome) -> None:
        """Sellers take note of what they earned and saw; those that lost too much will leave."""
        profit = outcome.payments.provider_revenue - outcome.payments.provider_cost
        whole = self.roster.by_owner(profit)[self.roster.firm]
        for provider in self.providers:
            provider.learn(float(profit[provider.index]), float(whole[provider.index]))
        for arbitrageur in self.arbitrageurs:
            arbitrageur.learn(self.ledger.balance(arbitrageur.name))
        learn_from_queries(self)

    def record(self, outcome: TickOutcome) -> None:
        """Keep what happened."""
        self.recorder.add(outcome)

    @property
    def wholesale_price(self) -> FloatArray:
        """[S, M] US dollars that each seller pays per list dollar; infinite where it cannot buy."""
        return self.wholesale.price

    @property
    def price(self) -> FloatArray:
        """[M] the least that consumers pay over list price; infinite where a model is not sold."""
        return self.wholesale.consumers

    @property
    def measured(self) -> bool:
        """Whether expected values are measured this tick."""
        return self.tick % self.rules.measure_every == 0

    def menus(self) -> Menus:
        """[X, O, G] posted menus of all offers; infinite prices where nothing is sold."""
        return self.posted.menus()

    def policies(self, mix: int) -> tuple[PolicyTable, FloatArray]:
        """What serves each point of all menus, and [O, G, M] its expected list spend per query."""
        held = self.posted.policies(mix)
        return held.table, held.list_spend

    def verified(self, mix: int) -> tuple[FloatArray, FloatArray]:
        """[O, G] expected US dollars per query of checks and of wrong answers, by point."""
        held = self.posted.policies(mix)
        return held.checks, held.harm

    def forget_choices(self, segment: str) -> None:
        """Make room: the buyers of a segment choose anew."""
        self._classes.forget(segment)
        self.indexed_prices.forget(segment)
        self.planner.forget(segment)

    def _find_sellers(self) -> None:
        """Sellers in the market by the order of the roster, whenever they were registered."""
        self.sellers = self.agents.select(agent_type=Seller).sort("index", ascending=True)
        self.providers = self.sellers.select(agent_type=Provider)
        self.arbitrageurs = self.sellers.select(agent_type=Arbitrageur)
        self.in_market: tuple[Seller, ...] = tuple(self.sellers)

    def _follow(self, rules: Scenario) -> None:
        """Take over new rules, for absent sellers too."""
        self.rules = rules
        for agent in (*self.sellers, *self.absent, *self.segments):
            agent.follow(self.rules)
        basis = self.cost_basis[self.roster.model_of]
        ratios = cost_ratios(self.roster.owner, rules.providers, basis)
        self.roster = self.roster.with_costs(ratios).with_mergers(rules.mergers)


def run(
    spec: Scenario,
    progress: Callable[[int], None] | None = None,
    *,
    base: Scenario | None = None,
) -> RunResult:
    """Run a scenario to its end.

    Parameters
    ----------
    spec
        The resolved scenario, as :func:`market.load` gives it.
    progress
        Called after each tick with the number of ticks done; a bar in a notebook if None.
    base
        The scenario of the base market, where that is another's.
    """
    bar = notebook_bar(spec.name, "ticks") if progress is None else None
    model = MarketModel(spec, base)
    for done in range(1, spec.ticks + 1):
        advance(model, 1)
        if progress is not None:
            progress(done)
        elif bar is not None:
            bar(done, spec.ticks)
    model.providers.do("tell_unfinished")
    return model.recorder.result()
