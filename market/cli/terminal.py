"""How the command line prints: tables, numbers and progress; progress goes to standard error."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from market.measures.money_units import MISSING, MoneyUnit

out = Console(highlight=False, soft_wrap=True, markup=False)
if not out.is_terminal:  # a file or a pipe is as wide as it needs to be
    out = Console(highlight=False, soft_wrap=True, markup=False, width=160)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


def plain_table(title: str, left: Sequence[str], right: Sequence[str] = ()) -> Table:
    """Plain table: columns of words, then columns of numbers."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    for heading in left:
        table.add_column(heading, overflow="fold")
    for heading in right:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def number(value: float, form: str = "{:.3f}") -> str:
    """A number in this format; a dash where it is missing."""
    return form.format(value) if math.isfinite(value) else MISSING


def change(difference: float, base: float) -> str:
    """A difference as a share of the size of `base`; a dash where there is none."""
    if not math.isfinite(difference) or base == 0:
        return MISSING
    return f"{100 * difference / abs(base):+.1f}%"


def short(value: float, money: MoneyUnit | None = None) -> str:
    """A number to four significant digits; money in its unit."""
    return money.text(value) if money else number(value, "{:.4g}")


def interval(value: float, low: float, high: float, money: MoneyUnit | None = None) -> str:
    """A number with half of its interval; money in its unit."""
    half = (high - low) / 2
    if not math.isfinite(value + half):
        return short(value, money)
    return f"{short(value, money)} ± {money.text(half) if money else f'{half:.2g}'}"


class _Rate(ProgressColumn):
    """Steps per second, lately."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.3g} {self._unit}/s")


@contextmanager
def progress(title: str, unit: str = "runs") -> Iterator[Callable[..., None]]:
    """Bar on standard error; yields the function that takes steps done, of all, and failed."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:

        def tell(done: int, total: int, failed: int = 0) -> None:
            words = f"{title}, {failed} failed" if failed else title
            if not bar.task_ids:  # what was done before counts as done, but not as speed
                bar.add_task(words, total=total, completed=done)
            else:
                bar.update(bar.task_ids[0], description=words, completed=done)

        yield tell
