"""The market as a Mesa model: step it, one named phase after the other."""

from collections.abc import Callable

import mesa
import numpy as np

from market.results.flows import QueryLog, SegmentFlow
from market.results.recorder import Recorder
from market.results.run_result import RunResult
from market.results.tick_outcome import TickOutcome
from market.scenario.interventions import Phase
from market.scenario.schema import Scenario
from market.simulation.procurement import distil, fit
from market.simulation.query_service import SellerOffers, trade
from market.simulation.seller_views import Foresight
from market.simulation.settlement import Flows, settle
from market.simulation.state import MarketState
from market.simulation.wholesale_prices import wholesale_prices


class MarketModel(MarketState):
    """Providers, arbitrageurs and consumer segments over a stream of queries.

    Parameters
    ----------
    spec
        The resolved scenario.

    Raises
    ------
    ScenarioError
        The population cannot be built as the scenario asks, or an intervention not carried out.
    """

    def __init__(self, spec: Scenario) -> None:
        super().__init__(spec)
        self.recorder = Recorder(spec)
        self.foresight = Foresight(self)

    def step(self) -> None:
        """Advance by one tick."""
        self.apply_interventions()
        self.providers_set_prices()
        self.arbitrageurs_procure()
        self.arbitrageurs_quote()
        self.consumers_choose()
        flows, logs = self.serve_queries()
        outcome = self.settle(flows, logs)
        self.learn(outcome)
        self.record(outcome)
        self.tick += 1

    def apply_interventions(self) -> None:
        """Go by the rules that hold from this tick on; sellers enter and leave."""
        for phase in self.phases:
            if phase.start == self.tick:
                self._go_by(phase)
        for provider in self.providers:
            provider.active = provider.is_due(self.tick)
        for arbitrageur in self.arbitrageurs:
            arbitrageur.active = arbitrageur.is_due()
        for seller in self.sellers:
            if not seller.active:
                seller.withdraw()

    def providers_set_prices(self) -> None:
        """Every provider decides on what it saw last tick; then all post at once."""
        active = [provider for provider in self.providers if provider.active]
        for provider in active:
            provider.post()
        self._agree_on_terms()
        views = [(provider, self.foresight.provider_view(provider)) for provider in active]
        for provider, view in views:
            provider.set_price(view)
        for provider in active:
            provider.post()
        self._agree_on_terms()

    def arbitrageurs_procure(self) -> None:
        """Arbitrageurs that are new spend their fitting budget; those that find it due distil."""
        self.outlays = fit(self) + distil(self)
        self._agree_on_terms()

    def arbitrageurs_quote(self) -> None:
        """Every arbitrageur moves once, in drawn order, and sees the moves before its own."""
        movers = [a for a in self.arbitrageurs if a.active]
        # a lot for each: one more arbitrageur leaves the order of the others as it was
        lots = [self.streams.generator("order", a.name, self.tick).random() for a in movers]
        levers = self.rules.policy
        floors = np.zeros((len(self.costs.mixes), len(self.quality)))
        if levers.price_floor > 0:
            floors += [mix.market(self.price).price for mix in self.costs.mixes]
            floors *= levers.price_floor
        for i in np.argsort(lots).tolist():
            arbitrageur = movers[i]
            arbitrageur.post(
                self.foresight.resale_views(arbitrageur),
                self.costs,
                self.wholesale_price[self.sellers.index(arbitrageur)],
                levers.routing_tax,
                floors,
            )

    def consumers_choose(self) -> None:
        """Every buyer takes the seller it likes best, or none."""
        menus = self.menus()
        for segment in self.segments:
            segment.choose(menus[segment.mix])

    def serve_queries(self) -> tuple[tuple[SegmentFlow, ...], tuple[QueryLog, ...]]:
        """Queries arrive and go down the policies of the sellers chosen."""
        menus = self.menus()
        served = []
        for segment in self.segments:
            book, _ = self.plans(segment.mix)
            queries = segment.send(
                self.streams,
                self.tick,
                self.roster.models,
                self.samplers[segment.mix],
                sighted=bool(book.sighted),
            )
            stalls = SellerOffers(book, menus[segment.mix], self.price, len(self.providers))
            served.append(trade(segment, queries, stalls, log=self.spec.record_queries))
        return tuple(flow for flow, _ in served), tuple(log for _, log in served if log)

    def settle(self, flows: tuple[SegmentFlow, ...], logs: tuple[QueryLog, ...]) -> TickOutcome:
        """Move the money; every dollar paid is a dollar received.

        Raises
        ------
        ConservationError
            An identity is off by more than 1e-9.
        """
        levers = self.rules.policy
        fees = np.array([f.paid.sum(axis=1)[len(self.providers) :] for f in flows]).sum(axis=0)
        tax = levers.routing_tax * fees
        fixed_cost = np.array([p.spec.fixed_cost if p.active else 0.0 for p in self.providers])
        wholesale_price = np.where(np.isfinite(self.wholesale_price), self.wholesale_price, 0.0)
        imbalance = settle(
            self.ledger,
            self.roster,
            Flows(flows, wholesale_price, self.outlays, tax, fixed_cost),
        )
        measured = self.tick % self.rules.measure_every == 0
        return TickOutcome(
            tick=self.tick,
            roster=self.roster,
            price=self.price,
            wholesale_price=wholesale_price,
            menus=self.menus(),
            flows=flows,
            outlays=self.outlays,
            tax=tax,
            fixed_cost=fixed_cost,
            active=np.array([seller.active for seller in self.sellers]),
            expected_revenue=self.foresight.expected_revenue(measured),
            counterfactuals=self.foresight.counterfactuals(),
            planned=self.foresight.planned(flows, measured),
            imbalance=imbalance,
            balances=np.array([self.ledger.balance(a.name) for a in self.arbitrageurs]),
            queries=logs,
        )

    def learn(self, outcome: TickOutcome) -> None:
        """Sellers take note of what they earned; those that lost too much will leave."""
        profits = (outcome.provider_revenue - outcome.provider_cost).tolist()
        for provider, profit in zip(self.providers, profits, strict=True):
            if provider.active:
                provider.learn(profit)
        for arbitrageur, balance in zip(self.arbitrageurs, outcome.balances.tolist(), strict=True):
            arbitrageur.learn(balance)

    def record(self, outcome: TickOutcome) -> None:
        """Keep what happened."""
        self.recorder.add(outcome)

    def _go_by(self, phase: Phase) -> None:
        self.rules = phase.scenario
        for provider, spec in zip(self.providers, phase.scenario.providers, strict=True):
            provider.update(spec, self.costs)
        groups = {group.name: group for group in phase.scenario.arbitrageurs}
        for arbitrageur in self.arbitrageurs:
            arbitrageur.spec = groups[arbitrageur.group]
        awareness = [1.0] * len(self.providers) + [a.spec.awareness for a in self.arbitrageurs]
        for segment, group in zip(self.segments, phase.scenario.consumers, strict=True):
            segment.update(group, awareness, phase.scenario.policy.transparency)
        self.roster = self.roster.with_costs([p.spec.cost_ratio for p in self.providers])

    def _agree_on_terms(self) -> None:
        """Prices that are posted become the terms on which everybody buys."""
        price = np.full(len(self.price), np.inf)
        for provider in self.providers:
            if provider.active:
                price[provider.models] = provider.multiplier
        self.price = price
        self.wholesale_price = wholesale_prices(
            price,
            self.roster.owner,
            self.roster.student_of,
            self.roster.providers,
            self.rules.policy,
            np.array([a.student and a.active for a in self.arbitrageurs], dtype=bool),
            np.array([a.resale_multiplier(self.costs, price) for a in self.arbitrageurs]),
        )


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
            model.step()
            if progress is not None:
                progress(done)
        return model.recorder.result()
    finally:
        # Mesa 3.3 counts agents by model in a table of the class, which would keep it for ever
        getattr(mesa.Agent, "_ids", {}).pop(model, None)
