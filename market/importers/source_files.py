"""The files of a source, and what can be told of them without reading them whole."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from market.foundation.errors import DataError, shown
from market.foundation.text_files import (
    LONGEST_LINE,
    RowError,
    blanked,
    json_object,
    lines_of,
    opened,
    require_regular,
    walk_files,
)

_PEEK = 2**20  # bytes of a document that are looked at to tell what it is
_DEEPEST = 500  # objects inside one another that a parser is asked to follow
_DEPTH = 3  # keys inside one another that tell formats apart


class Source:
    """A file, or all files of a folder.

    Parameters
    ----------
    path
        As the user names it.

    Raises
    ------
    DataError
        There is nothing, or nothing that is a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[Path, dict[str, Any] | DataError | None] = {}
        self._keys: dict[Path, frozenset[str]] = {}
        if not path.is_dir():
            require_regular(path)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """All files, by name."""
        return tuple(walk_files(self.path)) if self.path.is_dir() else (self.path,)

    def of_kind(self, *endings: str) -> list[Path]:
        """Files whose names end so, gzipped or not, in any case."""
        every = tuple(f"{ending}{zipped}" for ending in endings for zipped in ("", ".gz"))
        return [file for file in self.files if file.name.lower().endswith(every)]

    def name_of(self, file: Path) -> str:
        """A file's name within the source, without its endings."""
        name = file.relative_to(self.path).as_posix() if self.path.is_dir() else file.name
        for ending in (".gz", ".jsonl", ".json", ".csv"):
            if name.lower().endswith(ending):
                name = name[: -len(ending)]
        return name

    def first_row(self, file: Path) -> dict[str, Any]:
        """The first object of a file of JSON lines; empty if there is none."""
        if file not in self._rows:
            try:
                self._rows[file] = _first(file)
            except DataError as error:
                self._rows[file] = error
        row = self._rows[file]
        return row if isinstance(row, dict) else {}

    def first_fault(self) -> DataError | None:
        """What is wrong with the beginning of a file that was looked at."""
        return next((row for row in self._rows.values() if isinstance(row, DataError)), None)

    def keys(self, file: Path) -> frozenset[str]:
        """Dotted paths of keys near the beginning of a JSON document; items of lists are `item`.

        A dot within a key is written as `·`.
        """
        if file not in self._keys:
            self._keys[file], wrong = _shape(file)
            if wrong is not None:
                self._rows[file] = wrong
        return self._keys[file]


def _first(file: Path) -> dict[str, Any] | None:
    for number, line in lines_of(file):
        try:
            return json_object(line)
        except RowError as error:
            raise DataError(f"{file}:{number}: {error}") from error
    return None


def _shape(file: Path) -> tuple[frozenset[str], DataError | None]:
    """Keys near the beginning, and what is wrong there."""
    found: set[str] = set()
    with opened(file) as (stream, _):
        text = _Text(file, stream, _PEEK)
        try:
            path: list[str] = []  # of the objects and lists that are open
            key = ""
            for event, value in ijson.basic_parse(text, use_float=True):
                if event == "map_key":
                    key = value.replace(".", "·")  # a dot is between keys
                    if len(path) <= _DEPTH:
                        found.add(".".join([*path[1:], key]))
                elif event in ("start_map", "start_array"):
                    path.append(key)
                    key = "item"
                elif event in ("end_map", "end_array"):
                    key = "item"
                    path.pop()
        except DataError as error:
            return frozenset(found), error
        except (ijson.JSONError, ValueError, OSError, EOFError, zlib.error) as error:
            whole = text.read(1) == b"" and not text.full
            return frozenset(found), _not_json(file, text, error) if whole else None
    return frozenset(found), None


