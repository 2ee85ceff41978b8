"""Many cases, each in a process of its own: `make fuzz`, or `python -m fuzz --cases 500 --seed 3`.

What a kind of fault looks like is printed once, with a folder that holds the files of its case.
Exit code 1 if there was any. Needs a system that can fork.
"""

import argparse
import multiprocessing
import os
import re
import resource
import shlex
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from random import SystemRandom
from typing import Any

from fuzz import result_cases
from fuzz.answers import Case, fault_of
from fuzz.kinds import COMMANDS
from fuzz.request_cases import fault_of_request, requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

LIMIT = 10  # seconds of processor time of a case
WAIT = 6 * LIMIT  # seconds by the clock, which runs on while others compute
MEMORY = 4 * 2**30  # bytes of a case
SHARE = {"checked": 5, "ran": 4, "overridden": 3, "recorded": 5, "packed": 4, "imported": 5}
"""How many of the cases are of a kind, against 1 of the others."""
_LATE = ("market.simulation.model", "market.report", "market.studies", "market.importers.imported")
"""What commands import when they need it: here once, and not in every process."""
FORK = multiprocessing.get_context("fork")


def main() -> int:
    """Look at so many cases; say what faults there are."""
    options = argparse.ArgumentParser("fuzz", description=__doc__)
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--only", choices=[*COMMANDS, "requests"])
    options.add_argument("--kept", type=Path, default=Path("build/fuzz"))
    asked = options.parse_args()
    print(f"{asked.cases} cases, seed {asked.seed}", flush=True)
    with ProcessPoolExecutor(1, FORK) as apart:  # commands may start threads: not in this process
        made = apart.submit(result_cases.results).result()
    result_cases.use(made)
    kinds = [asked.only] if asked.only else [*COMMANDS, "requests"]
    whole = sum(SHARE.get(kind, 1) for kind in kinds)
    tasks = [
        (kind, max(asked.cases * SHARE.get(kind, 1) // (whole * asked.jobs), 1), asked.seed + job)
        for job in range(asked.jobs)
        for kind in kinds
    ]
    asked.kept.mkdir(parents=True, exist_ok=True)
    with FORK.Manager() as manager:
        known = manager.dict()
        workers = [
            FORK.Process(target=_look, args=(tasks[job :: asked.jobs], known, asked.kept))
            for job in range(asked.jobs)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        failed = any(worker.exitcode for worker in workers)
        print(f"{len(known)} kinds of faults in {sum(known.values())} cases")
        return int(failed or bool(known))


def _look(tasks: list[tuple[str, int, int]], known: dict[str, int], kept: Path) -> None:
    for module in _LATE:
        import_module(module)
    warnings.simplefilter("error")
    for kind, count, start in tasks:
        if kind == "requests":
            _each(requests(), fault_of_request, count, start, known, kept)
        else:
            _each(COMMANDS[kind](), _fault_in_a_folder, count, start, known, kept)
        print(f"{kind}: {count} cases, seed {start}", flush=True)


def _each(
    cases: SearchStrategy[Any],
    judge: Callable[..., str | None],
    count: int,
    start: int,
    known: dict[str, int],
    kept: Path,
) -> None:
    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def look(case: Any) -> None:
        fault = _apart(judge, case)
        if fault is not None:
            _tell(case, fault, known, kept)

    look()


def _fault_in_a_folder(case: Case) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        return fault_of(case, Path(folder))


def _apart(judge: Callable[..., str | None], case: object) -> str | None:
    """The fault of a case, by a process of its own that may take so long and no longer."""
    here, there = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_answer, args=(judge, case, there))
    child.start()
    there.close()
    try:
        if not here.poll(WAIT):
            return f"is not done after {WAIT} seconds"
        found: str | None = here.recv()
        return found
    except EOFError:
        child.join()
        if child.exitcode == -signal.SIGXCPU:
            return f"takes more than {LIMIT} seconds of processor time"
        return f"the process ended with {child.exitcode}"
    finally:
        child.kill()
        child.join()
        here.close()


def _answer(judge: Callable[..., str | None], case: object, there: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, 2 * LIMIT))
    with Path(os.devnull).open("w") as nothing:  # what a killed process would still say
        os.dup2(nothing.fileno(), sys.stderr.fileno())
    try:
        there.send(judge(case))
    except BaseException:
        there.send(traceback.format_exc())


def _tell(case: object, fault: str, known: dict[str, int], kept: Path) -> None:
    where = re.findall(r'File "[^"]*/market/([^"]*)", line (\d+)', fault)
    what = f"{where[-1] if where else ''} {fault.splitlines()[-1]}"
    kind = re.sub(r"/tmp/\S+|\d+", "…", what)[:120]
    known[kind] = known.get(kind, 0) + 1
    if known[kind] > 1:
        return
    folder = Path(tempfile.mkdtemp(dir=kept))
    words = ""
    if isinstance(case, Case):
        case.write(folder)
        words = shlex.join(case.words)
    (folder / "fault.txt").write_text(f"market {words}\n{case!r}\n{fault}\n", encoding="utf-8")
    print(f"FAULT in {folder}: market {words[:200]}\n  {fault.splitlines()[-1][:300]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
