"""Which files of a folder are ours, so that nothing else is ever removed.

A folder is ours if it has our signature, or is one of version 0.1, and holds only files that we
list. They are removed one by one, from that list.
"""

import os
import re
import secrets
from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from market.foundation.errors import ScenarioError
from market.foundation.formats import (
    COMPARISON,
    HEADER,
    MANIFEST,
    REPORT,
    REPORT_MARK,
    RUN,
    RUN_ID,
    STUDY,
    STUDY_KEYS,
    letter,
    read_json,
)

_SHOWN = 3  # names of what is not ours that a message lists
_REPORT_DRAFT = re.compile(rf"\.{re.escape(REPORT)}-\w{{8}}")


def draft_name(name: str) -> str:
    """What a file of a study, or a run's folder, is called until it is whole."""
    return f".{name}.part"


@dataclass
class _Contents:
    """Paths below a folder: our files; our folders, the outer before the inner; everything else."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def _contents(folder: Path) -> _Contents:
    """Sort what is in a folder into ours and other; a link is never ours."""
    header = (folder / HEADER).is_file()
    if header:
        ours = _files_of_study(folder)
    elif (folder / MANIFEST).is_file():
        ours = _files_of_result(folder)
    else:  # a study that was killed before it had begun
        ours = {draft_name(HEADER)}
    found = _Contents()
    _sort(folder, ours, found)
    runs = folder / "runs"
    if header and ours and runs.is_dir() and not runs.is_symlink():
        found.foreign.remove("runs")
        found.folders.append("runs")
        _sort_runs(runs, _run_ids(read_json(folder / HEADER)), found)
    return found


def require_ours(folder: Path) -> None:
    """Refuse a folder in which something is not ours.

    Raises
    ------
    ScenarioError
        It holds something else, which is named, is a link, or is of a newer version.
    """
    if folder.is_symlink():
        raise ScenarioError(
            f"{folder}: is a link and is not replaced; name the folder that it leads to "
            f"({folder.resolve()}), or another one with --out"
        )
    if foreign := _contents(folder).foreign:
        raise ScenarioError(
            f"{folder}: holds something other than a result ({_listed(foreign)}) and is not "
            "replaced; move that away, or name another folder with --out"
        )


def set_aside(folder: Path) -> Path:
    """Rename a folder of ours to a hidden one beside it, and give its new path.

    Raises
    ------
    ScenarioError
        It holds something that is not ours.
    """
    aside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}-replaced")
    require_ours(folder)
    folder.rename(aside)
    try:
        require_ours(aside)  # what came into it meanwhile is not lost
    except ScenarioError:
        aside.rename(folder)
        raise
    return aside


def remove_ours(folder: Path) -> None:
    """Remove our files from a folder, and the folder if nothing is left in it."""
    found = _contents(folder)
    # the files by which the others are known go last: after a kill, the rest is still known
    files = sorted(found.files, key=lambda name: name in (HEADER, MANIFEST))
    with suppress(OSError):
        for name in files:
            (folder / name).unlink()
        for name in reversed(found.folders):
            (folder / name).rmdir()
        folder.rmdir()


def has_mark(file: Path, mark: str) -> bool:
    """Whether a page has, near its beginning, the mark of pages that this program writes."""
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return mark.encode() in stream.read(2000)


def require_page(file: Path, mark: str, what: str, option: str = "--out") -> None:
    """Refuse to replace a file that is not a page of ours.

    Parameters
    ----------
    file
        To be written.
    mark
        What such a page has near its beginning.
    what, option
        What such a page is called, and what names it.

    Raises
    ------
    ScenarioError
        Something else is there.
    """
    if (file.exists() or file.is_symlink()) and not has_mark(file, mark):
        raise ScenarioError(
            f"{option} {file}: is not {what} and is not replaced; name another file"
        )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(sorted(names)[:_SHOWN]) + more


def _content(file: Path) -> Any:
    try:
        return read_json(file)
    except ScenarioError:
        return None  # so it is not ours


def _sort(folder: Path, ours: Set[str], found: _Contents, below: str = "") -> None:
    """Sort the entries of a folder in which these files, and a report, are ours."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_file(follow_symlinks=False) and (
                entry.name in ours or (MANIFEST in ours and _is_report(Path(entry.path)))
            ):
                found.files.append(name)
            else:
                found.foreign.append(name)


def _is_report(file: Path) -> bool:
    if _REPORT_DRAFT.fullmatch(file.name):
        return True
    return file.name == REPORT and has_mark(file, REPORT_MARK)


def _files_of_result(folder: Path) -> set[str]:
    """Files of a run's folder or a comparison's; none if it is neither."""
    manifest = _content(folder / MANIFEST)
    for made in (RUN, COMPARISON):
        if made.made(manifest):
            made.require_readable(manifest, folder / MANIFEST)
            listed = manifest["tables"] if isinstance(manifest.get("tables"), dict) else ()
            tables = (f"{table}.parquet" for table in made.tables if table in listed)
            ours = {*made.texts, *tables}
            if made is COMPARISON:
                ours |= _scenarios_of_sides(manifest)
            # without a signature, the keys alone might be anybody's
            signed = "format" in manifest or all((folder / name).is_file() for name in ours)
            return ours if signed else set()
    return set()


def _scenarios_of_sides(manifest: dict[str, Any]) -> set[str]:
    """Files of a comparison's scenarios: a letter for each side that the manifest names."""
    sides = manifest.get("comparison")
    return {f"{letter(s)}.toml" for s in range(len(sides))} if isinstance(sides, list) else set()


def _files_of_study(folder: Path) -> set[str]:
    """Files of a study, whole and in draft; none if it is not a study of ours."""
    header = _content(folder / HEADER)
    if not (STUDY.made(header) or (isinstance(header, dict) and set(header) == STUDY_KEYS)):
        return set()
    STUDY.require_readable(header, folder / HEADER)
    if (folder / MANIFEST).is_file():
        manifest = _content(folder / MANIFEST)
        if not STUDY.made(manifest):
            return set()
        STUDY.require_readable(manifest, folder / MANIFEST)
    return {*STUDY.files, *map(draft_name, STUDY.files)}


def _run_ids(header: dict[str, Any]) -> set[str]:
    rows = header.get("runs")
    listed = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    names = (name for row in listed for name in row)
    return {name for name in names if isinstance(name, str) and RUN_ID.fullmatch(name)}


def _sort_runs(runs: Path, run_ids: set[str], found: _Contents) -> None:
    """Folders of runs: `runs/<first two letters>/<run id>`, or a draft of one."""
    known = {(run_id[:2], name) for run_id in run_ids for name in (run_id, draft_name(run_id))}
    for shelf in sorted(runs.iterdir()):
        below = f"runs/{shelf.name}"
        if shelf.is_symlink() or not shelf.is_dir():
            found.foreign.append(below)
            continue
        found.folders.append(below)
        for run in sorted(shelf.iterdir()):
            name = f"{below}/{run.name}"
            if (shelf.name, run.name) in known and run.is_dir() and not run.is_symlink():
                found.folders.append(name)
                _sort(run, RUN.files, found, f"{name}/")
            else:
                found.foreign.append(name)
