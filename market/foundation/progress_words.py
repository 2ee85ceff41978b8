"""What long work is about just now, in words, for whoever watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WATCHER: ContextVar[Callable[[str], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(tell: Callable[[str], None]) -> Iterator[None]:
    """Be told what work in this block is about."""
    before = _WATCHER.set(tell)
    try:
        yield
    finally:
        _WATCHER.reset(before)


def watcher() -> Callable[[str], None] | None:
    """Who is told of what goes on here; None if nobody."""
    return _WATCHER.get()
