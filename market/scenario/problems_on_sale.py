"""A scenario's problems and models on sale: recorded or drawn, added, shifted, priced."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from market.foundation.arrays import FloatArray
from market.foundation.config import nearest
from market.foundation.errors import DataError, ScenarioError
from market.foundation.random_streams import Streams
from market.frontier.bootstrap import problem_draws
from market.frontier.pass_curves import estimated, require_affordable
from market.importers.cached import as_records
from market.population.item_response import synthetic
from market.population.packs import read_pack
from market.population.population import Population
from market.population.record_files import record_files
from market.population.records import Reading, read_records
from market.population.shifted import with_shifted
from market.scenario.added_models import unknown_names, with_added_models
from market.scenario.list_prices import at_list_prices, cost_basis
from market.scenario.population_source import Calibrated, Records, Synthetic
from market.scenario.schema import Scenario, dotted


def build_population(scenario: Scenario) -> Population:
    """Read or draw the problems of a scenario, for the models that its providers sell.

    Raises
    ------
    ScenarioError
        The source cannot be read or priced as the scenario asks, or a provider sells a model that
        it has no prices for, or that no budget pays an attempt of.
    """
    return listed_population(scenario)[0]


def listed_population(scenario: Scenario) -> tuple[Population, FloatArray]:
    """Problems at the scenario's list prices, and the basis of marginal costs [M] by its weights.

    Raises
    ------
    ScenarioError
        As :func:`build_population`.
    """
    whole = at_source_prices(scenario, read_or_drawn(scenario))
    before, population = as_sold(scenario, whole), as_listed(scenario, whole)
    return population, cost_basis(before, population, before.weight)


def at_source_prices(scenario: Scenario, recorded: Population) -> Population:
    """Problems and models, added ones among them, at the list prices of the source."""
    population = with_added_models(recorded, scenario.added_models, scenario.seed)
    if not isinstance(scenario.population, Synthetic) and scenario.population.resample:
        weight = problem_draws(
            population.weight, population.problems, Streams(scenario.seed), draws=1
        )
        population = replace(population, weight=weight[0])
    return population


def as_sold(scenario: Scenario, whole: Population) -> Population:
    """The models that providers sell, shifted ones among them."""
    population = whole
    for provider in scenario.providers:
        for name, model in provider.sold.items():
            if name not in population.models:
                population = with_shifted(population, model, name, provider.solve_shift)
    if population.models == scenario.models:
        return population
    return population.select(scenario.models)


def as_listed(scenario: Scenario, whole: Population) -> Population:
    """The models that providers sell, at the scenario's list prices.

    Raises
    ------
    ScenarioError
        No budget pays an attempt of one.
    """
    population = as_sold(scenario, at_list_prices(whole, scenario))
    highest = scenario.population.budget.high
    try:
        if highest is not None:
            require_affordable(population, highest)
    except DataError as error:
        raise ScenarioError(f"population.budget.high: {error}") from error
    return population


def read_or_drawn(scenario: Scenario) -> Population:
    """Problems and models as the source has them, at its prices.

    Raises
    ------
    ScenarioError
        The source cannot be read, or lacks a model that the scenario needs.
    """
    source, models = scenario.population, scenario.recorded_models
    try:
        if isinstance(source, Records):
            folder = as_records(Path(source.folder))
            _require_models(scenario, list(record_files(folder)))
            # runs draw attempts from solve probabilities, which few attempts leave in doubt
            recorded = read_records(folder, models, Reading(source.solved_at))
            return estimated(recorded, source.estimator)
        if isinstance(source, Calibrated):
            population = read_pack(source.pack).population
        else:
            population = _draw(source, Streams(scenario.seed))
        _require_models(scenario, population.models)
        return population.select(models)
    except DataError as error:
        key = {"calibrated": ".pack", "records": ".folder", "synthetic": ""}[source.source]
        raise ScenarioError(f"population{key}: {error}") from error


def _draw(source: Synthetic, streams: Streams) -> Population:
    return synthetic(
        {model.name: model.ability for model in source.models},
        {model.name: model.cost for model in source.models},
        problems=source.problems,
        heterogeneity=source.heterogeneity,
        unsolvable=source.unsolvable,
        rng={
            **{m.name: streams.generator("population", m.name) for m in source.models},
            "problems": streams.generator("population", ""),
        },
    )


def _require_models(scenario: Scenario, known: Sequence[str]) -> None:
    added = [model.name for model in scenario.added_models]
    problems = [
        f"{dotted(('providers', provider.name, 'models'))}: the population has no prices for "
        f"{model!r}; {nearest(model, [*known, *(name for name in added if name not in known)])}"
        for provider in scenario.providers
        for model in provider.models
        if model not in known and model not in added
    ]
    problems += unknown_names(scenario.added_models, known)
    if problems:
        raise ScenarioError("\n".join(problems))
