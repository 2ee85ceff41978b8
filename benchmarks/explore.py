"""How soon the what-if page answers a moved slider: ``python -m benchmarks.explore [SCENARIO]``.

From the settings that a browser sends to the verdict and the charts as they are sent back, with the
process that makes the runs, without the browser's own drawing. Every value is asked for once only,
so that no run is kept. The page asks anew on a clock, which adds half its interval on average.
"""

import sys
import time
from collections.abc import Sequence

import numpy as np

import market
from market.explore import page
from market.explore.background_runs import Failed, Runs
from market.explore.run_process import RunProcess
from market.explore.settings import BEFORE_AFTER, WhatIf
from market.results.run_result import RunResult

MOVED = {
    "consumers.teams.price_sensitivity": (4.0, 5.5, 7.0, 8.5, 11.5, 13.0),
    "arbitrageurs.routers.count": (0, 1, 3, 4, 5, 6),
}


def main() -> None:
    """Print the seconds from a moved slider to the answer, and over a warm run."""
    scenario = sys.argv[1] if len(sys.argv) > 1 else "swebench"
    question = WhatIf(scenario)
    spec = question.before()
    market.run(spec)
    start = time.perf_counter()
    market.run(spec)
    warm = time.perf_counter() - start
    print(f"a warm run of {scenario}: {warm:.2f} s")
    apart = RunProcess()
    apart.start()
    runs = Runs(make=apart.run)
    try:
        answered(question, runs, ["seed=1001"])  # the side before is kept, as on an open page
        for path, values in MOVED.items():
            took = np.array([answered(question, runs, [f"{path}={value}"]) for value in values])
            print(
                f"{path}: {np.median(took):.2f} s ({took.min():.2f} to {took.max():.2f}) "
                f"from the move to the answer, {np.median(took) / warm:.2f} times a warm run"
            )
    finally:
        runs.close()
        apart.close()


def answered(question: WhatIf, runs: Runs, settings: Sequence[str]) -> float:
    """Seconds from the settings to what the page shows."""
    start = time.perf_counter()
    pair = question.pair(settings)
    keys = [runs.start(pair.one), runs.start(pair.other, base=pair.base)]
    while True:
        states = [runs.state(key) for key in keys]
        if isinstance(failed := states[1], Failed):
            raise RuntimeError(failed.reason)
        match states:
            case [RunResult() as before, RunResult() as after]:
                page.said(before, after, True)
                page.results(before, after, BEFORE_AFTER)
                return time.perf_counter() - start
        time.sleep(0.002)


if __name__ == "__main__":
    main()
