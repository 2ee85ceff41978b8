"""Work killed for good at random moments, and begun again: `make kill`, or `python -m kills`.

A process does the work and is killed (SIGKILL) at a moment drawn evenly over what it takes when
nobody stops it, once or twice; then it is done undisturbed. Its files must be those of work that
was never killed, to the last byte. Exit code 1 if any are not. Needs a system that can fork.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from kinds_of_work import COUNT, KINDS
from watched_disk import tree_of

import market

FORK = get_context("fork")
SHORT = {
    "ticks": 2,
    "consumers.teams.size": 20,
    "population.problems": 30,
    "menu_points": 20,
}


def workers(short: market.Scenario, out: Path) -> None:
    """A sweep by two processes."""
    market.sweep(short, {COUNT: [0, 1]}, replicates=2, jobs=2, out=out)


def main() -> int:
    """Kill so often; say what came out otherwise."""
    options = argparse.ArgumentParser("kills", description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    short, draw = market.load("synthetic", set=SHORT), random.Random(asked.seed)
    kinds = [*KINDS, workers]
    wrong = killed = 0
    with tempfile.TemporaryDirectory() as name:
        for do in kinds:
            root = Path(name) / do.__name__
            for folder in ("wanted", "warm"):  # the second time is the warm one
                took = undisturbed(lambda out, do=do: do(short, out), made(root / folder))
            wanted, before = tree_of(root / "wanted"), killed
            share, k = -(-asked.kills // len(kinds)), 0
            while killed - before < share:  # those that come too late do not count
                home, k = made(root / str(k)), k + 1
                for _ in range(draw.choice([1, 1, 2])):
                    killed += stopped(
                        lambda out, do=do: do(short, out), home, draw.uniform(0, took)
                    )
                undisturbed(lambda out, do=do: do(short, out), home)
                if differences := unlike(tree_of(home), wanted):
                    wrong += 1
                    print(f"{do.__name__}, {home.name}: {', '.join(differences)}", flush=True)
            print(f"{do.__name__}: killed {killed - before} times in {took:.2f} s", flush=True)
    print(f"{killed} kills, {wrong} that ended otherwise")
    return int(wrong > 0)


def made(folder: Path) -> Path:
    """A new folder."""
    folder.mkdir(parents=True)
    return folder


def started(work: Callable[[Path], None], home: Path) -> int:
    """Process id of a child that does it; of a group of its own, as a terminal starts one."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # compiling, and bars
    try:
        work(home / "out")
    except BaseException as error:  # told by the exit code
        print(repr(error), flush=True)
        os._exit(1)
    os._exit(0)


def undisturbed(work: Callable[[Path], None], home: Path) -> float:
    """Do it to the end; seconds that it took."""
    start = time.perf_counter()
    _, status = os.waitpid(started(work, home), 0)
    if status:
        sys.exit(f"{home}: ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start


def stopped(work: Callable[[Path], None], home: Path, after: float) -> bool:
    """Kill it after so many seconds; whether it had not ended before."""
    child = started(work, home)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)  # its workers are left to find out by themselves
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def unlike(tree: dict[str, bytes | None], wanted: dict[str, bytes | None]) -> list[str]:
    """Names of files that differ, are missing, or are left; hidden drafts of a page may be."""
    missing = object()  # None stands for a folder
    return sorted(
        name
        for name in {*tree, *wanted}
        if tree.get(name, missing) != wanted.get(name, missing) and "/.report.html-" not in name
    )


if __name__ == "__main__":
    sys.exit(main())
