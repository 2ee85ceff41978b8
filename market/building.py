"""From a scenario to its population: read or drawn, for the models that are sold."""

from collections.abc import Sequence
from pathlib import Path

from market.curves import require_affordable
from market.errors import DataError, ScenarioError
from market.packs import read_pack
from market.parts import nearest
from market.population import Population, synthetic
from market.records import read_records
from market.scenario import Calibrated, Records, Scenario, Synthetic, dotted
from market.streams import Streams


def build_population(scenario: Scenario) -> Population:
    """Read or draw the problems of a scenario, for the models that its providers sell.

    Raises
    ------
    ScenarioError
        The source cannot be read, or a provider sells a model that it has no prices for, or that
        no budget pays an attempt of.
    """
    population = _read(scenario)
    try:
        require_affordable(population, scenario.population.budget.high)
    except DataError as error:
        raise ScenarioError(f"population.budget.high: {error}") from error
    return population


def _read(scenario: Scenario) -> Population:
    source, models = scenario.population, scenario.models
    try:
        if isinstance(source, Records):
            present = sorted(path.stem for path in Path(source.folder).glob("*.jsonl"))
            if present:  # else the reader says what is amiss
                _require_models(scenario, present)
            return read_records(source.folder, models)
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


def _require_models(scenario: Scenario, present: Sequence[str]) -> None:
    problems = [
        f"{dotted(('providers', provider.name, 'models'))}: the population has no prices for "
        f"{model!r}; {nearest(model, list(present))}"
        for provider in scenario.providers
        for model in provider.models
        if model not in present
    ]
    if problems:
        raise ScenarioError("\n".join(problems))
