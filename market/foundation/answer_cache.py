"""Answers that took long to find, kept on the disk for the next process.

Each answer is a file of plain arrays, named by a digest of all that it depends on: what was asked,
this program's code, and the libraries and the processor that sums depend on. So an answer from the
disk is, to the bit, the one that would be found; and nothing in the folder can run code.

The folder is `answers` in the user's cache folder (on Linux `~/.cache/market`), or in the folder
that the environment variable `MARKET_CACHE` names; `MARKET_CACHE=off` keeps nothing. A file is
there whole or not at all, whichever processes write at once. The answers that were asked for
longest ago go when all together exceed `LARGEST`; files of other names are left alone. What cannot
be read or written is found anew, in silence: no result depends on it.
"""

import os
import platform
import re
import secrets
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from market.foundation.code_version import rooms_digest

Arrays = Mapping[str, npt.NDArray[Any]]

SWITCH = "MARKET_CACHE"  # environment variable: a folder, or "off"
LARGEST = 2**29  # bytes together: searches over some dozens of populations, a small part of a disk
_SHARE = 8  # one answer may take up to a part in so many of that
_LEFT = 0.75  # of the largest size that is left when old answers go, so that they seldom have to
_LOOK = 64  # answers that are written between two looks at how much there is
_OURS = re.compile(r"market-[0-9a-f]{40}\.npz|\.market-[0-9a-f]{16}")  # answers, and drafts of them
_ROOMS = ("foundation", "population", "measures", "frontier")  # whose code answers depend on

_written = 0


def cache_folder() -> Path | None:
    """Where answers are kept; None where the user wants none."""
    chosen = os.environ.get(SWITCH, "")
    if chosen.lower() == "off":
        return None
    return (Path(chosen) if chosen else user_cache_path("market")) / "answers"


def recall(key: bytes) -> dict[str, npt.NDArray[Any]] | None:
    """The arrays kept under a key; None if there are none that can be read whole."""
    folder = cache_folder()
    if folder is None:
        return None
    file = _file(folder, key)
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile):
        return None
    with suppress(OSError):  # asked for last; a folder that is read-only does not know
        os.utime(file)
    return arrays


def keep(key: bytes, arrays: Arrays) -> None:
    """Keep arrays under a key, if there is room and the folder can be written."""
    global _written
    folder = cache_folder()
    if folder is None or sum(array.nbytes for array in arrays.values()) > LARGEST // _SHARE:
        return
    draft = folder / f".market-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = draft.open("xb")
    except OSError:
        return  # what has the draft's name, if anything, is somebody else's
    try:
        with stream:
            np.savez(stream, allow_pickle=False, **arrays)
        draft.replace(_file(folder, key))
    except OSError:
        return
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    if _written % _LOOK == 0:
        _make_room(folder)
    _written += 1


def kept_or_found(key: bytes, find: Callable[[], Arrays]) -> dict[str, npt.NDArray[Any]]:
    """The arrays kept under a key; if there are none, those that are found now, which are kept."""
    known = recall(key)
    if known is None:
        known = dict(find())
        keep(key, known)
    return known


def _file(folder: Path, key: bytes) -> Path:
    return folder / f"market-{blake2b(key + _makers(), digest_size=20).hexdigest()}.npz"


@cache
def _makers() -> bytes:
    """What makes answers beside what was asked: code, libraries and processor."""
    from threadpoolctl import threadpool_info

    # how sums are added up hangs on the kernels that the linear algebra takes for the processor
    kernels = sorted({str(of.get("architecture")) for of in threadpool_info()})
    loops = find_spec("numba") is not None, os.environ.get("NUMBA_DISABLE_JIT")
    machine = platform.python_version(), platform.machine(), np.__version__
    return f"{rooms_digest(_ROOMS)} {machine} {kernels} {loops}".encode()


def _make_room(folder: Path) -> None:
    """Remove the answers asked for longest ago, where all take more than the largest size."""
    files = []
    with suppress(OSError):
        for entry in os.scandir(folder):
            with suppress(OSError):  # another process removed it
                if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    files.append((status.st_mtime, status.st_size, entry.path))
    size = sum(bytes_ for _, bytes_, _ in files)
    if size <= LARGEST:
        return
    for _, bytes_, path in sorted(files):
        if size <= _LEFT * LARGEST:
            break
        with suppress(OSError):
            Path(path).unlink()
        size -= bytes_
