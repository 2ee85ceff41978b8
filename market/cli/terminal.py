"""How the command line prints: tables, numbers and progress; progress goes to standard error."""

import math
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
from rich.text import Text

from market.cli.line_breaks import lines, shown, whole
from market.cli.tables import FittedTable
from market.cli.tables import plain_table as plain_table
from market.foundation.names import escaped, without_endless_words
from market.foundation.progress_words import watched
from market.measures import number_text
from market.measures.labels import Measure
from market.measures.money_units import MISSING, MoneyUnit
from market.measures.number_text import formatted
from market.measures.percent import tells_in_percent

PIPE = 160  # columns of a table in a file or a pipe
PARAGRAPH = 100  # columns of running text: longer lines are hard to read

err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


def columns() -> int | None:
    """Columns of standard output: by COLUMNS, else the terminal's; None in a file or a pipe."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


class Printer:
    """Standard output: texts and tables, none wider than it is.

    In a file or a pipe of no given width a line of text stays a line.
    """

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False)

    def print(self, shown: str | FittedTable = "") -> None:
        """Print a text or a table; texts break at blanks, and longer words are left whole."""
        width = columns()
        self._console.width = width or PIPE
        if isinstance(shown, FittedTable):
            self._console.print(shown, crop=False)
            return
        for line in shown.split("\n"):
            indent = " " * (len(line) - len(line.lstrip(" ")))
            self._show(lines(line, width, indent) if width else [line])

    def paragraph(self, text: str) -> None:
        """Print running text in lines of a readable length, in a file or a pipe, too."""
        self._show(lines(text, min(columns() or PARAGRAPH, PARAGRAPH)))

    def _show(self, found: list[str]) -> None:
        for line in found:
            self._console.print(Text(shown(line)), soft_wrap=True)


out = Printer()


def say(text: str) -> None:
    """Print a text on standard output."""
    out.print(text)


def complain(text: str) -> None:
    """Print a text on standard error; in a file or a pipe a line stays a line.

    What could command the terminal is written out and endless words are cut, here for all errors
    and warnings.
    """
    text = escaped(without_endless_words(text))
    width = shutil.get_terminal_size().columns if sys.stderr.isatty() else None
    for line in text.split("\n"):
        for part in lines(line, width, "  ") if width else [line]:
            sys.stderr.write(f"{part}\n")


def row_label(known: Measure) -> str:
    """A measure as the name of a row: its unit is not broken."""
    return f"{known.words}, {whole(known.unit.name)}" if known.unit.name else known.words


def number(value: float, form: str = "{:.3f}") -> str:
    """A number in this format; a dash where it is missing, and 0 where it is zero."""
    return formatted(value, form)


def change(difference: float, base: float, low: float = math.nan, high: float = math.nan) -> str:
    """A difference as a share of the size of `base`; a dash where there is none.

    There is none of a base near zero, by the interval of the difference, too, if it is given.
    """
    if not tells_in_percent(base, difference, low, high):
        return MISSING
    return formatted(100 * difference / abs(base), "{:+.1f}%")


def short(value: float, money: MoneyUnit | None = None) -> str:
    """A number to four significant digits; money in its unit."""
    return money.text(value) if money else number_text.short(value)


def interval(value: float, low: float, high: float, money: MoneyUnit | None = None) -> str:
    """A number ± half of its interval, to the digits that it has; money in its unit."""
    half = (high - low) / 2
    return money.with_half(value, half) if money else number_text.with_half(value, half)


def half(low: float, high: float, money: MoneyUnit | None = None) -> str:
    """Half of an interval alone, as "± 0.016"; money in its unit."""
    size = (high - low) / 2
    return interval(0.0, -size, size, money).partition(" ")[2] if math.isfinite(size) else MISSING


class _Rate(ProgressColumn):
    """Steps per second, lately."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.3g} {self._unit}/s")


class _Done(MofNCompleteColumn):
    """Steps done of all, where it is known how many there are."""

    def render(self, task: Task) -> Text:
        return Text() if task.total is None else super().render(task)


@contextmanager
def progress(title: str, unit: str = "runs") -> Iterator[Callable[..., None]]:
    """Bar on standard error; yields the function that takes steps done, of all, and failed.

    Between steps it says what long work is about.
    """
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Done(),
        _Rate(unit),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:
        title = escaped(title)

        def tell(done: int, total: int, failed: int = 0) -> None:
            words = f"{title}, {failed} failed" if failed else title
            if not bar.tasks or bar.tasks[0].total is None:
                # what was done before counts as done, but not as speed
                for waiting in bar.task_ids:
                    bar.remove_task(waiting)
                bar.add_task(words, total=total, completed=done)
            else:
                bar.update(bar.task_ids[0], description=words, completed=done)

        def about(words: str) -> None:
            words = f"{title}: {words}"
            if not bar.tasks:
                bar.add_task(words, total=None)
            else:
                bar.update(bar.task_ids[0], description=words)

        with watched(about):
            yield tell
