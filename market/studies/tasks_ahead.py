"""Tasks are handed out a few at a time, so that memory does not grow with the number of runs."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool

from market.studies.run_task import RunOutcome, Task

AHEAD = 2  # tasks out per worker: one at work, one waiting
LOST = "its worker process ended during this run: it was killed, or out of memory"


def as_finished(
    tasks: Iterable[Task],
    submit: "Callable[[Task], Future[RunOutcome]]",
    most: Callable[[], int],
) -> "Iterator[list[tuple[Task, Future[RunOutcome]]]]":
    """Submit the tasks, at most so many at a time; give those that are done, as they are done.

    When a pool breaks, all that were out come back at once.
    """
    out: dict[Future[RunOutcome], Task] = {}
    queue = iter(tasks)
    exhausted = False
    while out or not exhausted:
        while not exhausted and len(out) < most():
            task = next(queue, None)
            if task is None:
                exhausted = True
            else:
                out[submit(task)] = task
        if not out:
            return
        done, _ = wait(out, return_when=FIRST_COMPLETED)
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            done, _ = wait(out)
        yield [(out.pop(future), future) for future in list(out) if future in done]
