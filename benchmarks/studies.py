"""Measurements of sweeps: ``python -m benchmarks.studies [NAME …]``; all of them if none is named.

Ratios count; seconds are this machine's today.
"""

import filecmp
import logging
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import market
from market.foundation.code_version import code_digest
from market.studies.executors import Executor, open_executor
from market.studies.run_task import Task
from market.studies.study_folder import StudyFolder

COUNT = "arbitrageurs.routers.count"
SHORT = ["ticks=2", "consumers.teams.size=50", "population.problems=30", "quality_tiers.count=3"]


def main() -> None:
    """Print the measurements that are named on the command line, or all."""
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"== {name.replace('_', ' ')}")
        MEASUREMENTS[name]()


def command(*arguments: str) -> list[str]:
    """A command line of this program, for a process of its own."""
    return [sys.executable, "-m", "market.cli", "sweep", *arguments]


def quietly(*arguments: str) -> None:
    """Run a sweep to its end."""
    subprocess.run(command(*arguments), check=True, stdout=subprocess.DEVNULL)


def claim() -> None:
    """The shipped sweep of 0 to 6 arbitrageurs, and whether every interval excludes 0."""
    study = market.sweep("swebench")
    wide = study.summary().pivot(index=COUNT, columns="measure", values="mean")
    signs = {
        "price_index": -1,
        "revenue_per_query": -1,
        "segmentation": -1,
        "small_provider_share": 1,
    }
    print(wide[list(signs)].to_string(float_format="{:.4f}".format))
    differences = study.differences()
    for name, sign in signs.items():
        rows = differences[differences["measure"] == name]
        clear = (rows["high"] < 0) if sign < 0 else (rows["low"] > 0)
        listed = ", ".join(
            f"{count}: {d:+.4f} ({low:+.4f}, {high:+.4f})"
            for count, d, low, high in zip(
                rows[COUNT], rows["difference"], rows["low"], rows["high"], strict=True
            )
        )
        print(f"{name}: {'all clear of 0' if clear.all() else 'NOT all clear of 0'}; {listed}")


def two_cores() -> None:
    """Time of the same runs by one process over that by two, in turn; the best of each counts.

    Only what the machine has free can be gained: the load is printed too.
    """
    spec = market.load("swebench")

    def seconds(executor: Executor, runs: int = 12) -> float:
        tasks = [
            Task(str(i), spec.model_copy(update={"seed": i}), code_digest(), tables=True)
            for i in range(runs)
        ]
        start = time.perf_counter()
        for _ in executor.run_all(tasks):
            pass
        return time.perf_counter() - start

    with open_executor(jobs=1) as one, open_executor(jobs=2) as two:
        seconds(two, 4)  # so that workers have started
        rounds = [(seconds(one), seconds(two), os.getloadavg()[0]) for _ in range(5)]
    listed = ", ".join(f"{a:.1f} / {b:.1f} s at load {load:.1f}" for a, b, load in rounds)
    best = min(a for a, _, _ in rounds) / min(b for _, b, _ in rounds)
    print(f"two are {best:.2f} times as fast as one; rounds: {listed}")


def cluster() -> None:
    """The same runs by a local Dask cluster of two processes over one process, in turn.

    In a last round one of the workers is killed in the middle.
    """
    from distributed import LocalCluster

    spec, runs = market.load("swebench"), 12
    tasks = [
        Task(str(i), spec.model_copy(update={"seed": i}), code_digest(), tables=True)
        for i in range(runs)
    ]

    def seconds(executor: Executor, at: int | None = None) -> float:
        start = time.perf_counter()
        for done, run in enumerate(executor.run_all(tasks)):
            assert run.error is None, run.error
            if done == at:
                process = next(iter(there.workers.values())).process.process
                os.kill(process.pid, signal.SIGKILL)
        return time.perf_counter() - start

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as there,
        open_executor(jobs=1) as one,
        open_executor(dask=there.scheduler_address) as two,
    ):
        seconds(one)
        seconds(two)  # so that workers have started
        rounds = [(seconds(one), seconds(two), os.getloadavg()[0]) for _ in range(3)]
        lost = seconds(two, at=3)
    listed = ", ".join(f"{a:.1f} / {b:.1f} s at load {load:.1f}" for a, b, load in rounds)
    best = min(a for a, _, _ in rounds) / min(b for _, b, _ in rounds)
    print(f"two processes of Dask are {best:.2f} times as fast as one of ours; rounds: {listed}")
    print(f"all {runs} runs ended though a worker was killed, in {lost:.1f} s")


