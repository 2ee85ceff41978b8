"""From a scenario to what a market is made of: its costs, agents, roster and accounts."""

from typing import TYPE_CHECKING

import numpy as np

from market.frontier.budget_grid import build_tables
from market.results.roster import Roster
from market.scenario.build import MarketPopulation
from market.scenario.schema import OUTSIDE, TREASURY, Scenario
from market.simulation.agents import Arbitrageur, ConsumerSegment, Provider
from market.simulation.cost_cache import CostCache
from market.simulation.ledger import Ledger

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def build_costs(spec: Scenario, population: MarketPopulation) -> CostCache:
    """Curves and costs of all models, students to come included."""
    grid = spec.population.budget
    # what is simulated draws attempts from solve probabilities: curves must do the same
    tables = build_tables(
        population.population,
        estimator="geometric",
        remainder=grid.remainder,
        tolerance=grid.tolerance,
        highest=grid.high,
    )
    return CostCache(
        tables,
        spec.quality_tiers.values(),
        population.mixes,
    )


def create_agents(
    model: "MarketModel", spec: Scenario, whole: Scenario, population: MarketPopulation
) -> None:
    """Create all sellers that may ever be in the market, then the consumer segments.

    Parameters
    ----------
    model
        That the agents register with.
    spec
        The scenario at tick 0.
    whole
        The same, with as many arbitrageurs as there may be at any tick.
    population
        Says which query mix each segment has.
    """
    for index, provider in enumerate(spec.providers):
        Provider(model, provider, index, provider.models)
    model.seller_groups = [(provider.name, None) for provider in spec.providers]
    for group, largest in zip(spec.arbitrageurs, whole.arbitrageurs, strict=True):
        for number in range(largest.count):
            seller = Arbitrageur(model, group, number, len(model.seller_groups))
            model.seller_groups.append((seller.name, group.name))
    for segment, mix in zip(spec.consumers, population.mix_of, strict=True):
        ConsumerSegment(model, segment, mix)


def build_roster(model: "MarketModel", population: MarketPopulation) -> Roster:
    """Names and axes, with prices and demand of the base market: list prices, no arbitrageurs."""
    costs, models = model.costs, population.population.models
    owner, student_of = np.full((2, len(models)), -1, dtype=np.int64)
    listed = np.full(len(models), np.inf)
    for provider in model.providers:
        owner[provider.models] = provider.index
        if provider.is_due():
            listed[provider.models] = 1.0
    for number, arbitrageur in enumerate(model.arbitrageurs):
        if arbitrageur.name in population.teachers:
            student_of[models.index(arbitrageur.name)] = number
    base = np.array([mix.market(listed).price for mix in costs.mixes])
    demand = np.zeros(base.shape)
    for segment in model.segments:
        demand[segment.mix] += segment.demanded(base[segment.mix])
    return Roster(
        providers=tuple(p.name for p in model.providers),
        arbitrageurs=tuple(a.name for a in model.arbitrageurs),
        groups=tuple(a.group for a in model.arbitrageurs),
        segments=tuple(s.name for s in model.segments),
        models=models,
        mixes=population.mix_names,
        mix_of=population.mix_of,
        owner=owner,
        student_of=student_of,
        cost_ratio=np.ones(len(models)),
        quality=model.quality,
        base_price=base,
        base_demand=demand,
    ).with_costs([p.spec.cost_ratio for p in model.providers])


def open_accounts(roster: Roster) -> Ledger:
    """A ledger with an account for each segment and seller, the treasury and outside."""
    consumers = [f"consumers/{name}" for name in roster.segments]
    return Ledger([*consumers, *roster.sellers, TREASURY, OUTSIDE])
