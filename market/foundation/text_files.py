"""Text files of other people, line by line: regular, plain or gzipped, UTF-8, never all at once.

A line ends at a line feed and nowhere else: JSON strings may hold U+2028 and its like.
"""

import gzip
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from market.foundation.errors import DataError, MarketError, ScenarioError, shown
from market.foundation.parsing import RowError as RowError
from market.foundation.parsing import parsed_json

LONGEST_LINE = 2**26  # bytes; who writes longer ones has lost the line ends
_MARK = b"\xef\xbb\xbf"  # a byte order mark, as some editors write it before UTF-8
_LINES_BETWEEN = 2048  # reports of progress
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe (FIFO)",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def require_regular(path: Path) -> int:
    """Size in bytes of a regular file; anything else may never end, and is refused unopened.

    Raises
    ------
    DataError
        It is not there, cannot be looked at, or is a pipe, a device or a folder.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise DataError(_is_odd(path, status))
    return status.st_size


def file_is_there(path: Path, error: type[MarketError] = ScenarioError) -> bool:
    """Whether there is a regular file; anything else of that name is refused unopened.

    Raises
    ------
    MarketError
        It is a pipe, a device, a folder or a link in a circle; of the type `error`.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise error(f"{path}: cannot be read: {reason}") from problem
    if not stat.S_ISREG(status.st_mode):
        raise error(_is_odd(path, status))
    return True


def _is_odd(path: Path, status: os.stat_result) -> str:
    kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
    linked = f" (it links to {path.resolve()})" if path.is_symlink() else ""
    return f"{path}: is {kind}, not a file{linked}; copy what it gives into a file"


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A regular file's content, unzipped if its name ends in .gz, and the file as it is on disk.

    Raises
    ------
    DataError
        As :func:`require_regular`, or the file cannot be opened.
    """
    require_regular(path)
    try:
        raw: BinaryIO = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    with raw:
        if path.name.lower().endswith(".gz"):
            with gzip.GzipFile(fileobj=raw) as unzipped:
                yield unzipped, raw  # type: ignore[misc]  # GzipFile reads as BinaryIO does
        else:
            yield raw, raw


def lines_of(
    path: Path, progress: Callable[[int], None] | None = None, *, blank: bool = False
) -> Iterator[tuple[int, str]]:
    """Number, from 1, and text of each line.

    Parameters
    ----------
    path
        A regular file; gzipped if its name ends in .gz.
    progress
        Told now and then how many bytes of the file on disk have been read.
    blank
        Whether lines of blanks are given too.

    Raises
    ------
    DataError
        By file and line: not UTF-8, a gzipped file that is damaged, a line without an end.
    """
    number = 0
    with opened(path) as (stream, raw):
        try:
            while line := stream.readline(LONGEST_LINE + 1):
                number += 1
                if number == 1 and line.startswith(_MARK):
                    line = line[len(_MARK) :]
                if len(line) > LONGEST_LINE:
                    raise DataError(
                        f"{path}:{number}: the line is longer than {LONGEST_LINE:,} bytes; "
                        "give each row a line of its own"
                    )
                if progress is not None and number % _LINES_BETWEEN == 0:
                    progress(raw.tell())
                if blank or not line.isspace():
                    yield number, line.decode()
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path}:{number}: is not UTF-8 text (byte 0x{error.object[error.start]:02x} at "
                f"byte {error.start + 1} of the line); save the file as UTF-8"
            ) from error
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"{path}:{number + 1}: cannot be read on ({error}); "
                "the file is damaged or was cut off: get it again"
            ) from error


def read_text(file: Path, error: type[MarketError] = DataError) -> str:
    """Text of a regular file, whole; a byte order mark is left out, and lines end in a line feed.

    Raises
    ------
    MarketError
        It cannot be read, or by line, it is not UTF-8; of the type `error`.
    """
    try:
        require_regular(file)
        content = file.read_bytes().removeprefix(_MARK)
    except DataError as refused:
        raise error(str(refused)) from refused
    except OSError as problem:
        raise error(f"{file}: cannot be read: {problem.strerror or problem}") from problem
    try:
        return content.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise error(
            f"{file}:{line}: is not UTF-8 text (byte 0x{content[problem.start]:02x}); "
            "save the file as UTF-8"
        ) from problem


def json_object(text: str) -> dict[str, Any]:
    """A line that holds one JSON object.

    Raises
    ------
    RowError
        It does not; or it has a number that is too long, or is nested too deep.
    """
    try:
        row = parsed_json(text)
    except json.JSONDecodeError as error:
        near = shown(text[max(error.pos - 10, 0) : error.pos + 50])
        raise RowError(
            f"not a JSON object ({error.msg} at column {error.colno}, near {near}); "
            "write one object on each line"
        ) from error
    if not isinstance(row, dict):
        raise RowError(
            f"not a JSON object but {type(row).__name__}: {shown(row)}; write one on each line"
        )
    return row


def blanked(beginning: bytes) -> bytes:
    """The beginning of a JSON document with blanks for its byte order mark, if it has one."""
    return beginning.replace(_MARK, b"   ", 1) if beginning.startswith(_MARK) else beginning


def walk_files(folder: Path) -> Iterator[Path]:
    """All files of a folder and those inside it, by name; hidden ones are none.

    Links to folders are followed.

    Raises
    ------
    DataError
        A folder cannot be read, or links lead back to one that it is in.
    """
    yield from _walk(folder, ())


def _walk(folder: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Path]:
    try:
        status = folder.stat()
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{folder}: cannot be read: {error.strerror or error}") from error
    here = (status.st_dev, status.st_ino)
    if here in above:
        raise DataError(
            f"{folder}: links back to a folder that it is in ({folder.resolve()}); remove the link"
        )
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(folder / entry.name, (*above, here))
        else:
            yield folder / entry.name
