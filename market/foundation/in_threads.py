"""Compiled loops over chunks, shared among threads."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TypeVar

from market.foundation.compiled import can_compile
from market.foundation.threads import usable_threads

Given = TypeVar("Given")
Answer = TypeVar("Answer")

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


def answers_in_threads(
    work: Callable[[Given], Answer], items: Sequence[Given], ahead: int
) -> Iterator[Answer]:
    """Answers to items in their order; work must not ask for threads itself.

    At most `ahead` of them for each thread are begun before the first is asked for, so that answers
    that are added up are not all held at once. Threads are kept from one time to the next.
    """
    threads = min(usable_threads(), len(items))
    if threads <= 1:
        yield from map(work, items)
        return
    pool, begun = _kept_threads(threads), deque[Future[Answer]]()
    try:
        for item in items:
            if len(begun) >= threads * ahead:
                yield begun.popleft().result()
            begun.append(pool.submit(work, item))
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()


@cache
def _kept_threads(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="market")


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's threads
    os.register_at_fork(after_in_child=_kept_threads.cache_clear)
