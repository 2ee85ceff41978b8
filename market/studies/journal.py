"""A file that grows by whole lines: what is in it survives the end of the program at any moment."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from market.foundation.errors import ScenarioError

if sys.platform != "win32":
    import fcntl


class Journal:
    """Entries, one JSON object a line, appended by one writer at a time.

    Parameters
    ----------
    file
        Made if it is not there. A last line that was cut off is taken away.

    Raises
    ------
    ScenarioError
        Another process writes it.
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self._file)
                raise ScenarioError(
                    f"{file.parent}: another sweep is at work here; wait for its end, or stop it"
                ) from None
        content = file.read_bytes()
        os.ftruncate(self._file, content.rfind(b"\n") + 1)

    def append(self, entry: dict[str, Any]) -> None:
        """Add an entry; it is on the disk when this returns."""
        line = json.dumps(entry, ensure_ascii=False, allow_nan=True) + "\n"
        left = memoryview(line.encode())
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        os.close(self._file)  # which also unlocks it


def entries(file: Path) -> Iterator[dict[str, Any]]:
    """All whole entries of a journal, also of one that is being written; none if it is not there.

    Numbers are read back to the last bit; NaN is kept.
    """
    if not file.is_file():
        return
    with file.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)
