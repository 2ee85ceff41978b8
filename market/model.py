"""The market as a Mesa model: build it, then step it, one named phase after the other."""

from collections.abc import Callable

import mesa
import numpy as np

from market.agents import Arbitrageur, ConsumerSegment, Provider, Seller
from market.building import Ground, prepare
from market.curves import build_tables, log_budgets
from market.economy import Economy
from market.flows import Outlays, QueryLog, Roster, SegmentFlow
from market.foresight import Foresight
from market.interventions import Phase, largest, phases
from market.ledger import OUTSIDE, TREASURY, Ledger
from market.outcome import TickOutcome
from market.population import FloatArray
from market.procurement import distil, fit
from market.recording import Recorder
from market.results import RunResult
from market.scenario import Scenario
from market.serving import PlanBook, ProblemSampler, bind
from market.settlement import Flows, settle
from market.streams import Streams
from market.terms import terms_of_trade
from market.trading import Stalls, trade
from market.views import MarketView


class MarketModel(mesa.Model):
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
        super().__init__(rng=spec.seed)
        self.spec = spec
        self.tick = 0
        self.streams = Streams(spec.seed)
        self.quality = spec.quality_tiers.values()
        self.phases = phases(spec)
        self.rules = spec
        whole = largest(self.phases)
        ground = prepare(whole)
        grid = spec.population.budget
        # what is simulated draws attempts from solve probabilities: curves must do the same
        tables = build_tables(
            ground.population,
            log_budgets(grid.low, grid.high, grid.points),
            estimator="geometric",
            remainder=grid.remainder,
        )
        moving = any(p.pricing.kind not in ("list", "cost_plus") for p in spec.providers)
        self.economy = Economy(tables, self.quality, ground.mixes, thorough=not moving)
        self.samplers = [ProblemSampler(weight) for weight in ground.mixes]

        mixes, tiers = len(ground.mixes), len(self.quality)
        index = ground.population.index
        self.providers = [
            Provider(self, p, [index(m) for m in p.models], self.economy) for p in spec.providers
        ]
        self.arbitrageurs = [
            Arbitrageur(self, group, i, mixes, tiers)
            for group in whole.arbitrageurs
            for i in range(group.count)
        ]
        self.sellers: list[Seller] = [*self.providers, *self.arbitrageurs]
        self.segments = [
            ConsumerSegment(self, c, mix, self.quality, self.sellers, self.streams)
            for c, mix in zip(spec.consumers, ground.mix_of, strict=True)
        ]
        self.roster = self._roster(ground)
        self.ledger = Ledger(
            [
                *(f"consumers/{name}" for name in self.roster.segments),
                *self.roster.sellers,
                TREASURY,
                OUTSIDE,
            ]
        )
        self.recorder = Recorder(spec)
        self.foresight = Foresight(self)
        self.price: FloatArray = np.full(len(ground.population.models), np.inf)
        self.terms: FloatArray = np.empty((0, 0))
        self.outlays = Outlays.none(len(self.arbitrageurs), len(self.providers))
        self._books: dict[int, tuple[tuple[object, ...], PlanBook, FloatArray]] = {}

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
        floors = levers.price_floor * np.array(
            [mix.market(self.price).price for mix in self.economy.mixes]
        )
        for i in np.argsort(lots).tolist():
            arbitrageur = movers[i]
            arbitrageur.post(
                self.foresight.resale_views(arbitrageur),
                self.economy,
                self.terms[self.sellers.index(arbitrageur)],
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
            stalls = Stalls(book, menus[segment.mix], self.price, len(self.providers))
            served.append(trade(segment, queries, stalls, log=self.spec.record_queries))
        return tuple(flow for flow, _ in served), tuple(log for _, log in served if log)

    def settle(
        self, flows: tuple[SegmentFlow, ...], logs: tuple[QueryLog, ...]
    ) -> TickOutcome:
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
        paid_price = np.where(np.isfinite(self.terms), self.terms, 0.0)
        imbalance = settle(
            self.ledger,
            self.roster,
            Flows(flows, paid_price, self.outlays, tax, fixed_cost),
        )
        measured = self.tick % self.rules.measure_every == 0
        return TickOutcome(
            tick=self.tick,
            roster=self.roster,
            price=self.price,
            paid_price=paid_price,
            menus=self.menus(),
            flows=flows,
            outlays=self.outlays,
            tax=tax,
            fixed_cost=fixed_cost,
            active=np.array([seller.active for seller in self.sellers]),
            expected_revenue=self.foresight.expected_revenue(measured),
            perturbation=self.foresight.perturbation(),
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
        for arbitrageur, balance in zip(
            self.arbitrageurs, outcome.balances.tolist(), strict=True
        ):
            arbitrageur.learn(balance)

    def record(self, outcome: TickOutcome) -> None:
        """Keep what happened."""
        self.recorder.add(outcome)

    def menus(self) -> FloatArray:
        """[X, S, G] posted prices."""
        return np.stack([seller.menus for seller in self.sellers], axis=1)

    def plans(self, mix: int) -> tuple[PlanBook, FloatArray]:
        """All sellers' policies for a mix as arrays, and their expected list spend [S·G, M].

        Stacked again only when a seller has changed its policies.
        """
        now = tuple(seller.policies[mix] for seller in self.sellers)
        held = self._books.get(mix)
        if held is None or any(new is not old for new, old in zip(now, held[0], strict=True)):
            policies = [policy for of_seller in now for policy in of_seller]
            tables = self.economy.tables
            held = (
                now,
                bind(policies, tables.population, tables.remainder),
                self.economy.mixes[mix].list_spend(policies),
            )
            self._books[mix] = held
        return held[1], held[2]

    def _go_by(self, phase: Phase) -> None:
        self.rules = phase.scenario
        for provider, spec in zip(self.providers, phase.scenario.providers, strict=True):
            provider.update(spec, self.economy)
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
        self.terms = terms_of_trade(
            price,
            self.roster.owner,
            self.roster.student_of,
            self.roster.providers,
            self.rules.policy,
            np.array([a.student for a in self.arbitrageurs], dtype=bool),
            np.array([a.resale_multiplier(self.economy, price) for a in self.arbitrageurs]),
        )

    def _roster(self, ground: Ground) -> Roster:
        models = ground.population.models
        owner = np.full(len(models), -1, dtype=np.int64)
        student_of = np.full(len(models), -1, dtype=np.int64)
        listed = np.full(len(models), np.inf)
        for k, provider in enumerate(self.providers):
            owner[provider.models] = k
            if provider.is_due(0):
                listed[provider.models] = 1.0
        for a, arbitrageur in enumerate(self.arbitrageurs):
            if arbitrageur.name in ground.teachers:
                student_of[models.index(arbitrageur.name)] = a
        base = np.array([mix.market(listed).price for mix in self.economy.mixes])
        demand = np.zeros(base.shape)
        for segment in self.segments:
            demand[segment.mix] += segment.demanded(base[segment.mix])
        return Roster(
            providers=tuple(p.name for p in self.providers),
            arbitrageurs=tuple(a.name for a in self.arbitrageurs),
            groups=tuple(a.group for a in self.arbitrageurs),
            segments=tuple(s.name for s in self.segments),
            models=models,
            mixes=ground.mix_names,
            mix_of=ground.mix_of,
            owner=owner,
            student_of=student_of,
            cost_ratio=np.ones(len(models)),
            quality=self.quality,
            base_price=base,
            base_demand=demand,
        ).with_costs([p.spec.cost_ratio for p in self.providers])


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
    for done in range(1, spec.ticks + 1):
        model.step()
        if progress is not None:
            progress(done)
    return model.recorder.result()
