"""Folders and files that are written whole, or not at all, and are on the disk when it is said."""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from market.foundation.errors import MarketError, RunError, ScenarioError
from market.foundation.formats import HEADER, MANIFEST
from market.foundation.on_disk import make_folder, rename, sync_all, write_new
from market.foundation.one_writer import is_abandoned, only_writer
from market.foundation.ownership import remove_ours, require_ours, set_aside

_FULL = {errno.ENOSPC, errno.EDQUOT}
_RANDOM = 16  # hexadecimal digits by which drafts differ


def require_free(folder: str | Path, overwrite: bool | None = None, option: str = "--out") -> None:
    """Refuse a folder that cannot be written, or is there and is no result that may be replaced.

    An empty one that a killed command left is free, and so is any empty one.

    Parameters
    ----------
    folder
        Where something is to be written.
    overwrite
        Whether a result may be replaced, if nothing else is in its folder; None where the command
        has no such option.
    option
        What names it.

    Raises
    ------
    ScenarioError
        It is refused; the message gives the way out.
    """
    target = Path(folder)
    if target.name in ("", ".."):
        raise ScenarioError(f"{folder}: cannot be the name of a new folder; name one with {option}")
    try:
        if _lexists(target):
            _require_replaceable(target, overwrite, option)
    except OSError as error:
        raise unwritten(folder, error, "folder", option) from error
    _require_writable_in(target.absolute().parent, folder, option, "folder")


def _require_replaceable(target: Path, overwrite: bool | None, option: str) -> None:
    if not target.is_dir():
        raise ScenarioError(f"{target}: is not a folder; name another folder with {option}")
    if not overwrite and not is_abandoned(target):
        way_out = "remove it" if overwrite is None else "replace it with --overwrite"
        raise ScenarioError(
            f"{target}: exists already; name another folder with {option}, or {way_out}"
        )
    require_ours(target)
    if (target / HEADER).is_file() and not (target / MANIFEST).is_file():
        raise ScenarioError(
            f"{target}: holds a study that is not complete, and a sweep may be at work in it; "
            f"name another folder with {option}"
        )


def require_writable(place: str | Path, option: str, kind: str = "folder") -> None:
    """Refuse, before any work, a file or folder that could not be written after it.

    Nothing is tried out there, so that a kill leaves nothing.

    Parameters
    ----------
    place
        The file or folder to be written; folders above it may be missing if it is a folder.
    option
        What names it.
    kind
        `file` or `folder`.

    Raises
    ------
    MarketError
        With the reason.
    """
    target = Path(place).absolute()
    _require_writable_in(target.parent if kind == "file" else target, place, option, kind)


def _require_writable_in(above: Path, place: str | Path, option: str, kind: str) -> None:
    try:
        _lexists(Path(place))  # a name may be too long
        while kind == "folder" and not _lexists(above):
            above = above.parent
        above.stat()
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(above, os.W_OK | os.X_OK):
            raise OSError(why := _why_not(above), os.strerror(why))
    except OSError as error:
        raise unwritten(f"{option} {place}", error, kind, option) from error


@contextmanager
def whole_folder(
    folder: str | Path, overwrite: bool | None = None, option: str = "--out"
) -> Iterator[Path]:
    """Give a draft folder that becomes `folder` when the block ends well, and is removed if not.

    Parameters
    ----------
    folder
        Where the content goes.
    overwrite, option
        As for :func:`require_free`.

    Raises
    ------
    ScenarioError
        The folder is there, another command is writing it, or it cannot be written; if possible
        before the block runs, so that no work is lost.
    RunError
        The disk is full.
    """
    target = Path(folder)
    require_free(folder, overwrite, option)
    made: list[Path] = []
    draft = None
    try:
        # the folder is made at once, so that another run does not take the name
        for parent in reversed([path for path in (target, *target.parents) if not path.exists()]):
            made.append(parent)  # before it is: an interrupt may come in between
            if not make_folder(parent):
                made.pop()  # another run was quicker
        with only_writer(target, _drafts_of(target)) as alone:
            if not alone:
                raise ScenarioError(
                    f"{folder}: exists already, or another command is writing it; "
                    f"name another folder with {option}"
                )
            draft = _draft_of(target)
            try:
                draft.mkdir()
            except FileExistsError:
                draft = None  # it is somebody else's, and not to be removed
                raise
            if target not in made:
                shutil.copymode(target, draft)
            yield draft
            sync_all(draft)
            if overwrite and target.exists() and any(target.iterdir()):
                require_free(folder, overwrite, option)  # again: it may have changed since
                _replace(target, draft)
            else:
                rename(draft, target)
        made.clear()
    except OSError as error:
        raise unwritten(folder, error, "folder", option) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for parent in reversed(made):
            with suppress(OSError):  # it is not empty
                parent.rmdir()


def _replace(target: Path, draft: Path) -> None:
    old = set_aside(target)
    try:
        rename(draft, target)
    except BaseException:
        with suppress(OSError):  # if something else is there by now, the old result stays aside
            old.rename(target)
        raise
    remove_ours(old)


def write_whole(file: Path, text: str, option: str = "--out") -> None:
    """Write a file whole, or not at all; what was there before stays until then.

    Raises
    ------
    ScenarioError
        It cannot be written.
    RunError
        The disk is full.
    """
    content = text.encode()
    draft = None
    try:
        draft = _draft_of(file)
        try:
            write_new(draft, content)
        except FileExistsError:
            draft = None  # it is somebody else's, and not to be removed
            raise
        rename(draft, file)
    except OSError as error:
        raise unwritten(file, error, "file", option) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def unwritten(
    place: str | Path, error: OSError, kind: str = "folder", option: str = "--out"
) -> MarketError:
    """What to raise where something could not be written: a full disk is no fault of the input."""
    reason = f"{place}: cannot be written ({error.strerror or error})"
    if error.errno in _FULL:
        return RunError(f"{reason}; free some space, or name another {kind} with {option}")
    return ScenarioError(f"{reason}; name another {kind} with {option}")


def _why_not(folder: Path) -> int:
    """Number of the error that writing into this folder would meet."""
    if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return errno.EROFS
    return errno.EACCES


def _lexists(path: Path) -> bool:
    """Whether anything is there; of a name that is too long, the error of the system."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _draft_of(target: Path) -> Path:
    """A name beside the target that nothing has; known before it is made, to be removed anyway."""
    return target.parent / f".{_beginning(target.name)}-{secrets.token_hex(_RANDOM // 2)}"


def _beginning(name: str) -> str:
    """As much of a name as leaves a draft's name within what file systems take, 255 bytes."""
    return os.fsdecode(os.fsencode(name)[: 255 - _RANDOM - 2])


def _drafts_of(target: Path) -> list[Path]:
    """Drafts of this folder that are there; of a long name, which others may begin with, none."""
    if _beginning(target.name) != target.name:
        return []
    named = re.compile(rf"\.{re.escape(target.name)}-[0-9a-f]{{{_RANDOM}}}")
    return [path for path in target.parent.iterdir() if named.fullmatch(path.name)]


def free_folder(parent: Path, name: str) -> Path:
    """Give `parent/name-N` with the least N from 1 that does not exist."""
    number = 1
    while os.path.lexists(parent / f"{name}-{number}"):  # or a link that leads nowhere
        number += 1
    return parent / f"{name}-{number}"
