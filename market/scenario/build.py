"""From a scenario to its problems: models on sale, future students, and query mixes."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError, ScenarioError
from market.foundation.random_streams import Streams
from market.frontier.attempt_costs import AttemptCosts, Remainder
from market.frontier.cascade_tree import MOST_NODES, tree_size
from market.frontier.fitting_sample import usual_cap
from market.frontier.pass_curves import geometric_curves
from market.frontier.verifier import Verifier
from market.population.population import Population
from market.population.students import StudentLaw, with_student
from market.scenario.list_prices import cost_basis, with_costs_of
from market.scenario.problems_on_sale import as_listed, as_sold, at_source_prices, read_or_drawn
from market.scenario.schema import Scenario, dotted
from market.strategies.learning_knowledge import Learns
from market.strategies.query_mix import AllProblems, Problems
from market.strategies.routing import Fits

MOST_SAMPLED = 20_000  # problems in one fitting sample; each takes 2 KB per model


@dataclass(frozen=True)
class MarketPopulation:
    """The problems of a market and its buyers' query mixes.

    Attributes
    ----------
    population
        n problems; the models that providers sell, then a column for each student that may come.
    cost_basis
        [M] list cost that providers' marginal costs are a share of, over list cost.
    teachers
        By student, which is named as its owner, the name of its teacher.
    mixes
        X query mixes, weights [n]: of the market as a whole, then of each segment that differs.
    mix_names
        X names: `all`, then the first segment with each query mix.
    mix_of
        Index of each segment's query mix, in the order of the scenario's segments.
    verifier
        What sellers check answers with; None for one that is flawless.
    own_verifiers
        X: what buyers of each mix check attempts with that they buy directly; None if flawless.
    """

    population: Population
    cost_basis: FloatArray
    teachers: dict[str, str]
    mixes: tuple[FloatArray, ...]
    mix_names: tuple[str, ...]
    mix_of: tuple[int, ...]
    verifier: Verifier | None
    own_verifiers: tuple[Verifier | None, ...]


def prepare(scenario: Scenario) -> MarketPopulation:
    """Build the problems of a market and the query mixes of its segments.

    Raises
    ------
    ScenarioError
        As :func:`~market.scenario.problems_on_sale.build_population`; also for a query mix of
        problems, or a verifier of domains, that the population lacks, and for a fitting budget
        that pays for too many problems.
    """
    recorded = read_or_drawn(scenario)
    at_source = at_source_prices(scenario, recorded)
    before, population = as_sold(scenario, at_source), as_listed(scenario, at_source)
    weights = [
        _weights(population, segment.problems, ("consumers", segment.name, "problems"))
        for segment in scenario.consumers
    ]
    for path, knowledge in scenario.knowledge.items():
        if not isinstance(knowledge, Learns | Fits):
            continue
        weight = _weights(population, knowledge.problems, (*path, "problems"))
        remainder = scenario.population.budget.remainder
        cap = knowledge.cap if isinstance(knowledge, Fits) else None
        if isinstance(knowledge, Learns):
            _require_small_tree(population, knowledge, path)
        _require_small_sample(population, weight, knowledge.budget, cap, remainder, path)
    if all(isinstance(segment.problems, AllProblems) for segment in scenario.consumers):
        pooled = population.weight
    else:
        queries = np.array([s.size * s.queries_per_tick for s in scenario.consumers])
        pooled = queries / queries.sum() @ np.array(weights)
    verifier, own = verifiers(scenario, population)
    mixes, names, mix_of = [pooled], ["all"], []
    checkers = [own[0] if all(checker == own[0] for checker in own) else verifier]
    for segment, weight, checker in zip(scenario.consumers, weights, own, strict=True):
        same = [
            x
            for x, mix in enumerate(mixes)
            if checkers[x] == checker and np.allclose(mix, weight, rtol=0, atol=1e-12)
        ]
        if not same:
            same = [len(mixes)]
            mixes.append(weight)
            checkers.append(checker)
            names.append(segment.name)
        mix_of.append(same[0])
    teachers, whole = {}, before  # students cost what they cost, whatever their teacher's price
    for group in scenario.arbitrageurs:
        if group.distillation is None:
            continue
        distillation = group.distillation
        counted = None  # every student's teacher is known from its own attempts, if any are counted
        if recorded.attempts is not None and distillation.teacher in recorded.models:
            counted = recorded.attempts[:, recorded.index(distillation.teacher)]
        for i in range(group.count):
            student = f"{group.name}-{i + 1}"
            noise = Streams(scenario.seed).generator("student", student)
            whole = with_student(
                whole,
                distillation.teacher,
                student,
                distillation.tokens,
                noise.standard_normal(whole.size),
                StudentLaw(),
                counted,
            )
            teachers[student] = distillation.teacher
    basis = np.append(cost_basis(before, population, pooled), np.ones(len(teachers)))
    listed = with_costs_of(whole, population)
    return MarketPopulation(
        listed,
        basis,
        teachers,
        tuple(mixes),
        tuple(names),
        tuple(mix_of),
        verifier,
        tuple(checkers),
    )


def verifiers(
    scenario: Scenario, population: Population
) -> tuple[Verifier | None, list[Verifier | None]]:
    """What sellers check answers with, and what buyers do, by segment; None for a flawless one.

    Raises
    ------
    ScenarioError
        One names a domain that the population does not have.
    """
    market = scenario.verifier
    verifier = _bound(None if market is None else market.verifier(), population, ("verifier",))
    own = []
    for segment in scenario.consumers:
        checker = verifier
        if segment.verifier is not None:
            path = "consumers", segment.name, "verifier"
            checker = _bound(segment.verifier.for_market(market), population, path)
        own.append(checker)
    return verifier, own


def _bound(
    verifier: Verifier | None, population: Population, path: tuple[str, ...]
) -> Verifier | None:
    if verifier is None or verifier.flawless:
        return None
    try:
        verifier.bind(population)
    except DataError as error:
        raise ScenarioError(f"{dotted(path)}: {error}") from error
    return verifier


def _require_small_sample(
    population: Population,
    weight: FloatArray,
    budget: float,
    cap: float | None,
    remainder: Remainder,
    path: tuple[str, ...],
) -> None:
    """Refuse a sample whose curves, a row per problem, do not fit into memory."""
    caps = usual_cap(population, np.ones(len(population.models)))
    if cap is not None:
        caps = np.full(len(caps), cap)
    each = 0.0
    for m, cap in enumerate(caps):
        costs = AttemptCosts.of(population, m, remainder)
        _, spend = geometric_curves(population.solve_prob[:, m], costs, np.array([cap]))
        each += float(weight @ spend[:, 0])
    if budget > MOST_SAMPLED * each > 0:
        raise ScenarioError(
            f"{dotted((*path, 'budget'))}: {budget:g} USD pay for about "
            f"{budget / each:.3g} problems at list price; "
            f"give at most {MOST_SAMPLED * each:.3g}, for {MOST_SAMPLED:,}"
        )


def _require_small_tree(population: Population, knowledge: Learns, path: tuple[str, ...]) -> None:
    """Refuse to learn about more cascades than fit into memory."""
    models = len(population.models)
    size = tree_size(models, knowledge.stages, knowledge.levels)
    if size > MOST_NODES:
        raise ScenarioError(
            f"{dotted((*path, 'stages'))}: cascades of {knowledge.stages} stages over {models} "
            f"models and {knowledge.levels} levels have {size:,} steps; take fewer stages or "
            f"levels, for at most {MOST_NODES:,}"
        )


def _weights(population: Population, problems: Problems, path: tuple[str, ...]) -> FloatArray:
    try:
        return problems.weights(population)
    except DataError as error:
        raise ScenarioError(f"{dotted(path)}: {error}") from error