def killed_and_resumed(times: int = 20) -> None:
    """Kill -9 a sweep at random moments, again and again; go on; hold it against a quiet one."""
    options = [
        *("synthetic", "--replicates", "60", "--vary", f"{COUNT}=0:2", "--jobs", "2"),
        *(word for item in SHORT for word in ("--set", item)),
    ]
    rng = random.Random(1)
    with TemporaryDirectory() as name:
        quiet, hit = Path(name) / "quiet", Path(name) / "hit"
        start = time.perf_counter()
        quietly(*options, "--out", str(quiet))
        length = time.perf_counter() - start
        torn = same = kills = rounds = 0
        while kills < times:
            rounds += 1
            shutil.rmtree(hit, ignore_errors=True)
            for _ in range(2):  # twice in the same study
                process = subprocess.Popen(
                    command(*options, "--out", str(hit)), stdout=subprocess.DEVNULL
                )
                time.sleep(rng.uniform(0.3, 1.0) * length)
                if process.poll() is None:
                    os.kill(process.pid, signal.SIGKILL)
                    kills += 1
                process.wait()
                torn += unreadable(hit)
            quietly(*options, "--out", str(hit))
            same += equal(quiet, hit)
        print(f"{kills} kills, {same} of {rounds} studies equal, {torn} torn files")


def unreadable(folder: Path) -> int:
    """How many files of a study do not read; drafts are not files of it."""
    if not StudyFolder(folder).begun:
        return 0
    market.Study.read(folder).summary()
    bad = 0
    for file in folder.rglob("*.parquet"):
        if not any(part.startswith(".") for part in file.relative_to(folder).parts):
            try:
                pd.read_parquet(file)
            except (OSError, ValueError):
                bad += 1
    return bad


def equal(a: Path, b: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    listed = [sorted(f.relative_to(x) for f in x.rglob("*") if f.is_file()) for x in (a, b)]
    return listed[0] == listed[1] and all(
        filecmp.cmp(a / file, b / file, shallow=False) for file in listed[0]
    )


def common_random_numbers() -> None:
    """Variance of the paired difference over that of the unpaired, for one arbitrageur more."""
    outcomes = market.sweep("swebench", {COUNT: [0, 1, 2, 3]}, replicates=20).outcomes
    for name in ("price_index", "revenue_per_query", "segmentation", "welfare"):
        wide = outcomes.pivot(index="replicate", columns=COUNT, values=name)
        ratios = [
            wide[n + 1].sub(wide[n]).var() / (wide[n + 1].var() + wide[n].var()) for n in range(3)
        ]
        listed = ", ".join(f"{n} to {n + 1}: {ratio:.3f}" for n, ratio in enumerate(ratios))
        print(f"{name}: {listed}")


def ten_thousand_runs() -> None:
    """Memory, reading while it goes on, and the time of the summary."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "study"
        options = [word for item in SHORT for word in ("--set", item)]
        process = subprocess.Popen(
            command(
                *("synthetic", "--vary", f"{COUNT}=0:1", "--replicates", "50", *options),
                *("--vary", "consumers.teams.price_sensitivity=1:20:100"),
                *("--keep", "summary", "--out", str(folder)),
            ),
            stdout=subprocess.DEVNULL,
        )
        start, seen = time.perf_counter(), []
        while process.poll() is None:
            time.sleep(10)
            if StudyFolder(folder).begun and process.poll() is None:
                before = time.perf_counter()
                done = market.Study.read(folder).counts["done"]
                took = time.perf_counter() - before
                seen.append((done, megabytes(process.pid)))
                print(f"  {done} runs done: {seen[-1][1]:.0f} MB, read in {took:.1f} s", flush=True)
        print(f"ended with {process.returncode} after {time.perf_counter() - start:.0f} s")
        before = time.perf_counter()
        study = market.Study.read(folder)
        rows = len(study.summary())
        took = time.perf_counter() - before
        print(f"{study.counts}; read, and summary of {rows} rows: {took:.1f} s")
        files = sum(1 for file in folder.rglob("*") if file.is_file())
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"{files} files, {size / 2**20:.1f} MB on disk")
        after = [use for done, use in seen if done > 500]
        print(f"memory after 500 runs: {min(after):.0f} to {max(after):.0f} MB")


def megabytes(process: int) -> float:
    """Resident memory of a process, by the kernel's account (Linux)."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def ishigami() -> None:
    """Sobol indices of a function whose indices are known, against their intervals."""
    from market.studies.sensitivity import Ranges, indices, sample

    ranges = Ranges(("x1", "x2", "x3"), np.full(3, -np.pi), np.full(3, np.pi))
    points = sample("sobol", ranges, 1024, seed=1)
    x1, x2, x3 = points.T
    outcomes = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    known = {"S1": (0.3139, 0.4424, 0.0), "ST": (0.5576, 0.4424, 0.2437)}
    for index in indices("sobol", ranges, points, outcomes):
        if index.name in known:
            truth = known[index.name][ranges.names.index(index.parameter)]
            verdict = "inside" if index.low <= truth <= index.high else "OUTSIDE"
            print(
                f"{index.name} of {index.parameter}: {index.value:.3f} "
                f"({index.low:.3f}, {index.high:.3f}), known {truth:.4f}: {verdict}"
            )


MEASUREMENTS: dict[str, Callable[[], None]] = {
    work.__name__: work
    for work in (
        claim,
        two_cores,
        cluster,
        killed_and_resumed,
        common_random_numbers,
        ten_thousand_runs,
        ishigami,
    )
}

if __name__ == "__main__":
    main()
