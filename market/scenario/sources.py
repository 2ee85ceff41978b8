"""What a population can be read from: records, a pack, or a scenario."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError, ScenarioError
from market.foundation.formats import MANIFEST, RUN, read_json
from market.foundation.text_files import file_is_there
from market.frontier.attempt_costs import Remainder
from market.frontier.budget_grid import TOLERANCE
from market.frontier.pass_curves import Estimator
from market.frontier.verifier import Verifier
from market.importers.cached import as_records
from market.population.pack_folders import find_pack, known_packs, shipped_packs
from market.population.packs import read_pack
from market.population.population import Population
from market.population.records import Reading, read_records
from market.scenario.build import verifiers
from market.scenario.files import load, shipped_scenarios
from market.scenario.marginal_costs import mean_cost_ratio
from market.scenario.problems_on_sale import listed_population
from market.scenario.schema import Scenario, dotted
from market.scenario.workload import planned_problems
from market.strategies.market_view import ProviderView

Planned = Callable[[int, int], None]
_OF_RECORDS = "--solved-at, --merge-runs and --keep say how records are read: leave them out"


@dataclass(frozen=True)
class LoadedSource:
    """A population, and what its source says of prices, budgets and solve rates.

    Attributes
    ----------
    population
        Problems and models.
    price
        [M] price multipliers; None for list prices.
    highest
        Highest budget of one stage, list dollars; None for no limit.
    tolerance
        How far the grid of budgets may put a cost off.
    estimator
        Of a scenario, as its run has it; None for the population's own.
    remainder
        Whether what is left of a budget is spent or kept.
    quality
        [G] the scenario's quality tiers; None where the source has none.
    assumed
        By model that is assumed: a sentence on it.
    verifier, buyers
        What sellers check answers with, None for a flawless one; and what buyers do who buy
        directly, None for that of the sellers, or where segments differ.
    """

    population: Population
    price: FloatArray | None
    highest: float | None
    tolerance: float
    estimator: Estimator | None
    remainder: Remainder
    quality: FloatArray | None
    verifier: Verifier | None = None
    buyers: Verifier | None = None
    assumed: Mapping[str, str] = field(default_factory=dict)

    def alike_to(self, alike: float) -> list[str]:
        """Overrides by which all assumed models are as alike to theirs as this."""
        paths = [dotted(("added_models", model, "alike")) for model in self.assumed]
        return [f"{path}={alike:g}" for path in paths]


def read_source(
    source: str,
    models: Sequence[str] | None = None,
    overrides: Sequence[str] = (),
    max_budget: float | None = None,
    reading: Reading | None = None,
    before: Planned | None = None,
) -> LoadedSource:
    """Read records, what can be imported as such, a pack or a scenario.

    A folder with `pack.json` is a pack, one with `manifest.json` a run's result, whose scenario is
    used; any other folder or file holds records, or is
    imported to a cache. A `.toml` file or the name of a shipped scenario is a
    scenario; any other name is that of a pack, shipped or one's own.

    Parameters
    ----------
    source
        As a user names it.
    models
        Which to use; all that the source has if None.
    overrides
        `PATH=VALUE` for a scenario.
    max_budget
        Highest budget of one stage in list dollars; the source's own, if any, if None.
    reading
        How records are read, where the source is a folder of them.
    before
        Called with the number of problems and of models: before a scenario's population is made,
        and when others are read.

    Raises
    ------
    DataError, ScenarioError
        There is no such source, it cannot be read, or overrides are given without a scenario.
    """
    folder = Path(source).is_dir()
    manifest = Path(source) / MANIFEST
    if file_is_there(manifest):  # the result of a run
        RUN.require_readable(read_json(manifest), manifest)
        return _from_scenario(f"{source}/scenario.toml", models, overrides, max_budget, before)
    if not folder and (
        source.endswith(".toml")
        or Path(f"{source}.toml").is_file()
        or source in {known.name for known in shipped_scenarios()}
    ):
        return _from_scenario(source, models, overrides, max_budget, before)
    file = Path(source).is_file()
    if reading is not None and not folder and not file:
        raise DataError(f"{source}: is no folder of records; {_OF_RECORDS}")
    if overrides:
        raise ScenarioError(f"--set {overrides[0]}: {source} is not a scenario; leave out --set")
    if not folder and not file and source not in known_packs():
        scenarios = {known.name for known in shipped_scenarios()}
        raise DataError(
            f"{source}: not a folder or file that market import reads, a pack or a scenario; "
            f"scenarios: {', '.join(sorted(scenarios))}; packs: {', '.join(known_packs())}"
        )
    population = read_population(source, models, reading)
    if before is not None:
        before(population.size, len(population.models))
    return LoadedSource(population, None, max_budget, TOLERANCE, None, "spent", None)


def read_population(
    source: str | Path, models: Sequence[str] | None = None, reading: Reading | None = None
) -> Population:
    """Read a records folder or a pack (by path or by name).

    Raises
    ------
    DataError
        It is neither, or cannot be read.
    """
    folder = Path(source)
    if folder.exists() and not (folder / "pack.json").is_file() and not _is_shipped(source):
        reading = reading or Reading()
        return read_records(as_records(folder, reading.repeats), models, reading)
    if reading is not None:
        raise DataError(f"{source}: is no folder of records; {_OF_RECORDS}")
    population = read_pack(find_pack(source)).population
    return population.select(models) if models is not None else population


def _is_shipped(source: str | Path) -> bool:
    return str(source) in shipped_packs() and not Path(source).is_dir()


def _from_scenario(
    source: str,
    models: Sequence[str] | None,
    overrides: Sequence[str],
    max_budget: float | None,
    before: Planned | None,
) -> LoadedSource:
    spec = load(source, set=list(overrides))
    if before is not None:
        before(planned_problems(spec), len(spec.models if models is None else models))
    return scenario_source(spec, models, max_budget)


def scenario_source(
    spec: Scenario, models: Sequence[str] | None = None, max_budget: float | None = None
) -> LoadedSource:
    """What a scenario's providers sell at the beginning, and at what price.

    Parameters
    ----------
    spec
        The scenario; providers that it removes sell nothing.
    models, max_budget
        As for :func:`read_source`.

    Raises
    ------
    ScenarioError
        As :func:`market.scenario.problems_on_sale.listed_population`.
    """
    population, basis = listed_population(spec)
    quality = spec.quality_tiers.values()
    multiplier: dict[str, float] = {}
    for provider in spec.providers:
        if provider.name in spec.remove:
            continue
        own = [population.index(model) for model in provider.sold]
        ratio = provider.cost_ratio * basis[own]
        mean = mean_cost_ratio(ratio, population.weight @ population.list_cost[:, own])
        view = ProviderView(
            0, quality, (), cost_ratio=mean, cost_ratio_by_model=tuple(ratio.tolist())
        )
        asked = provider.pricing.multiplier(view)
        for model in provider.sold:  # of several hosts the cheapest
            multiplier[model] = min(asked, multiplier.get(model, asked))
    on_sale = [model for model in population.models if model in multiplier]
    if models is not None or len(on_sale) < len(population.models):
        population = population.select(on_sale if models is None else models)
    grid = spec.population.budget
    return LoadedSource(
        population,
        np.array([multiplier.get(model, 1.0) for model in population.models]),
        grid.high if max_budget is None else max_budget,
        grid.tolerance,
        "geometric" if population.strata is None else "beta_binomial",
        grid.remainder,
        quality,
        *_verifiers(spec, population),
        {m.name: m.in_words for m in spec.added_models if m.name in population.models},
    )


def _verifiers(spec: Scenario, population: Population) -> tuple[Verifier | None, Verifier | None]:
    verifier, own = verifiers(spec, population)
    if all(of == own[0] for of in own) and own[0] != verifier:
        return verifier, own[0] or Verifier()
    return verifier, None
