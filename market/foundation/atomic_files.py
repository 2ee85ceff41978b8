"""Folders and files that are written whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from market.foundation.errors import ScenarioError
from market.foundation.formats import HEADER, MANIFEST
from market.foundation.ownership import remove_ours, require_ours, set_aside


def require_free(folder: str | Path, overwrite: bool | None = None) -> None:
    """Refuse a folder that is there, or that is to be replaced and is not a result.

    Parameters
    ----------
    folder
        Where something is to be written.
    overwrite
        Whether a result that is there may be replaced; None where that cannot be asked for. It
        is refused if anything else is in its folder.

    Raises
    ------
    ScenarioError
        With the way out.
    """
    target = Path(folder)
    if target.name in ("", ".."):
        raise ScenarioError(f"{folder}: is no name for a new folder; name one with --out")
    if not (target.exists() or target.is_symlink()):
        return
    if not target.is_dir():
        raise ScenarioError(f"{folder}: is a file; name another folder with --out")
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
    """Give a draft folder that becomes `folder` when the block ends well, and vanishes if not.

    Parameters
    ----------
    folder
        Where the content shall be.
    overwrite
        As for :func:`require_free`.

    Raises
    ------
    ScenarioError
        The folder is there, or cannot be written; raised before the block runs, so that no work
        is lost.
    """
    target = Path(folder)
    require_free(folder, overwrite)
    made: list[Path] = []
    draft = old = None
    try:
        # the name is taken at once, so that another run does not take it meanwhile
        for parent in reversed([path for path in (target, *target.parents) if not path.exists()]):
            parent.mkdir()
            made.append(parent)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        draft.chmod(0o777 & ~_umask())
        yield draft
        if overwrite and target.exists() and any(target.iterdir()):
            require_free(folder, overwrite)  # once more: the work took its time
            old = set_aside(target)
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
        if old is not None and target.exists():
            remove_ours(old)
        elif old is not None:  # the new one could not take its place
            old.rename(target)
        _remove_empty(made)


def write_whole(file: Path, text: str) -> None:
    """Write a file whole, or not at all; what was there before stays until then.

    Raises
    ------
    ScenarioError
        It cannot be written.
    """
    draft = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        draft = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        draft.chmod(0o666 & ~_umask())
        draft.replace(file)
    except OSError as error:
        raise ScenarioError(
            f"{file}: cannot be written ({error.strerror or error}); name another file with --out"
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _remove_empty(folders: list[Path]) -> None:
    """Remove those of the folders that are empty, innermost first."""
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def free_folder(parent: Path, name: str) -> Path:
    """`parent/name-N` with the least N from 1 that is not there yet."""
    number = 1
    while (parent / f"{name}-{number}").exists():
        number += 1
    return parent / f"{name}-{number}"
