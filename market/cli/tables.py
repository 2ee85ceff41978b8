"""Tables that fit: what does not fit the width is shaped anew, and no number or name is ever cut.

A table is tried in this order: as it is; with headings of several lines; with less space between
columns; with phrases of several lines; with short headings, which a line below explains; as several
tables with the same first columns; and record after record, a line for each value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from market.cli.line_breaks import evened, lines, longest_word, shown, shrunk, whole
from market.foundation.names import escaped

PHRASE = 20  # a column of phrases is no narrower, so that lines have some words
HEADING = 20  # a longer heading has several lines
TALLEST = 4  # lines of a heading
PARTS = 4  # into more tables than these, records are easier to read
NARROW, WIDE = 2, 3  # between columns
_UNIT = re.compile(r"\$ (?:\w+ )?per (?:1,000 |million |billion )?\w+")
_REMARK = re.compile(r"\([^()]{1,12}\)")


@dataclass(frozen=True)
class _Column:
    heading: str
    short: str
    right: bool


@dataclass(frozen=True)
class _Shape:
    """Columns of one table, their headings and widths, and the space between them."""

    columns: tuple[int, ...]
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    gap: int


class FittedTable:
    """A table that rich prints at any width.

    Parameters
    ----------
    title
        Printed above; may have several lines.
    keys
        How many of the first columns say what a row is of: they are repeated where a table is
        printed in parts.
    """

    def __init__(self, title: str = "", keys: int = 1) -> None:
        self.title = escaped(title)
        self.keys = keys
        self._columns: list[_Column] = []
        self._rows: list[tuple[str, ...]] = []

    def add_column(self, heading: str, *, justify: str = "left", short: str = "") -> None:
        """Add a column; where it is justified right, its cells are numbers and never broken."""
        heading = _REMARK.sub(_together, escaped(heading))
        self._columns.append(_Column(heading, short or heading, justify == "right"))

    def add_row(self, *cells: str) -> None:
        """Add a row; cells that are left out are empty."""
        given = (*cells, *[""] * (len(self._columns) - len(cells)))
        self._rows.append(
            tuple(
                whole(escaped(cell)) if column.right else escaped(cell)
                for cell, column in zip(given, self._columns, strict=True)
            )
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print at the width that there is."""
        width = options.max_width
        for line in self.title.splitlines():
            yield from _printed(lines(_UNIT.sub(_together, line), width), "bold")
        shapes = self._shapes(width)
        if not shapes:
            yield from _printed(self._records(width))
            return
        for shape in shapes:
            yield self._drawn(shape)
        if any(self._is_short(shape) for shape in shapes):
            for column in self._columns:
                if column.short != column.heading:
                    yield from _printed(lines(f"{column.short}: {column.heading}", width, "  "))

    def _shapes(self, width: int) -> list[_Shape]:
        """One table, or the parts of it; none where records are easier to read."""
        every = tuple(range(len(self._columns)))
        for gap, phrases, short in (
            (WIDE, False, False),
            (NARROW, False, False),
            (NARROW, True, False),
            (NARROW, True, True),
        ):
            found = self._fitted(every, width, gap, phrases, short)
            if found is not None:
                return [found]
        return self._parts(width)

    def _fitted(
        self, columns: tuple[int, ...], width: int, gap: int, phrases: bool, short: bool
    ) -> _Shape | None:
        """These columns in one table, or nothing where they do not fit."""
        headings = tuple(
            self._columns[c].short if short else self._columns[c].heading for c in columns
        )
        cells = [[row[c] for row in self._rows] for c in columns]
        content = [
            max((cell_len(line) for text in texts for line in text.split("\n")), default=1)
            for texts in cells
        ]
        with_heading = [
            max(size, min(cell_len(heading), max(HEADING, longest_word([heading]))))
            for size, heading in zip(content, headings, strict=True)
        ]
        with_words = [
            max(size, longest_word([heading]))
            for size, heading in zip(content, headings, strict=True)
        ]
        room = width - gap * (len(columns) - 1) - 2  # the box has an edge on both sides
        widths = shrunk(with_heading, with_words, room)
        if phrases and sum(widths) > room:
            least = [
                min(size, max(PHRASE, longest_word([heading, *texts])))
                for size, heading, texts in zip(with_words, headings, cells, strict=True)
            ]
            widths = shrunk(widths, least, room)
        tall = (len(lines(h, w)) > TALLEST for h, w in zip(headings, widths, strict=True))
        if sum(widths) > room or any(tall):
            return None
        even = (
            evened(heading, width, min(size, width))
            for heading, width, size in zip(headings, widths, content, strict=True)
        )
        return _Shape(columns, headings, tuple(even), gap)

    def _parts(self, width: int) -> list[_Shape]:
        """Several tables, each with the first columns and as many others as fit; none if too many.

        The others are spread evenly over as few tables as will do.
        """
        keys = tuple(range(self.keys))
        others = range(self.keys, len(self._columns))
        for parts in range(2, PARTS + 1):
            size = -(-len(others) // parts)
            if size == 0:
                break
            shapes = [
                self._fitted((*keys, *others[k : k + size]), width, NARROW, True, True)
                for k in range(0, len(others), size)
            ]
            if all(shapes):
                return [shape for shape in shapes if shape is not None]
        return []

    def _is_short(self, shape: _Shape) -> bool:
        return any(
            heading != self._columns[c].heading
            for c, heading in zip(shape.columns, shape.headings, strict=True)
        )

    def _drawn(self, shape: _Shape) -> Table:
        table = Table(
            box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=shape.gap == NARROW
        )
        for c, heading, width in zip(shape.columns, shape.headings, shape.widths, strict=True):
            table.add_column(
                _cell(heading, width),
                justify="right" if self._columns[c].right else "left",
                vertical="top",
                width=width,
                no_wrap=True,  # lines are broken already
                overflow="fold",
            )
        for row in self._rows:
            table.add_row(
                *(_cell(row[c], w) for c, w in zip(shape.columns, shape.widths, strict=True))
            )
        return table

    def _records(self, width: int) -> Iterator[str]:
        """Record after record; its first columns unindented."""
        for row in self._rows:
            yield ""
            for c, (column, cell) in enumerate(zip(self._columns, row, strict=True)):
                if cell:
                    start = "" if c < self.keys else "  "
                    yield from lines(f"{start}{column.heading}: {cell}", width, start + "  ")
        yield ""


def plain_table(
    title: str,
    left: Sequence[str],
    right: Sequence[str] = (),
    *,
    short: Mapping[str, str] | None = None,
    keys: int = 1,
) -> FittedTable:
    """Plain table: columns of words, then columns of numbers.

    Parameters
    ----------
    title
        Printed above.
    left, right
        Headings; those of amounts end with their unit.
    short
        Short forms by heading, for where the heading has no room.
    keys
        How many of the first columns say what a row is of.
    """
    table = FittedTable(title, keys)
    for headings, justify in ((left, "left"), (right, "right")):
        for heading in headings:
            table.add_column(heading, justify=justify, short=(short or {}).get(heading, ""))
    return table


def _together(found: re.Match[str]) -> str:
    return whole(found[0])


def _printed(found: Iterable[str], style: str = "") -> Iterator[Text]:
    """Lines as they are: a word that is longer than the width is not broken."""
    for line in found:
        yield Text(shown(line), style=style, no_wrap=True, overflow="ignore")


def _cell(text: str, width: int) -> Text:
    broken = [line for part in text.split("\n") for line in lines(part, width)]
    return Text(shown("\n".join(broken)))
