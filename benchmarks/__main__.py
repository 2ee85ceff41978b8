"""All measurements: ``python -m benchmarks``. Ratios count; seconds are this machine's today."""

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import market
from benchmarks.plain_mesa import PlainMarket
from market.model import MarketModel
from market.scenario import Scenario
from market.streams import Streams


def main() -> None:
    """Print every measurement."""
    against_a_plain_model()
    against_bare_draws()
    linear_in("queries per tick", "consumers.teams.queries_per_tick", [1.0, 10.0, 100.0])
    linear_in("buyers", "consumers.teams.size", [10_000, 100_000, 1_000_000])
    memory_of_a_million_buyers()


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Median wall time of several runs, after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def stepped(spec: Scenario, ticks: int = 10) -> MarketModel:
    """A market past its price war."""
    model = MarketModel(spec)
    for _ in range(ticks):
        model.step()
    return model


def served(model: MarketModel) -> float:
    """Queries served in the last tick."""
    return float(model.recorder.last.served.sum())


def against_a_plain_model() -> None:
    """Settled queries per second, in whole ticks of the default scenario, against the peer."""
    model = stepped(market.load("swebench"))
    plain = PlainMarket(model)
    ours, theirs = [], []
    for _ in range(5):  # in turn, so that a slow spell of the machine hits both
        ours.append(served(model) / median_seconds(model.step, runs=9))
        start = time.perf_counter()
        plain.step()
        theirs.append(sum(plain.served) / (time.perf_counter() - start))
    ratios = np.array(ours) / np.array(theirs)
    print(
        f"settled queries per second: ours {np.median(ours):,.0f}, "
        f"plain per-agent Mesa model {np.median(theirs):,.0f}; "
        f"ratio {np.median(ratios):.0f} ({ratios.min():.0f} to {ratios.max():.0f})"
    )
    tick = model.recorder.last
    print(
        "  the same market: ours over theirs, queries served "
        f"{served(model) / sum(plain.served):.3f}, solved "
        f"{tick.solved.sum() / sum(plain.solved):.3f}, paid {tick.paid.sum() / sum(plain.paid):.3f}, "
        f"attempts {tick.attempts.sum() / sum(plain.attempts):.3f}"
    )


def against_bare_draws() -> None:
    """Whole ticks against only drawing the random numbers that they need."""
    for per_tick in (10_000, 100_000, 1_000_000):
        spec = market.load("swebench", set={"consumers.teams.queries_per_tick": per_tick / 10_000})
        model = stepped(spec)
        models, buyers = len(model.roster.models), model.segments[0].size
        rng = Streams(1).generator("benchmark")

        def draw(rng=rng, per_tick=per_tick, models=models, buyers=buyers) -> None:
            rng.poisson(per_tick / buyers, buyers)
            rng.random(per_tick)  # problem
            rng.random(per_tick)  # lot
            rng.standard_exponential((models, per_tick))

        pairs = [(median_seconds(model.step, 3), median_seconds(draw, 3)) for _ in range(5)]
        ratios = np.array([tick / bare for tick, bare in pairs])
        print(
            f"a tick of {per_tick:,} queries takes {np.median(ratios):.1f} times "
            f"({ratios.min():.1f} to {ratios.max():.1f}) the bare drawing of its random numbers"
        )


def linear_in(what: str, path: str, values: list[float]) -> None:
    """Time per unit at growing sizes, relative to the middle one."""
    seconds = []
    for value in values:
        model = stepped(market.load("swebench", set={path: value}), ticks=8)
        seconds.append(median_seconds(model.step, runs=5) / value)
    relative = np.array(seconds) / seconds[1]
    listed = ", ".join(f"{v:,.0f}: {r:.2f}" for v, r in zip(values, relative, strict=True))
    print(f"time per unit by {what}, the middle one = 1: {listed}")


MILLION = """
import market, resource
from market.model import MarketModel
model = MarketModel(market.load("swebench", set={"consumers.teams.size": 1_000_000}))
for _ in range(3):
    model.step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory_of_a_million_buyers() -> None:
    """Peak memory of a process with a million buyers and as many queries per tick."""
    found = subprocess.run(
        [sys.executable, "-c", MILLION], capture_output=True, text=True, check=True
    )
    kilobytes = int(found.stdout) / (1024 if sys.platform == "darwin" else 1)
    print(f"a million buyers: {kilobytes / 1024**2:.2f} GiB at the peak")


if __name__ == "__main__":
    main()
