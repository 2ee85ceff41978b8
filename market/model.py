"""The market as a Mesa model: build it, then step it, one named phase after the other."""

from collections.abc import Callable

import mesa
import numpy as np

from market.agents import Arbitrageur, ConsumerSegment, Policies, Provider, Seller
from market.building import build_population
from market.curves import build_tables, log_budgets
from market.economy import Economy
from market.ledger import OUTSIDE, TREASURY, Ledger
from market.outcome import QueryLog, Roster, SegmentFlow, TickOutcome
from market.population import FloatArray
from market.recording import Recorder
from market.results import RunResult
from market.scenario import Scenario
from market.serving import PlanBook, ProblemSampler, bind
from market.settlement import settle
from market.streams import Streams
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
        The population cannot be built as the scenario asks.
    """

    def __init__(self, spec: Scenario) -> None:
        super().__init__(rng=spec.seed)
        self.spec = spec
        self.tick = 0
        self.streams = Streams(spec.seed)
        self.quality = spec.quality_tiers.values()
        population = build_population(spec)
        grid = spec.population.budget
        # what is simulated draws attempts from solve probabilities: curves must do the same
        tables = build_tables(
            population,
            log_budgets(grid.low, grid.high, grid.points),
            estimator="geometric",
            remainder=grid.remainder,
        )
        self.economy = Economy(tables, self.quality)
        self.sampler = ProblemSampler(population.weight)
        self.price: FloatArray = np.ones(len(population.models))

        tiers = len(self.quality)
        self.providers = [
            Provider(self, p, [population.index(m) for m in p.models], tiers)
            for p in spec.providers
        ]
        self.arbitrageurs = [
            Arbitrageur(self, f"{group.name}-{i + 1}", group, tiers)
            for group in spec.arbitrageurs
            for i in range(group.count)
        ]
        self.sellers: list[Seller] = [*self.providers, *self.arbitrageurs]
        self.segments = [
            ConsumerSegment(self, c, self.quality, self.sellers, self.streams)
            for c in spec.consumers
        ]
        self.roster = self._roster()
        self.ledger = Ledger(
            [
                *(f"consumers/{name}" for name in self.roster.segments),
                *self.roster.sellers,
                TREASURY,
                OUTSIDE,
            ]
        )
        self.recorder = Recorder(spec)
        self._stacked: tuple[tuple[Policies, ...], PlanBook, FloatArray] | None = None

    def step(self) -> None:
        """Advance by one tick."""
        self.providers_set_prices()
        self.arbitrageurs_quote()
        self.consumers_choose()
        flows, logs = self.serve_queries()
        imbalance = self.settle(flows)
        self.record(flows, logs, imbalance)
        self.tick += 1

    def providers_set_prices(self) -> None:
        """Every provider decides on what it saw last tick; then all post at once."""
        for provider, view in [(p, self._view(p)) for p in self.providers]:
            provider.set_price(view)
        price = np.empty_like(self.price)
        for provider in self.providers:
            price[provider.models] = provider.multiplier
        self.price = price
        for provider in self.providers:
            provider.post(self.economy, price)

    def arbitrageurs_quote(self) -> None:
        """Every arbitrageur moves once, in drawn order, and sees the moves before its own."""
        # a lot for each: one more arbitrageur leaves the order of the others as it was
        lots = [
            self.streams.generator("order", arbitrageur.name, self.tick).random()
            for arbitrageur in self.arbitrageurs
        ]
        for i in np.argsort(lots).tolist():
            arbitrageur = self.arbitrageurs[i]
            arbitrageur.post(self._view(arbitrageur), self.economy, self.price)

    def consumers_choose(self) -> None:
        """Every buyer takes the seller it likes best, or none."""
        menus = self._menus()
        for segment in self.segments:
            segment.choose(menus)

    def serve_queries(self) -> tuple[tuple[SegmentFlow, ...], tuple[QueryLog, ...]]:
        """Queries arrive and go down the policies of the sellers chosen."""
        book, _ = self._plans()
        menus = self._menus()
        served = [
            trade(
                segment,
                segment.send(self.streams, self.tick, self.roster.models, self.sampler),
                Stalls(book, menus, self.price, len(self.providers)),
                log=self.spec.record_queries,
            )
            for segment in self.segments
        ]
        return tuple(flow for flow, _ in served), tuple(log for _, log in served if log)

    def settle(self, flows: tuple[SegmentFlow, ...]) -> float:
        """Move the money; every dollar paid is a dollar received.

        Returns
        -------
        float
            Largest relative error of the identities.

        Raises
        ------
        ConservationError
            One of them is off by more than 1e-9.
        """
        return settle(self.ledger, self.roster, flows, self.price)

    def record(
        self, flows: tuple[SegmentFlow, ...], logs: tuple[QueryLog, ...], imbalance: float
    ) -> None:
        """Keep what happened."""
        self.recorder.add(
            TickOutcome(
                tick=self.tick,
                roster=self.roster,
                price=self.price,
                menus=self._menus(),
                flows=flows,
                expected_revenue=self._expected_revenue(),
                imbalance=imbalance,
                balances=np.array([self.ledger.balance(a.name) for a in self.arbitrageurs]),
                queries=logs,
            )
        )

    def _roster(self) -> Roster:
        population = self.economy.tables.population
        owner = np.empty(len(population.models), dtype=np.int64)
        cost_ratio = np.empty(len(population.models))
        for k, provider in enumerate(self.providers):
            owner[provider.models] = k
            cost_ratio[provider.models] = provider.cost_ratio
        base = self.economy.market(np.ones(len(population.models))).price
        demand = np.zeros(len(base))
        for segment in self.segments:
            priced = np.append(base, np.inf)[segment.needs.tier]
            willing = segment.needs.reservation_price >= priced
            tier = segment.needs.tier[willing]
            demand += segment.rate * np.bincount(tier, minlength=len(base))
        return Roster(
            providers=tuple(p.name for p in self.providers),
            arbitrageurs=tuple(a.name for a in self.arbitrageurs),
            groups=tuple(a.group for a in self.arbitrageurs),
            segments=tuple(s.name for s in self.segments),
            models=population.models,
            owner=owner,
            cost_ratio=cost_ratio,
            quality=self.quality,
            base_price=base,
            base_demand=demand,
        )

    def _view(self, seller: Seller) -> MarketView:
        rivals = tuple(other.quote() for other in self.sellers if other is not seller)
        return MarketView(self.tick, self.quality, rivals)

    def _menus(self) -> FloatArray:
        return np.array([seller.menu for seller in self.sellers])

    def _plans(self) -> tuple[PlanBook, FloatArray]:
        """All sellers' policies as arrays, and their expected list spend [S·G, M].

        Stacked again only when a seller has changed its policies.
        """
        now = tuple(seller.policies for seller in self.sellers)
        if self._stacked is None or any(
            new is not old for new, old in zip(now, self._stacked[0], strict=True)
        ):
            policies = [policy for of_seller in now for policy in of_seller]
            self._stacked = (
                now,
                bind(policies, self.economy.tables.population, self.economy.tables.remainder),
                self.economy.expected_list_spend(policies),
            )
        return self._stacked[1], self._stacked[2]

    def _expected_revenue(self) -> FloatArray:
        """[K] see `TickOutcome.expected_revenue`."""
        if self.tick % self.spec.measure_every:
            return np.full(len(self.providers), np.nan)
        _, list_spend = self._plans()
        queries = np.zeros(len(list_spend))
        sent = 0.0
        for segment in self.segments:
            queries += segment.rate * segment.buyers_by_policy(len(queries))
            sent += segment.rate * segment.size
        return self.roster.by_provider(queries @ list_spend * self.price / sent)


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
