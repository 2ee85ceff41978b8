"""From a scenario to what a market is made of: its costs, agents, roster and accounts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import IntArray
from market.frontier.budget_grid import build_tables
from market.frontier.pass_curves import CurveTables
from market.frontier.verifier import Verifier
from market.population.population import Population
from market.results.roster import NEED_BINS, NEED_THIRDS, Roster
from market.scenario.build import MarketPopulation
from market.scenario.marginal_costs import cost_ratios
from market.scenario.schema import OUTSIDE, TREASURY, Scenario
from market.simulation.agents import Arbitrageur, ConsumerSegment, Provider
from market.simulation.buyer_classes import need_edges
from market.simulation.cost_cache import CostCache
from market.simulation.ledger import Ledger
from market.simulation.own_router import OwnRouter

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def build_costs(spec: Scenario, population: MarketPopulation) -> CostCache:
    """Curves and costs of all models, students to come included."""
    by_verifier: dict[int, CurveTables] = {}

    def tables(verifier: Verifier | None) -> CurveTables:
        grid, key = spec.population.budget, id(verifier)
        if key not in by_verifier:
            # what is simulated draws attempts from solve probabilities: curves must do the same
            by_verifier[key] = build_tables(
                population.population,
                estimator="geometric",
                remainder=grid.remainder,
                tolerance=grid.tolerance,
                highest=grid.high,
                verifier=verifier,
            )
        return by_verifier[key]

    direct = [
        None if own == population.verifier else tables(own) for own in population.own_verifiers
    ]
    return CostCache(tables(population.verifier), spec.menu_points, population.mixes, direct)


def create_sellers(model: "MarketModel", spec: Scenario, whole: Scenario) -> None:
    """Create all sellers that may ever be in the market, and their offers.

    Parameters
    ----------
    model
        That the agents register with.
    spec
        The scenario at tick 0.
    whole
        The same, with as many arbitrageurs as there may be at any tick.
    """
    listings = 0
    for index, provider in enumerate(spec.providers):
        Provider(model, provider, index, tuple(provider.sold), listings)
        listings += len(provider.models)
    model.seller_groups += [(provider.name, None) for provider in spec.providers]
    for group, largest in zip(spec.arbitrageurs, whole.arbitrageurs, strict=True):
        for number in range(largest.count):
            seller = Arbitrageur(model, group, number, len(model.seller_groups))
            model.seller_groups.append((seller.name, group.name))


def create_own_routers(model: "MarketModel", whole: Scenario, mix_of: Sequence[int]) -> None:
    """Create the own routers of all segments that may ever have one; sellers are there.

    Parameters
    ----------
    model
        The market.
    whole
        The scenario, with every segment's own router that there may be at any tick.
    mix_of
        Index of the query mix of each segment.
    """
    for segment, mix in zip(whole.consumers, mix_of, strict=True):
        if segment.self_routing is not None:
            router = OwnRouter(model, segment.name, mix, len(model.seller_groups))
            model.own_routers.append(router)
            model.seller_groups.append((router.segment, None))


def create_segments(model: "MarketModel", spec: Scenario, population: MarketPopulation) -> None:
    """Create the consumer segments, each with its query mix; sellers are there."""
    for segment, mix in zip(spec.consumers, population.mix_of, strict=True):
        ConsumerSegment(model, segment, mix)


def build_roster(model: "MarketModel", population: MarketPopulation) -> Roster:
    """Names and axes, and how base demand is split into bins."""
    models = population.population.models
    students = [
        (number, models.index(arbitrageur.name))
        for number, arbitrageur in enumerate(model.arbitrageurs)
        if arbitrageur.name in population.teachers
    ]
    hosted = [provider.models for provider in model.providers]
    model_of = np.concatenate([*hosted, np.array([m for _, m in students], dtype=np.int64)])
    owner, student_of = np.full((2, len(model_of)), -1, dtype=np.int64)
    for provider in model.providers:
        owner[provider.listings] = provider.index
    for listing, (number, _) in enumerate(students, len(model_of) - len(students)):
        student_of[listing] = number
    return Roster(
        providers=tuple(p.name for p in model.providers),
        arbitrageurs=tuple(a.name for a in model.arbitrageurs),
        groups=tuple(a.group for a in model.arbitrageurs),
        segments=tuple(s.name for s in model.segments),
        models=models,
        mixes=population.mix_names,
        mix_of=population.mix_of,
        model_of=model_of,
        owner=owner,
        student_of=student_of,
        cost_ratio=cost_ratios(
            owner, [p.spec for p in model.providers], population.cost_basis[model_of]
        ),
        alike=first_alike(population.population, model_of.tolist()),
        firm=np.arange(len(model.providers)),
        quality=model.quality,
        need_edges=need_edges(model.segments, NEED_BINS),
        third_edges=need_edges(model.segments, NEED_THIRDS),
        self_routing=tuple(
            [s.name for s in model.segments].index(router.segment) for router in model.own_routers
        ),
    )


def first_alike(population: Population, model_of: Sequence[int]) -> IntArray:
    """[L] index of the first listing of a model with the same solve probabilities and costs."""
    told = [
        (population.solve_prob[:, m].tobytes(), population.list_cost[:, m].tobytes())
        for m in model_of
    ]
    return np.array([told.index(of_model) for of_model in told])


def open_accounts(roster: Roster) -> Ledger:
    """A ledger with an account for each segment and seller, the treasury and outside."""
    consumers = [f"consumers/{name}" for name in roster.segments]
    return Ledger([*consumers, *roster.providers, *roster.arbitrageurs, TREASURY, OUTSIDE])
