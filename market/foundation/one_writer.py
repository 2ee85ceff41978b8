"""One command writes a folder at a time; what a killed one left of it is in nobody's way."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from market.foundation.formats import COMPARISON, REPORT, RUN

if sys.platform != "win32":
    import fcntl

_SIDE = re.compile(r"[a-z]{1,2}\.toml")  # a scenario of a comparison
_OURS = RUN.files | COMPARISON.files | {REPORT}


@contextmanager
def only_writer(folder: Path, drafts: Iterable[Path] = ()) -> Iterator[bool]:
    """Whether no other command is writing this folder; if so none can until the block ends.

    A command that is killed lets go of its folder; the `drafts` of it that one left are removed.
    Where the system cannot say who is at work (Windows), an empty folder may be another command's,
    the answer is False, and drafts stay.
    """
    if sys.platform == "win32":
        yield any(folder.iterdir())
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:  # a disk that knows no locks
            yield any(folder.iterdir())
            return
        # if another one has just ended, its folder stands there now
        alone = folder.exists() and os.path.samestat(os.fstat(handle), folder.stat())
        if alone:
            _remove_abandoned(drafts)
        yield alone
    finally:
        os.close(handle)


def is_abandoned(folder: Path) -> bool:
    """Whether a folder is empty and no command is writing it: whoever made it was killed."""
    if folder.is_symlink() or not folder.is_dir() or any(folder.iterdir()):
        return False
    with only_writer(folder) as alone:
        return alone


def _remove_abandoned(drafts: Iterable[Path]) -> None:
    """Remove the drafts of killed commands, of results alone: those hold nothing but our files."""
    for draft in drafts:
        if draft.is_symlink() or not draft.is_dir():
            continue
        found = sorted(draft.iterdir())
        if all(_is_ours(file) for file in found):
            with suppress(OSError):
                for file in found:
                    file.unlink()
                draft.rmdir()


def _is_ours(file: Path) -> bool:
    named = file.name in _OURS or _SIDE.fullmatch(file.name) is not None
    return named and file.is_file() and not file.is_symlink()
