"""The search for cascades: what it loses against trying everything, and how its time grows.

Everything is tried on populations so small that it can be: each model put at each place of each
cascade of the others, at all budgets, which are just the policies that the search chooses among.
Times are processor seconds, which hardly change with what else the machine does.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.cascade_space import CascadeSpace
from market.frontier.frontier import solve_frontier
from market.frontier.grid_cascade import GridCascade, Placement
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.policy_families import Families
from market.frontier.sampled_rows import ERROR
from market.population.item_response import synthetic
from market.population.population import Population

BUDGETS = {2: 24, 3: 9, 4: 5}  # by number of models: all cascades over so many can be tried
SEEDS = 6
_AT_ONCE = 64  # placements
RATES = np.concatenate((np.arange(1, 33) / 33, 1 - np.geomspace(1e-4, 0.02, 8)[::-1], [1.0]))


def frontier() -> None:
    """Loss, then time."""
    loss_against_everything()
    loss_of_a_sample()
    time_by_models()
    time_by_problems()
    time_of_large_markets()


def items(models: int, problems: int, seed: int = 1, **how: float) -> Population:
    """Models of rising ability and cost, by item response."""
    streams = Streams(seed)
    names = [f"m{m:02d}" for m in range(models)]
    rng = {name: streams.generator("frontier", name) for name in (*names, "problems")}
    ability = np.linspace(-1.5, 1.0, models).tolist()
    spread = how.pop("spread", 50.0)
    cost = (0.002 * spread ** np.linspace(0, 1, models)).tolist()
    return synthetic(
        dict(zip(names, ability, strict=True)),
        dict(zip(names, cost, strict=True)),
        problems=problems,
        rng=rng,
        **{"heterogeneity": 1.0, "unsolvable": 0.1, **how},
    )


def crossing(models: int, seed: int) -> Population:
    """What is easy for one model is hard for the others, at about one cost."""
    rng = np.random.default_rng(seed)
    kind = np.arange(8) % models
    prob = np.where(kind[:, None] == np.arange(models), 0.6, 0.03) * rng.uniform(0.5, 1.5, (8, 1))
    return _population(prob, 0.01 * rng.uniform(0.8, 1.25, (8, models)))


def sure(models: int, seed: int) -> Population:
    """A model solves a problem surely or never: what to buy is a question of covering."""
    rng = np.random.default_rng(seed)
    solves = rng.random((8, models)) < 0.45
    return _population(np.where(solves, 1.0, 0.0), np.exp(rng.normal(0, 1, (8, models))))


def anything(models: int, seed: int) -> Population:
    """Solve probabilities and costs that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return _population(rng.random((6, models)) ** 3, np.exp(rng.normal(0, 1.5, (6, models))))


def _population(prob: FloatArray, cost: FloatArray) -> Population:
    names = tuple(f"m{m}" for m in range(prob.shape[1]))
    return Population(names, np.full(len(prob), 1 / len(prob)), prob, cost)


STRUCTURES: dict[str, Callable[[int, int], Population]] = {
    "item response": lambda m, s: items(m, 20, s),
    "half of the problems unsolvable": lambda m, s: items(m, 20, s, unsolvable=0.5),
    "almost the same model": lambda m, s: items(m, 20, s, heterogeneity=0.02, spread=1.02),
    "costs spread over 1000 times": lambda m, s: items(m, 20, s, spread=1000.0),
    "each good at its own problems": crossing,
    "solved surely or never": sure,
    "anything": anything,
}


@dataclass(frozen=True)
class Loss:
    """What the search's policies cost over the cheapest there are, less 1, by case and rate.

    Attributes
    ----------
    listed, moved
        [cases, G] of the full search, at list prices and at drawn ones; NaN out of reach.
    quick
        [cases, G] of the search for given rates alone, at drawn prices.
    """

    listed: FloatArray
    moved: FloatArray
    quick: FloatArray


def loss_against_everything() -> None:
    """Loss by structure and number of models, at list prices and at drawn ones."""
    print("loss of the search against all cascades; mean, worst, share of rates over 1% and 5%")
    pooled: dict[str, list[FloatArray]] = {}
    for name, draw in STRUCTURES.items():
        for models in BUDGETS:
            found = loss(draw, models)
            kinds = {"list": found.listed, "drawn": found.moved, "drawn, quick": found.quick}
            told = "; ".join(f"{kind} {_told(values)}" for kind, values in kinds.items())
            print(f"  {name}, {models} models: {told}", flush=True)
            for kind, values in kinds.items():
                pooled.setdefault(kind, []).append(values)
    for kind, every in pooled.items():
        print(f"  all together, {kind} prices: {_told(np.concatenate(every))}")


def _told(values: FloatArray) -> str:
    known = values[np.isfinite(values)]
    over = [float((known > limit).mean()) for limit in (0.01, 0.05)]
    return f"{known.mean():.3%}, {known.max():.2%}, {over[0]:.1%}, {over[1]:.1%}"


