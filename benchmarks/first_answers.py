"""How soon a command answers: processor seconds of processes, over those of bare imports in turn.

Processor seconds, user and system, because they hardly change with what else the machine does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import market
from benchmarks.processes import children_seconds
from market.foundation.arrays import FloatArray
from market.foundation.code_version import code_digest
from market.studies.run_task import Task, run_task

IMPORTS = "import numpy, scipy.optimize, mesa, pandas, pydantic, numba"
TYPER = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"
ROUNDS = 5


def first_answers() -> None:
    """Commands from a cold process, with searches that were kept and without."""
    with TemporaryDirectory() as name:
        out, kept = str(Path(name) / "result"), {"MARKET_CACHE": str(Path(name) / "cache")}
        off = {"MARKET_CACHE": "off"}
        works = {
            "the bare imports": (["-c", IMPORTS], off),
            "market run swebench": (["run", "swebench", "--out", out, "--overwrite"], kept),
            "the same, nothing kept": (["run", "swebench", "--out", out, "--overwrite"], off),
            "market frontier swebench": (["frontier", "swebench"], kept),
            "the same, nothing kept ": (["frontier", "swebench"], off),
            "market check swebench": (["check", "swebench"], off),
            "a bare Typer program --help": (["-c", TYPER, "--help"], off),
            "market --help": (["--help"], off),
        }
        times = np.array([[spent(*work) for work in works.values()] for _ in range(ROUNDS + 1)])[1:]
    names = list(works)
    for k in (1, 2, 3, 4, 5):
        tell(f"{names[k].strip()} takes", times[:, k] / times[:, 0], "the bare imports")
    tell("market --help takes", times[:, 7] / times[:, 6], "a bare Typer program's")


def spent(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Processor seconds of a Python process with a program, or with a command of ours."""
    own = [] if arguments[0] == "-c" else ["-m", "market.cli"]
    before = children_seconds()
    subprocess.run(
        [sys.executable, *own, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
    )
    return children_seconds() - before


def runs_of_a_sweep() -> None:
    """A run as a sweep makes it, tables and all, over a run in a process that is warm."""
    spec = market.load("swebench")
    task = Task("run", spec, code_digest(), tables=True)
    times = []
    for _ in range(ROUNDS + 1):
        starts = [time.process_time()]
        market.run(spec)
        starts.append(time.process_time())
        assert run_task(task).error is None
        starts.append(time.process_time())
        times.append(np.diff(starts))
    warm, of_sweep = np.array(times)[1:].T
    tell("a run of a sweep takes", of_sweep / warm, "a warm run in one process")


def tell(what: str, ratios: FloatArray, of: str) -> None:
    """Print the median and the range."""
    middle = f"{np.median(ratios):.2f} ({ratios.min():.2f} to {ratios.max():.2f})"
    print(f"{what} {middle} times {of}")


if __name__ == "__main__":
    first_answers()
    runs_of_a_sweep()
