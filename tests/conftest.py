"""Populations that several tests look at; real records where the folder is there."""

import atexit
import gc
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import typer.testing
from hypothesis import settings

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.paper import PaperReport, check
from market.population.item_response import synthetic
from market.population.population import Population
from market.population.records import read_records
from market.scenario.files import load
from market.scenario.schema import Scenario

# the gate looks at the same examples every time; to look further: --hypothesis-profile=default
settings.register_profile("gate", derandomize=True, deadline=None)
settings.load_profile("gate")

# a gate that runs in the background ignores Ctrl-C, and so would the commands that tests interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


RUN_EVERY_LOOP = """
import market
for name in ("swebench", "price_response", "weak_tests", "build_or_buy"):
    market.run(market.load(name, set={"ticks": 2, "menu_points": 12}))
"""


def pytest_configure(config: pytest.Config) -> None:
    """Compile inner loops before a parallel gate starts: else each worker does, and tells tests."""
    if getattr(config.option, "numprocesses", None):
        subprocess.run([sys.executable, "-W", "ignore", "-c", RUN_EVERY_LOOP], check=True)


# a runner of commands makes them all anew each time it is asked for one
typer.testing._get_command = cache(typer.testing._get_command)


def pytest_collection_finish() -> None:
    """Leave what is there before the first test out of all searches for garbage: it stays."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


# workers of a parallel gate are told the width of a terminal; what is captured is a pipe
os.environ.pop("COLUMNS", None)

# what one test has searched serves the others of this gate, in a folder that goes with it; workers
# of a parallel gate have the folder of the process that started them
if "PYTEST_XDIST_WORKER" not in os.environ and os.environ.get("MARKET_CACHE") != "off":
    os.environ["MARKET_CACHE"] = tempfile.mkdtemp(prefix="market-tests-")
    atexit.register(shutil.rmtree, os.environ["MARKET_CACHE"], ignore_errors=True)

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def records_folder() -> Path:
    folder = SHARED / "data" / "swebench"
    if not folder.is_dir():
        pytest.skip("attempt records of SWE-bench are not here; they are not part of the project")
    return folder


@pytest.fixture(scope="session")
def paper_check(records_folder: Path) -> tuple[PaperReport, list[str]]:
    """The figures of the paper from its records, and the steps told on the way.

    It takes seconds: workers of a parallel gate find what one of them has found in the folder of
    searches. Intervals are of few draws: which problems they are of is tested in the procedures.
    """
    draws = 20
    steps: list[str] = []
    if os.environ["MARKET_CACHE"] == "off":
        return check(records_folder, steps.append, draws), steps
    file = Path(os.environ["MARKET_CACHE"]) / "paper_check"
    if not file.exists():
        report = check(records_folder, steps.append, draws)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"paper_check-{os.getpid()}")
        draft.write_bytes(pickle.dumps((report, steps)))
        draft.replace(file)
    found: tuple[PaperReport, list[str]] = pickle.loads(file.read_bytes())
    return found


@pytest.fixture(scope="session")
def pair(records_folder: Path) -> Population:
    return read_records(records_folder, ["gpt5mini", "deepseek"])


@pytest.fixture(scope="session")
def six(records_folder: Path) -> Population:
    return read_records(
        records_folder,
        ["minicoder4b", "qwen3-coder-30b", "qwen3-coder-480b", "gpt5mini", "deepseek", "sonnet"],
    )


def item_response(heterogeneity: float = 1.0, seed: int = 1, problems: int = 60) -> Population:
    """Three models of unlike ability and cost."""
    streams = Streams(seed)
    names = ("small", "middle", "large")
    rng = {name: streams.generator("test", name) for name in names}
    return synthetic(
        dict(zip(names, (-0.8, 0.0, 0.6), strict=True)),
        dict(zip(names, (0.004, 0.02, 0.05), strict=True)),
        problems=problems,
        heterogeneity=heterogeneity,
        unsolvable=0.1,
        rng={**rng, "problems": streams.generator("test", "")},
    )


@pytest.fixture(scope="session")
def ladder() -> Population:
    return item_response()


def one_problem(solve_prob: list[float], list_cost: list[float]) -> Population:
    """A single problem, one model per entry."""
    names = tuple(f"m{i}" for i in range(len(solve_prob)))
    return Population(names, np.ones(1), np.array([solve_prob]), np.array([list_cost]))


SHORT = {
    "ticks": 2,
    "consumers.teams.size": 60,
    "population.problems": 20,
    "menu_points": 16,
    "quality_tiers.count": 3,
}


@pytest.fixture(scope="session")
def short() -> Scenario:
    """A market whose run takes some hundredths of a second."""
    return load("synthetic", set=SHORT)


def halves() -> Population:
    """Each of two models solves its own half of the problems surely, at the same cost."""
    return Population(("a", "b"), np.array([0.5, 0.5]), np.eye(2), np.full((2, 2), 0.1))


def log_budgets(low: float = 1e-4, high: float = 1.0, points: int = 250) -> FloatArray:
    """Zero, and then budgets that are evenly spaced in their logarithm."""
    return np.concatenate(([0.0], np.geomspace(low, high, points)))


def costs_apart(population: Population, failed: float, solved: float) -> Population:
    """Failed and successful attempts that cost these multiples of the list cost."""
    cost = population.list_cost
    return replace(population, failed_cost=failed * cost, solved_cost=solved * cost)


def times(population: Population, factor: float) -> Population:
    """Everything costs so many times as much."""
    costs = {n: getattr(population, n) for n in ("list_cost", "failed_cost", "solved_cost")}
    return replace(population, **{n: factor * c for n, c in costs.items() if c is not None})
