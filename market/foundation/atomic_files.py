"""Folders and files that are written whole, or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from market.foundation.errors import ScenarioError
from market.foundation.formats import HEADER, MANIFEST
from market.foundation.ownership import remove_ours, require_ours, set_aside


def require_free(folder: str | Path, overwrite: bool | None = None) -> None:
    """Refuse a folder that exists, unless it is a result that may be replaced.

    Parameters
    ----------
    folder
        Where something is to be written.
    overwrite
        Whether a result may be replaced, if nothing else is in its folder; None where the command
        has no such option.

    Raises
    ------
    ScenarioError
        It is refused; the message gives the way out.
    """
    target = Path(folder)
    if target.name in ("", ".."):
        raise ScenarioError(f"{folder}: cannot be the name of a new folder; name one with --out")
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise ScenarioError(f"{folder}: is not a folder; name another folder with --out")
    if not overwrite:
        way_out = "remove it" if overwrite is None else "replace it with --overwrite"
        raise ScenarioError(
            f"{folder}: exists already; name another folder with --out, or {way_out}"
        )
    require_ours(target)
    if (target / HEADER).is_file() and not (target / MANIFEST).is_file():
        raise ScenarioError(
            f"{folder}: holds a study that is not complete, and a sweep may be at work in it; "
            "name another folder with --out"
        )


@contextmanager
def whole_folder(folder: str | Path, overwrite: bool | None = None) -> Iterator[Path]:
    """Give a draft folder that becomes `folder` when the block ends well, and is removed if not.

    Parameters
    ----------
    folder
        Where the content goes.
    overwrite
        As for :func:`require_free`.

    Raises
    ------
    ScenarioError
        The folder is there, or cannot be written; if possible before the block runs, so that no
        work is lost.
    """
    target = Path(folder)
    require_free(folder, overwrite)
    made: list[Path] = []
    draft = None
    try:
        # the folder is made at once, so that another run does not take the name
        for parent in reversed([path for path in (target, *target.parents) if not path.exists()]):
            made.append(parent)  # before it is: an interrupt may come in between
            try:
                parent.mkdir()
            except FileExistsError:
                made.pop()  # another run was quicker
                raise
        draft = _draft_of(target)
        try:
            draft.mkdir()
        except FileExistsError:
            draft = None  # it is somebody else's, and not to be removed
            raise
        yield draft
        if overwrite and target.exists() and any(target.iterdir()):
            require_free(folder, overwrite)  # again: it may have changed since
            _replace(target, draft)
        else:
            draft.rename(target)
        made.clear()
    except OSError as error:
        raise ScenarioError(
            f"{folder}: cannot be written ({error.strerror or error}); "
            "name another folder with --out"
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for parent in reversed(made):
            with suppress(OSError):  # it is not empty
                parent.rmdir()


def _replace(target: Path, draft: Path) -> None:
    old = set_aside(target)
    try:
        draft.rename(target)
    except BaseException:
        with suppress(OSError):  # if something else is there by now, the old result stays aside
            old.rename(target)
        raise
    remove_ours(old)


def write_whole(file: Path, text: str) -> None:
    """Write a file whole, or not at all; what was there before stays until then.

    Raises
    ------
    ScenarioError
        It cannot be written.
    """
    draft = None
    try:
        draft = _draft_of(file)
        try:
            stream = draft.open("x", encoding="utf-8")
        except FileExistsError:
            draft = None  # it is somebody else's, and not to be removed
            raise
        with stream:
            stream.write(text)
        draft.replace(file)
    except OSError as error:
        raise ScenarioError(
            f"{file}: cannot be written ({error.strerror or error}); name another file with --out"
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _draft_of(target: Path) -> Path:
    """A name beside the target that nothing has; known before it is made, to be removed anyway."""
    return target.parent / f".{target.name}-{secrets.token_hex(8)}"


def free_folder(parent: Path, name: str) -> Path:
    """Give `parent/name-N` with the least N from 1 that does not exist."""
    number = 1
    while os.path.lexists(parent / f"{name}-{number}"):  # or a link that leads nowhere
        number += 1
    return parent / f"{name}-{number}"
