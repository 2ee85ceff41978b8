"""Compiled loops over chunks, shared among threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from market.foundation.compiled import can_compile
from market.foundation.threads import usable_threads

CHUNK = 2048  # rows that are added up on their own, some 100 microseconds of work


def loops_pay(rows: int) -> bool:
    """Whether there are enough rows that compiled loops in threads are worth their start."""
    return rows >= 2 * CHUNK and can_compile()


def in_threads(work: Callable[[int, int], None], chunks: int) -> None:
    """Have chunks worked on, each thread taking those from a first to before a last.

    What a chunk leaves behind must not depend on the others; then nothing depends on the number of
    threads.
    """
    threads = min(usable_threads(), chunks)
    if threads <= 1:
        work(0, chunks)
        return
    ends = [chunks * t // threads for t in range(threads + 1)]
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(work, *part) for part in pairwise(ends[1:])]
        work(ends[0], ends[1])
        for other in others:
            other.result()
