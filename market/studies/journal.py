"""A file that grows by whole lines and survives a kill of the program at any moment."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from market.foundation.errors import ScenarioError
from market.foundation.on_disk import sync, write_all
from market.foundation.parsing import RowError, parsed_json
from market.foundation.text_files import file_is_there

if sys.platform != "win32":
    import fcntl


_BEGINS = b'{"run": "'  # every entry


class Journal:
    """Entries, one JSON object a line, appended by one writer at a time.

    Parameters
    ----------
    file
        Created if missing. A last line that was cut off is removed.

    Raises
    ------
    ScenarioError
        Another process writes it, it is a link, or its last line is not an entry that was cut off.
    """

    def __init__(self, file: Path) -> None:
        if file.is_symlink():
            raise ScenarioError(f"{file}: is a link and is not written; remove it")
        self._path = file
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.open(file, flags, 0o666)
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self._file)
                raise ScenarioError(
                    f"{file.parent}: another sweep is running here; wait for it or stop it"
                ) from None
        content = file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if not _may_be_cut(content[whole:]):
            os.close(self._file)
            raise ScenarioError(
                f"{file}: its last line is not an entry that was cut off, and is kept; "
                "was the file changed? Repair or remove the line"
            )
        os.ftruncate(self._file, whole)
        sync(file.parent)  # its name, before an entry counts on it

    @property
    def in_place(self) -> bool:
        """Whether the open file is still the one at its path."""
        try:
            return os.path.samestat(os.fstat(self._file), os.lstat(self._path))
        except OSError:
            return False

    def append(self, entry: dict[str, Any]) -> None:
        """Add an entry; it is on the disk when this returns."""
        line = json.dumps(entry, ensure_ascii=False, allow_nan=True) + "\n"
        write_all(self._file, line.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        os.close(self._file)  # which also unlocks it


def _may_be_cut(line: bytes) -> bool:
    """Whether this is the beginning of an entry, or what a crash of the machine leaves."""
    return line.startswith((_BEGINS, b"\0")) or _BEGINS.startswith(line)


def entries(file: Path) -> Iterator[dict[str, Any]]:
    """All whole entries of a journal, even while it is being written; none if it is missing.

    Numbers are read back to the last bit; NaN is kept.

    Raises
    ------
    ScenarioError
        A line is not a JSON object.
    """
    if not file_is_there(file):
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            try:
                entry = parsed_json(line.decode())
            except (ValueError, RowError) as error:
                said = "no UTF-8 text" if isinstance(error, UnicodeDecodeError) else error
                raise ScenarioError(
                    f"{file}:{number}: is not JSON ({said}); remove the line, and its run is "
                    "repeated"
                ) from error
            if not isinstance(entry, dict):
                raise ScenarioError(
                    f"{file}:{number}: is not a JSON object but {type(entry).__name__}; remove "
                    "the line, and its run is repeated"
                )
            yield entry
