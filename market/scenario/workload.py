"""About how much time and memory runs take, before any of it is spent.

A straight line through runs that were measured (Python 3.11, one core of a server): good to a
factor of two or three, which is what it takes to tell seconds from days and megabytes from more
than a machine has. No result depends on it.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from market.foundation.errors import ScenarioError
from market.frontier.cascade_tree import MOST_NODES, tree_size
from market.scenario.interventions import largest, phases
from market.scenario.population_source import Synthetic
from market.scenario.schema import Scenario
from market.strategies.arbitrageur_pricing import ConsidersMenus
from market.strategies.learning_knowledge import Learns
from market.strategies.provider_pricing import ConsidersPrices
from market.strategies.routing import Learnable

LONGEST = 7 * 24 * 3600.0  # seconds: who means to wait longer says so
_USUAL_PROBLEMS = 500  # of records and packs, whose files are not read for this
_START, _OF_PROBLEM, _OF_TICK, _OF_SEARCH = 1.0, 1e-4, 2e-3, 0.05  # seconds
_OF_CHOICE, _OF_QUERY = 2e-7, 1e-7  # seconds of a buyer and seller, of a query
_START_MEMORY, _PROBLEM_MEMORY, _CHOICE_MEMORY = 3e8, 8e3, 80.0  # bytes
_RUN_MEMORY = 1e3  # bytes of a run that is planned
_OF_PAIR, _OF_CURVE, _OF_DRAW = 6e-3, 1.3e-4, 1e-7  # seconds of a search, of a resample
_CURVE_MEMORY, _DRAW_MEMORY = 2e4, 40.0  # bytes
_SLOPE_POINTS = 6  # prices that a slope is taken over where somebody routes
_OF_CELL, _OF_PERIOD = 0.03, 3e-8  # seconds
_OF_NUMBER = 1e-8  # seconds of a number that a router holds who learns
_TRUTH, _OF_SERVED = 10.0, 1e-5  # numbers of a cascade and problem; seconds of a query
_OF_ROUNDS = 0.7  # seconds of the rounds in which one best-replying arbitrageur quotes


@dataclass(frozen=True)
class Workload:
    """What runs take.

    Attributes
    ----------
    seconds
        From the first to the end of the last.
    memory
        Bytes at once.
    learned
        Bytes of these that routers take who learn.
    """

    seconds: float
    memory: float
    learned: float = 0.0

    def __str__(self) -> str:
        """In words, such as "about 40 GB and 3 hours"."""
        return f"about {_bytes(self.memory)} and {_time(self.seconds)}"


def workload(scenario: Scenario, runs: int = 1, jobs: int = 1) -> Workload:
    """Estimate what runs of a scenario take, `jobs` of them at a time."""
    buyers = sum(segment.size for segment in scenario.consumers)
    queries = sum(segment.size * segment.queries_per_tick for segment in scenario.consumers)
    models = sum(len(provider.models) for provider in scenario.providers)
    resellers = sum(group.count for group in scenario.arbitrageurs)
    searching = sum(isinstance(p.pricing, ConsidersPrices) for p in scenario.providers)
    searching += _searching_menus(scenario)
    problems = planned_problems(scenario)
    tick = _OF_TICK + _OF_SEARCH * searching
    tick += _OF_CHOICE * buyers * (models + resellers) + _OF_QUERY * queries
    learned = _learned_numbers(scenario)
    tick += _OF_NUMBER * learned
    each = _START + _OF_PROBLEM * problems * models + scenario.ticks * tick
    memory = _START_MEMORY + _PROBLEM_MEMORY * problems * models + 8.0 * learned
    memory += _CHOICE_MEMORY * buyers * (models + resellers)
    at_once = min(jobs, runs)
    return Workload(
        each * runs / at_once, memory * at_once + _RUN_MEMORY * runs, 8.0 * learned * at_once
    )


def _learned_numbers(scenario: Scenario) -> float:
    """How many numbers those hold who learn, as many of them as there ever are."""
    if not any(isinstance(group.knowledge, Learns) for group in scenario.arbitrageurs):
        return 0.0
    models, found = len(scenario.models), 0.0
    for group in largest(phases(scenario)).arbitrageurs:
        knowledge, routing = group.knowledge, group.routing
        if isinstance(knowledge, Learns) and isinstance(routing, Learnable):
            most = routing.most_stages
            stages = knowledge.stages if most is None else min(knowledge.stages, most)
            nodes = min(tree_size(models, stages, knowledge.levels), MOST_NODES)
            found += group.count * nodes * knowledge.numbers(routing.types, models)
    return found


def one_after_another(loads: Iterable[Workload]) -> Workload:
    """What several take that do not run at the same time."""
    every = list(loads)
    largest_of = max(every, key=lambda of: of.memory, default=Workload(0.0, 0.0))
    return replace(largest_of, seconds=sum(of.seconds for of in every))


def search_workload(problems: int, models: int, folds: int = 0, draws: int = 0) -> Workload:
    """Estimate what a frontier takes, with its test on held-out problems and its resamples."""
    curves = float(problems) * models
    seconds = _START + (1 + folds) * (_OF_PAIR * models**2 + _OF_CURVE * curves)
    memory = _START_MEMORY + _CURVE_MEMORY * curves + _DRAW_MEMORY * draws * problems
    return Workload(seconds + _OF_DRAW * draws * curves, memory)


def regret_workload(
    problems: int,
    nodes: int,
    numbers: Sequence[float],
    queries: int,
    batches: int,
    streams: int,
) -> Workload:
    """Estimate what it takes routers to learn on streams of queries, one after the other.

    `numbers` are those that each rule holds for each of `nodes` of a tree of cascades.
    """
    beliefs, truth = nodes * max(numbers), _TRUTH * float(nodes) * problems
    each = sum(_OF_NUMBER * nodes * of * batches for of in numbers)
    each += len(numbers) * (_OF_NUMBER * truth + _OF_SERVED * queries)
    learned = 8.0 * (beliefs + truth)
    return Workload(_START + streams * each, _START_MEMORY + learned, learned)


def learning_workload(
    scenario: Scenario, providers: int, prices: int, periods: float, sessions: int, numbers: int
) -> Workload:
    """Estimate what it takes so many providers to learn, with `numbers` of arbitrageurs.

    `periods` are those of a session, `sessions` those of each number.
    """
    cells = float(prices) ** providers
    learning = sessions * _OF_PERIOD * providers * periods
    market = workload(scenario)
    at_once = min(os.cpu_count() or 1, sessions)
    values = 16.0 * at_once * providers * cells * prices  # bytes, of values and copies of them
    return Workload(
        market.seconds + numbers * (_of_cell(scenario) * cells + learning), market.memory + values
    )


def equilibrium_workload(
    scenario: Scenario, prices: int, resamples: int, mergers: int, numbers: int
) -> Workload:
    """Estimate what it takes to find prices at rest, with `numbers` of arbitrageurs.

    `prices` are those of each provider's grid; `mergers` are pairs, as many as there are if more,
    in every resample, too.
    """
    firms = len(scenario.providers)
    routed = any(group.count for group in scenario.arbitrageurs)
    slopes = firms * (_SLOPE_POINTS if routed else 2) + 1
    asked = 10.0 * (firms + 1) * slopes + 100.0 * firms
    asked += prices**2 if firms == 2 else 10.0 * firms * prices
    solved = (1 + resamples) * (1 + min(mergers, firms * (firms - 1) // 2))
    market, each = workload(scenario), _of_cell(scenario) if routed else _OF_CELL / 10
    seconds = numbers * solved * (_START + asked * each)
    return Workload(seconds, market.memory)


def _searching_menus(scenario: Scenario) -> int:
    """How many arbitrageurs search the best menu."""
    return sum(g.count for g in scenario.arbitrageurs if isinstance(g.pricing, ConsidersMenus))


def _of_cell(scenario: Scenario) -> float:
    """Seconds of one combination of providers' prices, arbitrageurs at rest or going round."""
    return _OF_CELL + _OF_ROUNDS * _searching_menus(scenario)