def loss_of_a_sample(models: int = 5, problems: int = 16_000) -> None:
    """What a search on a sample of the problems loses against one on all, by the sample's error."""
    tables = build_tables(items(models, problems))
    listed = np.ones(models)
    every = PolicyCloud(tables, keeps=False, error=1e-9)  # no sample is large enough
    quality = every.max_solve_rate(listed) * RATES
    least = solve_frontier(tables, quality, cloud=every).spend
    for error in (0.04, 0.02, ERROR):
        cloud = PolicyCloud(tables, keeps=False, error=error)
        more = solve_frontier(tables, quality, cloud=cloud).spend / least - 1
        print(
            f"loss of a search on {len(cloud.sample.weight):,} of {problems:,} problems of "
            f"{models} models (error {error:.0%}): {_told(more)}",
            flush=True,
        )


def loss(draw: Callable[[int, int], Population], models: int) -> Loss:
    """Loss over `SEEDS` populations of one structure."""
    rows: list[list[FloatArray]] = []
    for seed in range(SEEDS):
        population = draw(models, seed)
        tables = _coarse_tables(population, BUDGETS[models])
        cloud = PolicyCloud(tables, keeps=False)
        drawn = np.exp(np.random.default_rng(seed).uniform(np.log(0.5), np.log(2), models))
        listed = np.ones(models)
        quality = cloud.max_solve_rate(listed) * RATES
        every = list(every_placement(tables))
        row = []
        for price, quick in ((listed, False), (drawn, False), (drawn, True)):
            cheapest = cheapest_of(every, quality, price)
            spend = solve_frontier(tables, quality, price, cloud=cloud, quick=quick).spend
            reached = np.isfinite(spend) & (cheapest > 0)
            row.append(np.where(reached, spend / np.where(reached, cheapest, 1.0) - 1, np.nan))
        rows.append(row)
    return Loss(*(np.array(column) for column in zip(*rows, strict=True)))


def cheapest_of(
    placements: Sequence[Placement], quality: FloatArray, price: FloatArray
) -> FloatArray:
    """[G] least spend of any policy; a few at a time, so that rates keep their last digits."""
    least = np.full(len(quality), np.inf)
    for first in range(0, len(placements), _AT_ONCE):
        families = Families(placements[first : first + _AT_ONCE], quality)
        least = np.minimum(least, families.least(price)[0])
    return least


def _coarse_tables(population: Population, budgets: int) -> CurveTables:
    """Curves at a few budgets of each model, even in its own data's grid."""
    grid = build_tables(population).budget
    rows = []
    for row in grid:
        own = np.unique(row)
        at = np.linspace(0, len(own) - 1, budgets + 1).round().astype(np.int64)
        rows.append(own[at])
    return build_tables(population, np.stack(rows))


def every_placement(tables: CurveTables) -> Iterator[Placement]:
    """Each model put into each cascade of the others."""
    space = CascadeSpace(tables)
    for model in range(len(tables.models)):
        for rest in _cascades(tables, model):
            yield space.place(rest, model)


def _cascades(tables: CurveTables, without: int) -> Iterator[GridCascade]:
    """All cascades on the grid that leave one model out."""
    budgets = range(1, tables.budget.shape[1])
    others = [m for m in range(len(tables.models)) if m != without]
    for count in range(len(others) + 1):
        for chosen in combinations(others, count):
            for order in permutations(chosen):
                for at in product(budgets, repeat=count):
                    yield tuple(zip(order, at, strict=True))


def time_by_models(
    counts: tuple[int, ...] = (2, 4, 8, 12, 20, 35, 70), problems: int = 500
) -> None:
    """Processor seconds of a search by the number of models, and the power it grows with."""
    _print_growth("models", f"{problems} problems", counts, lambda m: items(m, problems))


def time_by_problems(
    counts: tuple[int, ...] = (100, 1_000, 10_000, 100_000), models: int = 4
) -> None:
    """Processor seconds of a search by the number of problems, and the power it grows with."""
    _print_growth("problems", f"{models} models", counts, lambda n: items(models, n))


def time_of_large_markets(
    sizes: tuple[tuple[int, int], ...] = ((12, 500), (70, 2_000), (11, 36_000)),
) -> None:
    """Seconds of the clock and of the processor, with as many threads as there are cores."""
    for models, problems in sizes:
        population = items(models, problems)
        start = time.perf_counter()
        spent = seconds_of_a_frontier(population)
        took = time.perf_counter() - start
        print(
            f"frontier of {models} models, {problems:,} problems: {took:.1f} s, "
            f"{spent:.1f} s of processors",
            flush=True,
        )


def _print_growth(
    what: str, beside: str, counts: tuple[int, ...], draw: Callable[[int], Population]
) -> None:
    took = []
    for count in counts:
        took.append(seconds_of_a_frontier(draw(count)))
        power = ""
        if len(took) > 1:
            step = np.log(counts[len(took) - 1] / counts[len(took) - 2])
            power = f", power {np.log(took[-1] / took[-2]) / step:.2f}"
        print(f"frontier of {count:,} {what}, {beside}: {took[-1]:.2f} s{power}", flush=True)


def seconds_of_a_frontier(population: Population) -> float:
    """Processor seconds for curves, search and 64 solve rates; a frontier is not recalled."""
    start = time.process_time()
    tables = build_tables(population)
    cloud = PolicyCloud(tables, keeps=False)
    highest = cloud.max_solve_rate(np.ones(len(tables.models)))
    solve_frontier(tables, highest * np.arange(1, 65) / 64, cloud=cloud)
    return time.process_time() - start


if __name__ == "__main__":
    frontier()
