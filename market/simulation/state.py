"""A market as it stands: its agents, prices and accounts, built from a scenario."""

import mesa
import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.pass_curves import build_tables, log_budgets
from market.results.flows import Outlays, Roster
from market.scenario.build import MarketPopulation, prepare
from market.scenario.interventions import largest, phases
from market.scenario.schema import OUTSIDE, TREASURY, Scenario
from market.simulation.agents import Arbitrageur, ConsumerSegment, Provider, Seller
from market.simulation.cost_cache import CostCache
from market.simulation.ledger import Ledger
from market.simulation.queries import PolicyTable, ProblemSampler, bind


class MarketState(mesa.Model):
    """Agents, prices and accounts; :class:`market.simulation.model.MarketModel` moves them.

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
        self.rules = spec = self.phases[0].scenario  # with what is changed at tick 0
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
        self.costs = CostCache(
            tables,
            self.quality,
            ground.mixes,
            thorough=not moving,
            typed_by=spec.models,  # a student that may come must not move what others see
        )
        self.samplers = [ProblemSampler(weight) for weight in ground.mixes]

        mixes, tiers = len(ground.mixes), len(self.quality)
        index = ground.population.index
        self.providers = [
            Provider(self, p, [index(m) for m in p.models], self.costs) for p in spec.providers
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
        self.price: FloatArray = np.full(len(ground.population.models), np.inf)
        self.wholesale_price: FloatArray = np.empty((0, 0))
        self.outlays = Outlays.none(len(self.arbitrageurs), len(self.providers))
        self._books: dict[int, tuple[tuple[object, ...], PolicyTable, FloatArray]] = {}

    def menus(self) -> FloatArray:
        """[X, S, G] posted prices."""
        return np.stack([seller.menus for seller in self.sellers], axis=1)

    def plans(self, mix: int) -> tuple[PolicyTable, FloatArray]:
        """All sellers' policies for a mix as arrays, and their expected list spend [S·G, M].

        Stacked again only when a seller has changed its policies.
        """
        now = tuple(seller.policies[mix] for seller in self.sellers)
        held = self._books.get(mix)
        if held is None or any(new is not old for new, old in zip(now, held[0], strict=True)):
            policies = [policy for of_seller in now for policy in of_seller]
            tables = self.costs.tables
            held = (
                now,
                bind(policies, tables.population, tables.remainder),
                self.costs.mixes[mix].list_spend(policies),
            )
            self._books[mix] = held
        return held[1], held[2]

    def _roster(self, ground: MarketPopulation) -> Roster:
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
        base = np.array([mix.market(listed).price for mix in self.costs.mixes])
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
