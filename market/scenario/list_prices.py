"""A population at the list prices that a scenario sets."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError, MarketWarning, ScenarioError, quoted_name
from market.foundation.formats import read_json
from market.importers.cached import as_records, as_repriced
from market.importers.reprice import Repricing, WaysOut
from market.importers.token_prices import OWN, TODAYS, OwnRates, PublicPrices, TokenPrice
from market.population.population import Population
from market.population.record_files import PROVENANCE
from market.population.records import Reading, read_records
from market.scenario.population_source import Records
from market.scenario.prices import Prices
from market.scenario.schema import Scenario

_COSTS = "list_cost", "failed_cost", "solved_cost"


def at_list_prices(population: Population, scenario: Scenario) -> Population:
    """The same problems and models, at the scenario's list prices.

    A factor moves all of a model's costs alike. By tokens every recorded attempt is priced anew, so
    that the costs of some problems may move more than those of others.

    Parameters
    ----------
    population
        As the scenario's source has it.
    scenario
        Its `prices` name models of the population.

    Raises
    ------
    ScenarioError
        A model has no tokens, or no public price, by its path in the scenario.
    """
    prices, source = scenario.prices, scenario.population
    if prices is None:
        return population
    changed = {name: _costs(population, name).copy() for name in _COSTS}
    if isinstance(source, Records) and any(prices.by_tokens()):
        models = _priced_by_tokens(prices, scenario)
        try:
            anew = _reprice(scenario, source, prices, models)
        except DataError as error:
            raise ScenarioError(f"prices: {error}") from error
        columns = [population.index(model) for model in models]
        for name, values in changed.items():
            values[:, columns] = np.repeat(_costs(anew, name), population.strata or 1, axis=0)
        population = replace(population, unseen=max(population.unseen, anew.unseen))
    for model, price in prices.models.items():
        if price.factor is not None:
            for values in changed.values():
                values[:, population.index(model)] *= price.factor
    return _with_costs(population, changed)


def with_costs_of(population: Population, listed: Population) -> Population:
    """A population, the costs of some of its models as another has them.

    Parameters
    ----------
    population, listed
        The same problems; the first has all models of the second.
    """
    changed = {name: _costs(population, name).copy() for name in _COSTS}
    columns = [population.index(model) for model in listed.models]
    for name, values in changed.items():
        values[:, columns] = _costs(listed, name)
    return replace(_with_costs(population, changed), unseen=listed.unseen)


def cost_basis(before: Population, after: Population, weight: FloatArray) -> FloatArray:
    """[M] the list cost of a mean attempt at the source's prices, over that at the scenario's.

    A provider's marginal cost is a share of the former; of the latter it is that share times this.
    Of a factor f it is 1/f, at every problem. By tokens the ratio differs from problem to problem,
    with their mix of input and output, and this is its mean, each problem by what its attempts
    cost: marginal cost is exact where all problems are attempted alike, and off by as much as the
    ratio at the problems that are attempted differs from that mean.

    Parameters
    ----------
    before, after
        The same problems and models.
    weight
        [n] of the problems in demand.
    """
    basis: FloatArray = (weight @ before.list_cost) / (weight @ after.list_cost)
    return basis


def _with_costs(population: Population, costs: dict[str, FloatArray]) -> Population:
    """The same at other costs; failed and successful attempts are told apart where they differ."""
    apart = population.failed_cost is not None or any(
        not np.array_equal(costs[name], costs["list_cost"]) for name in _COSTS
    )
    kept: dict[str, Any] = costs if apart else {"list_cost": costs["list_cost"]}
    return replace(population, **kept)


def _costs(population: Population, name: str) -> FloatArray:
    values = getattr(population, name)
    costs: FloatArray = population.list_cost if values is None else values
    return costs


def _priced_by_tokens(prices: Prices, scenario: Scenario) -> list[str]:
    """Models on sale whose list price is one of tokens; what an added one costs is stated."""
    given = {m: price.factor is None for m, price in prices.models.items()}
    sold = dict.fromkeys(scenario.weights_of.values())
    recorded = [m for m in sold if m in scenario.recorded_models]
    return [m for m in recorded if given.get(m, prices.date is not None)]


def _reprice(
    scenario: Scenario, source: Records, prices: Prices, models: Sequence[str]
) -> Population:
    """The same problems, where some models' tokens have other prices."""
    own = {}
    for model in models:
        if model in prices.models:
            price = prices.models[model]
            plain, out = price.input, price.output
            assert plain is not None
            assert out is not None
            cached = plain if price.cached is None else price.cached
            own[model] = TokenPrice(plain, out, cached, plain, OWN, model)
    names = {model: name for model, name in prices.names.items() if model not in own}
    wanted = Repricing(
        models=frozenset(models),
        prices=OwnRates(own, PublicPrices()),
        date=prices.date,
        names=names,
        ways_out=WaysOut(
            no_tokens="set prices.models.{model}.factor, or import the source anew",
            unknown="say which it is with prices.names.{model} = 'NAME', or give "
            "prices.models.{model} = {{ input = USD, output = USD }}, or its factor",
        ),
    )
    folder = as_repriced(
        as_records(Path(source.folder)), wanted, [prices.model_dump(), sorted(models)]
    )
    if prices.date is not None:
        _tell_undated(prices.date, folder)
    with warnings.catch_warnings():  # said when the records themselves were read
        warnings.simplefilter("ignore", MarketWarning)
        # problems are those that all of the scenario's models share
        anew = read_records(folder, scenario.recorded_models, Reading(source.solved_at))
    return anew.select(models)


def _tell_undated(date: str, folder: Path) -> None:
    """Say which models' prices are not of the date."""
    about = read_json(folder / PROVENANCE, DataError)
    undated = [
        quoted_name(model)
        for model, found in about["prices"]["models"].items()
        if any(entry["price"]["basis"] == TODAYS for entry in found)
    ]
    if undated:
        text = (
            f"prices.date {date}: {about['prices']['list']} has no dates for "
            f"{', '.join(undated)}; taken at its latest price"
        )
        warnings.warn(text, MarketWarning, stacklevel=2)