def _not_json(file: Path, text: "_Text", error: Exception) -> DataError:
    told_of = shown(" ".join(str(error).split()), quoted=False)
    if isinstance(error, OSError | EOFError | zlib.error):
        return DataError(
            f"{file}:{text.before}: cannot be read on ({told_of}); "
            "the file is damaged or was cut off: get it again"
        )
    if isinstance(error, ijson.JSONError | UnicodeDecodeError):
        return DataError(
            f"{file}:{text.before}: is not JSON from about here on ({told_of}); "
            "the file is damaged, was cut off, or is of another format"
        )
    return DataError(
        f"{file}:{text.before}: has a number of too many digits about here; correct it"
    )


class _Text:
    """A document's text as the parser takes it: lines counted, nesting bounded.

    The parser keeps the path of all that is open, which for a document of 100,000 brackets would
    fill any memory. Brackets are counted cheaply, those in texts too; only where many more open
    than close is the nesting looked at exactly.
    """

    def __init__(self, file: Path, stream: BinaryIO, most: int | None = None) -> None:
        self._file, self._stream, self._most = file, stream, most
        self._last, self.before, self._read = b"", 1, 0
        self._open = self._lowest = self._unquoted = 0
        self._suspect = 2 * _DEEPEST

    def read(self, size: int) -> bytes:
        self.before += self._last.count(b"\n")
        if self._most is not None:
            size = min(size, self._most - self._read)
        part = self._stream.read(size)
        self._last = part = part if self._read else blanked(part)
        self._read += len(part)
        self._unquoted = 0 if b'"' in part else self._unquoted + len(part)
        if self._unquoted > LONGEST_LINE:  # the parser would take it into memory whole
            raise DataError(
                f"{self._file}:{self.before}: has a text of more than {LONGEST_LINE:,} bytes; "
                "no format that is known has; leave it out"
            )
        opened_here = part.count(b"[") + part.count(b"{")
        closed_here = part.count(b"]") + part.count(b"}")
        if self._open + opened_here - self._lowest > self._suspect:
            self._require_flat()
            self._suspect *= 2
        self._open += opened_here - closed_here
        self._lowest = min(self._lowest, self._open)
        return part

    @property
    def full(self) -> bool:
        """Whether no more is wanted of it."""
        return self._most is not None and self._read >= self._most

    def _require_flat(self) -> None:
        depth = 0
        with opened(self._file) as (again, _), suppress(ijson.JSONError, UnicodeDecodeError):
            for event, _ in ijson.basic_parse(_Head(again, self._read), use_float=True):
                if event.startswith("start"):
                    depth += 1
                    if depth > _DEEPEST:
                        raise DataError(
                            f"{self._file}:{self.before}: is nested more than {_DEEPEST} deep "
                            "about here; no format that is known is"
                        )
                elif event.startswith("end"):
                    depth -= 1


class _Head:
    """The beginning of a stream."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left, self._whole = stream, size, size

    def read(self, size: int) -> bytes:
        part = self._stream.read(min(size, self._left))
        part = part if self._left < self._whole else blanked(part)
        self._left -= len(part)
        return part


def items_of(
    file: Path, prefix: str, told: Callable[[int], None] | None = None, *, pairs: bool = False
) -> Iterator[Any]:
    """What stands at a path of a JSON document, one after the other, whatever its size.

    Parameters
    ----------
    file
        A JSON document, gzipped or not.
    prefix
        `simulations.item` for each of a list; empty for the whole document.
    told
        Told how many bytes of the file on disk have been read.
    pairs
        Whether keys and values of the object at the path are given instead.

    Raises
    ------
    DataError
        By file and line, where the document is not JSON, or is damaged.
    """
    with opened(file) as (stream, raw):
        text = _Text(file, stream)
        read = ijson.kvitems if pairs else ijson.items
        try:
            for item in read(text, prefix, use_float=True):
                if told is not None:
                    told(raw.tell())
                yield item
        except (
            ijson.JSONError,
            ValueError,
            RecursionError,
            OSError,
            EOFError,
            zlib.error,
        ) as error:
            raise _not_json(file, text, error) from error
