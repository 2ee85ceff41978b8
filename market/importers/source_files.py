"""The files of a source, and what can be told of them without reading them whole."""

import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from market.foundation.errors import DataError, shown
from market.foundation.text_files import (
    RowError,
    json_object,
    lines_of,
    opened,
    require_regular,
    walk_files,
)

_PEEK = 2**20  # bytes of a document that are looked at to tell what it is
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
        """What is wrong with the first row of a file that was looked at."""
        return next((row for row in self._rows.values() if isinstance(row, DataError)), None)

    def keys(self, file: Path) -> frozenset[str]:
        """Dotted paths of keys near the beginning of a JSON document; items of lists are `item`."""
        if file not in self._keys:
            self._keys[file] = _shape(file)
        return self._keys[file]


def _first(file: Path) -> dict[str, Any] | None:
    for number, line in lines_of(file):
        try:
            return json_object(line)
        except RowError as error:
            raise DataError(f"{file}:{number}: {error}") from error
    return None


def _shape(file: Path) -> frozenset[str]:
    found: set[str] = set()
    try:
        with opened(file) as (stream, _):
            for prefix, event, value in ijson.parse(_Head(stream), use_float=True):
                if event == "map_key" and prefix.count(".") < _DEPTH - 1:
                    found.add(f"{prefix}.{value}" if prefix else value)
    except (ijson.JSONError, ValueError, OSError, EOFError, zlib.error, DataError):
        pass  # cut off after the beginning, or no JSON: who reads it says what is wrong
    return frozenset(found)


class _Head:
    """The beginning of a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left = stream, _PEEK

    def read(self, size: int) -> bytes:
        part = self._stream.read(min(size, self._left))
        self._left -= len(part)
        return part


class _Counted:
    """A stream that counts lines, so that a fault of its text has a place."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._last, self.before = stream, b"", 1

    def read(self, size: int) -> bytes:
        self.before += self._last.count(b"\n")
        self._last = self._stream.read(size)
        return self._last


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
        text = _Counted(stream)
        read = ijson.kvitems if pairs else ijson.items
        try:
            for item in read(text, prefix, use_float=True):
                if told is not None:
                    told(raw.tell())
                yield item
        except (ijson.JSONError, UnicodeDecodeError) as error:
            told_of = shown(" ".join(str(error).split()), quoted=False)
            raise DataError(
                f"{file}:{text.before}: is not JSON from about here on ({told_of}); "
                "the file is damaged, was cut off, or is of another format"
            ) from error
        except ValueError as error:
            raise DataError(
                f"{file}:{text.before}: has a number of too many digits about here; correct it"
            ) from error
        except RecursionError as error:
            raise DataError(f"{file}:{text.before}: is nested too deep to be read") from error
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"{file}:{text.before}: cannot be read on ({error}); "
                "the file is damaged or was cut off: get it again"
            ) from error
