"""Compiled loops over chunks, shared among threads."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from queue import Empty, SimpleQueue
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

    At most `ahead` of them for each thread are begun before the first is taken, so that answers
    that are added up are not all held at once. The caller's thread works, too, while it waits.
    """
    threads = min(usable_threads(), len(items))
    if threads <= 1:
        yield from map(work, items)
        return
    todo: SimpleQueue[int | None] = SimpleQueue()
    done: SimpleQueue[tuple[int, Answer] | None] = SimpleQueue()
    helpers = [
        _kept_threads(threads - 1).submit(_help, work, items, todo, done)
        for _ in range(threads - 1)
    ]
    given, found = min(threads * ahead, len(items)), dict[int, Answer]()
    for k in range(given):
        todo.put(k)
    try:
        for k in range(len(items)):
            while k not in found:
                answer = _one_more(work, items, todo, done)
                if answer is None:
                    return  # it says why below
                found[answer[0]] = answer[1]
            if given < len(items):
                todo.put(given)
                given += 1
            yield found.pop(k)
    finally:
        while _next(todo) is not None:
            pass  # what nobody has begun is left
        for _ in helpers:
            todo.put(None)
        for helper in helpers:
            helper.result()


def _one_more(
    work: Callable[[Given], Answer],
    items: Sequence[Given],
    todo: "SimpleQueue[int | None]",
    done: "SimpleQueue[tuple[int, Answer] | None]",
) -> tuple[int, Answer] | None:
    """An answer that a helper has found, or that is found here; None where a helper has failed."""
    try:
        return done.get_nowait()
    except Empty:
        own = _next(todo)
    return done.get() if own is None else (own, work(items[own]))


def _next(todo: "SimpleQueue[int | None]") -> int | None:
    try:
        return todo.get_nowait()
    except Empty:
        return None


def _help(
    work: Callable[[Given], Answer],
    items: Sequence[Given],
    todo: "SimpleQueue[int | None]",
    done: "SimpleQueue[tuple[int, Answer] | None]",
) -> None:
    try:
        for k in iter(todo.get, None):
            done.put((k, work(items[k])))
    except BaseException:
        done.put(None)
        raise


@cache
def _kept_threads(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="market")


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's threads
    os.register_at_fork(after_in_child=_kept_threads.cache_clear)
