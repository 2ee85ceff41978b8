"""Writing so that a power cut loses nothing: what is said to be written is on the disk.

Content is on the disk before its file gets its name, and a name before anything counts on it. A
system that cannot wait for the names in a folder (Windows) waits for content alone.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, and wait until its content is on the disk."""
    handle = os.open(file, _NEW, 0o666)
    try:
        write_all(handle, content)
    finally:
        os.close(handle)


def write_all(handle: int, content: bytes) -> None:
    """Write to the end of an open file, and wait until it is on the disk."""
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]
    os.fsync(handle)


def sync(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(folder: Path) -> None:
    """Wait until everything in a folder is on the disk, and its own names."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            sync_all(path)
        else:
            sync(path)
    sync(folder)


def make_folder(folder: Path) -> bool:
    """Make a folder, and wait until its name is on the disk; False if it is there already."""
    with suppress(FileExistsError):
        folder.mkdir()
        sync(folder.parent)
        return True
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(folder))
    return False


def make_folders(folder: Path) -> None:
    """Make a folder and those above it that are missing, the outer first."""
    for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        make_folder(path)


def remove(file: Path) -> None:
    """Remove a file, if it is there, and wait until its name is gone."""
    file.unlink(missing_ok=True)
    sync(file.parent)


def rename(old: Path, new: Path) -> None:
    """Give a file or folder, which is on the disk already, its name, in the same folder."""
    old.replace(new)
    sync(new.parent)
