"""All measurements: ``python -m benchmarks``. Ratios count; seconds are this machine's today."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

import market
from benchmarks.first_answers import first_answers, runs_of_a_sweep
from benchmarks.frontier import frontier
from benchmarks.imports import importing_a_million_rows
from benchmarks.plain_mesa import PlainMarket
from benchmarks.processes import used_by
from market.foundation.arrays import FloatArray
from market.scenario.schema import Scenario
from market.simulation.model import MarketModel
from market.simulation.queries import BATCH

SELDOM = 1_000_000  # ticks between measures of expected values: none in a benchmark
CHANCE_ALONE = {"arbitrage_net_profit", "imbalance"}  # earned in all ticks before; rounding


def main() -> None:
    """Print every measurement."""
    against_a_plain_model()
    against_bare_draws()
    threads()
    linear_in("queries per tick", "consumers.teams.queries_per_tick", [1.0, 10.0, 100.0])
    linear_in("buyers", "consumers.teams.size", [10_000, 100_000, 1_000_000])
    answering_prices()
    a_large_market()
    memory_of_a_million_buyers()
    importing_a_million_rows()
    first_answers()
    runs_of_a_sweep()
    frontier()


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Shortest wall time of several runs: the one least disturbed by what else the machine does."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def in_turn(works: Sequence[Callable[[], object]], rounds: int = 5, runs: int = 5) -> FloatArray:
    """[rounds, W] shortest seconds of each work; in turn, so that a slow spell hits all alike."""
    for work in works:
        work()
    return np.array([[seconds(work, runs) for work in works] for _ in range(rounds)])


def stepped(spec: Scenario, ticks: int = 10) -> MarketModel:
    """A market past its price war."""
    model = MarketModel(spec)
    for _ in range(ticks):
        model.step()
    return model


def spread(ratios: FloatArray) -> str:
    """Median, and the range."""
    return f"{np.median(ratios):.1f} ({ratios.min():.1f} to {ratios.max():.1f})"


def against_a_plain_model(
    buyers: int = 10_000, rates: Sequence[float] = (1.0, 10.0), ticks: int = 20
) -> None:
    """Settled queries per second, in whole ticks, against the peer.

    Without measures of expected values, which the peer does not make; then with them every tick.
    """
    for rate in rates:
        sizes = {"consumers.teams.size": buyers, "consumers.teams.queries_per_tick": rate}
        whole = stepped(market.load("swebench", set=sizes))
        model = stepped(market.load("swebench", set={**sizes, "measure_every": SELDOM}))
        plain, thrifty = PlainMarket(model), PlainMarket(model, thrifty=True)
        times = in_turn([model.step, plain.step, thrifty.step, whole.step], runs=3)
        # all settle as many queries but for chance, so the ratio of times is that of speeds
        settled = (
            model.recorder.last.flow.served.sum(),
            sum(plain.served),
            sum(thrifty.served),
        )
        ours, theirs, lean = settled / np.median(times[:, :3], axis=0)
        print(f"settled queries per second, {rate:g} per buyer and tick: ours {ours:,.0f}")
        for name, speed, column in (("plain Mesa model", theirs, 1), ("thrifty one", lean, 2)):
            print(
                f"  {name} {speed:,.0f}: ratio {spread(times[:, column] / times[:, 0])}; "
                f"{spread(times[:, column] / times[:, 3])} with expected values measured every tick"
            )
        if rate == rates[0]:
            same_market(model, plain, ticks)


def same_market(model: MarketModel, plain: PlainMarket, ticks: int) -> None:
    """Ratios of means over some ticks, of every measure that both keep: they are one market."""
    kept = plain.collector.tables["market"]
    ours = []
    for _ in range(ticks):
        model.step()
        plain.step()
        ours.append(model.recorder.last.measures())
    listed = []
    for name in ours[0].keys() & kept.keys() - CHANCE_ALONE:
        one, other = np.array([tick[name] for tick in ours]), np.array(kept[name][-ticks:])
        mean = float(other.mean())
        if mean:  # a measure that nothing moves is 0 in both
            error = float(np.hypot(one.std(ddof=1), other.std(ddof=1)) / np.sqrt(ticks)) / abs(mean)
            listed.append(f"{name} {one.mean() / mean:.3f} ± {error:.3f}")
    print(f"  the same market, ours over theirs in {ticks} ticks, and its standard error:")
    print("    " + "\n    ".join(sorted(listed)))
    print(f"  the plain model's money identity is off by {kept['imbalance'][-1]:.0e}")


def against_bare_draws(sizes: Sequence[int] = (10_000, 100_000, 1_000_000)) -> None:
    """Whole ticks against only drawing the random numbers that settle them, with numpy's generator.

    Who sends queries, the problem of each, the choice in its mixture, and an effort for every
    model: what happens to a query under any policy. The tick itself draws efforts only of models
    that a query reaches.
    """
    for per_tick in sizes:
        spec = market.load("swebench", set={"consumers.teams.queries_per_tick": per_tick / 10_000})
        model = stepped(spec)
        rng, models = np.random.default_rng(1), len(model.roster.models)

        size = next(iter(model.segments)).size

        def draw(buyers=size, models=models, per_tick=per_tick, rng=rng) -> None:
            """The numbers of one tick, a batch at a time."""
            left = int(rng.poisson(per_tick / buyers, buyers).sum())
            while left > 0:
                size = min(left, BATCH)
                rng.random((2, size))
                rng.standard_exponential((models, size))
                left -= size

        for threads in (1, 2):
            os.environ["MARKET_THREADS"] = str(threads)
            times = in_turn([model.step, draw], runs=max(3, 100_000 // per_tick))
            print(
                f"a tick of {per_tick:,} queries, {threads} threads: "
                f"{spread(times[:, 0] / times[:, 1])} times the bare drawing of its random numbers"
            )
        del os.environ["MARKET_THREADS"]


def threads(rate: float = 100.0) -> None:
    """A tick of a million queries with one thread over two; of fewer at a lower rate."""
    model = stepped(market.load("swebench", set={"consumers.teams.queries_per_tick": rate}))

    def step(threads: str) -> Callable[[], None]:
        def work() -> None:
            os.environ["MARKET_THREADS"] = threads
            model.step()

        return work

    times = in_turn([step("1"), step("2")], runs=3)
    del os.environ["MARKET_THREADS"]
    ratios = spread(times[:, 0] / times[:, 1])
    print(f"{rate * 10_000:,.0f} queries: one thread takes {ratios} times two")


def linear_in(what: str, path: str, values: Sequence[float]) -> None:
    """Time of a tick at growing sizes, per unit and per unit added; flat if cost is linear.

    Per unit, small sizes look dear by what every tick costs whatever its size; the time that each
    added unit takes leaves that out, and must not grow.
    """
    models = [stepped(market.load("swebench", set={path: value}), ticks=8) for value in values]
    size = np.array(values)
    times = np.median(in_turn([model.step for model in models], runs=3), axis=0)
    unit = times / size
    added = np.diff(times) / np.diff(size)
    listed = ", ".join(f"{v:,.0f}: {u:.2f}" for v, u in zip(values, unit / unit[1], strict=True))
    print(
        f"time per unit by {what}, the middle one = 1: {listed}; "
        f"per unit added, second step over first: {added[1] / added[0]:.2f}"
    )


def answering_prices() -> None:
    """A run in which every provider best-responds every tick, against the same at list prices.

    In processes of their own, since a process remembers the frontiers that it has searched.
    """
    code = "import market; market.run(market.load({!r}))"

    def run(name: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code.format(name)], check=True)

    works = [
        run("price_response"),
        run("swebench"),
        lambda: subprocess.run(
            [sys.executable, "-c", "import market.simulation.model"], check=True
        ),
    ]
    times = in_turn(works, rounds=3, runs=1)
    bare = times[:, :2] - times[:, 2:]
    print(
        "a run of price_response takes "
        f"{spread(times[:, 0] / times[:, 1])} times the same run at list prices, "
        f"{spread(bare[:, 0] / bare[:, 1])} times without the start of the process"
    )


def a_large_market() -> None:
    """A hundred ticks of a hundred thousand buyers, five providers and five arbitrageurs."""
    spec = market.load(
        "swebench",
        set={"ticks": 100, "consumers.teams.size": 100_000, "arbitrageurs.routers.count": 5},
    )
    print(f"1e5 buyers, 5 arbitrageurs, 100 ticks: {seconds(lambda: market.run(spec), 1):.1f} s")


MILLION = """
import market
from market.simulation.model import MarketModel
model = MarketModel(market.load("swebench", set={"consumers.teams.size": 1_000_000}))
for _ in range(3):
    model.step()
"""


def memory_of_a_million_buyers() -> None:
    """Peak memory of a process with a million buyers and as many queries per tick."""
    print(f"a million buyers: {used_by(MILLION).megabytes / 1024:.2f} GiB at the peak")


if __name__ == "__main__":
    main()
