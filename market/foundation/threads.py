"""How many threads may share one piece of work."""

import os


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
