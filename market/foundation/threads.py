"""How many threads may share one piece of work."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import LibController, ThreadpoolController

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def usable_threads() -> int:
    """Threads that compiled loops may use: MARKET_THREADS, or as many as there are cores.

    Results do not depend on it. Workers of a sweep are given one each.
    """
    asked = os.environ.get("MARKET_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Make matrix products on one thread: they are small, and more threads add up otherwise.

    So the last digit of a sum, and what is chosen by it, does not hang on the number of cores.
    """
    before = [(pool, pool.get_num_threads()) for pool in _pools()]
    more = [(pool, threads) for pool, threads in before if threads != 1]
    for pool, _ in more:
        pool.set_num_threads(1)
    try:
        yield
    finally:
        for pool, threads in more:
            pool.set_num_threads(threads)


def on_one_thread(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Have a function make its matrix products on one thread."""

    @wraps(function)
    def limited(*args: Arguments.args, **options: Arguments.kwargs) -> Answer:
        with one_thread():
            return function(*args, **options)

    return limited


@cache
def _pools() -> list[LibController]:
    """Of libraries for matrix products; to look for them takes as long as a search."""
    found: list[LibController] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found