def planned_problems(scenario: Scenario) -> int:
    """How many problems a scenario asks for; of records and packs, how many are usual."""
    population = scenario.population
    return population.problems if isinstance(population, Synthetic) else _USUAL_PROBLEMS


def require_feasible(found: Workload, what: str) -> None:
    """Refuse what this machine has not the memory for, or what nobody would wait for.

    Raises
    ------
    ScenarioError
        With the estimate.
    """
    has = machine_memory()
    if has is not None and found.memory > has:
        many = "buyers, problems, values or runs"
        if found.learned > found.memory / 2:
            many = "types, stages or levels where a router learns"
        raise ScenarioError(
            f"{what}: needs {found}, and this machine has {_bytes(has)} of memory; ask for fewer "
            f"{many}, or give --any-size if the estimate is wrong"
        )
    if found.seconds > LONGEST:
        raise ScenarioError(
            f"{what}: needs {found}; ask for fewer ticks, buyers, values or runs, or give "
            "--any-size to wait for it"
        )


def require_feasible_runs(
    scenarios: Sequence[Scenario], replicates: int, jobs: int | None, dask: str | None, what: str
) -> None:
    """Refuse as :func:`require_feasible` does, where each scenario runs so many times.

    Parameters
    ----------
    scenarios
        Whose runs follow each other.
    replicates
        Runs of each.
    jobs, dask
        As for :func:`market.sweep`; what a cluster's machines have is not known.
    what
        What it is called.
    """
    at_once = 1 if dask is not None else max(jobs or os.cpu_count() or 1, 1)
    found = one_after_another(workload(spec, replicates, at_once) for spec in scenarios)
    require_feasible(found, f"{what} of {replicates * len(scenarios):,} runs")


def machine_memory() -> float | None:
    """Bytes of memory that this machine has; None where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return None


def _bytes(value: float) -> str:
    return f"{value / 1e9:,.0f} GB" if value >= 1e9 else f"{value / 1e6:,.0f} MB"


def _time(seconds: float) -> str:
    for size, unit in ((365.25 * 86400, "year"), (86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}s"
    return f"{max(seconds, 1):,.0f} seconds"
