"""Folders of a study's runs: `runs/<first two letters>/<run id>/`, each written whole.

A run's id becomes a path here, so it is checked first, and links are refused: a sweep writes and
clears only in its own folder.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from pathlib import Path

from pyarrow import parquet

from market.foundation.errors import ScenarioError
from market.foundation.formats import RUN, STUDY, require_run_id
from market.foundation.on_disk import make_folder, rename, sync, write_new
from market.foundation.ownership import draft_name
from market.studies.frame_columns import has_columns_of


def run_folder(study: Path, run_id: str) -> Path:
    """Where the tables of a run are, if they are kept.

    Raises
    ------
    ScenarioError
        This is not a run id.
    """
    require_run_id(run_id, study)
    return study / "runs" / run_id[:2] / run_id


def require_own(study: Path, run_ids: Iterable[str], ended: Iterable[str]) -> None:
    """Refuse, before anything is written or cleared, what is not the sweep's own.

    Parameters
    ----------
    study
        Its folder.
    run_ids
        Of all its runs.
    ended
        Of those that are not made again.

    Raises
    ------
    ScenarioError
        A link leads out of the folder, a file is where a folder goes or the reverse, or a table of
        the study or a run's folder that would be replaced is something else.
    """
    known, done = set(run_ids), set(ended)
    for path, is_folder in _written(study, known):
        if path.is_symlink():
            raise ScenarioError(
                f"{path}: is a link, and a sweep writes only into its own folder; "
                "replace the link by what it points to"
            )
        if path.exists() and not (path.is_dir() if is_folder else path.is_file()):
            kind = "folder" if is_folder else "file"
            raise ScenarioError(f"{path}: is not a {kind}, but a sweep writes one there; move it")
    for name in STUDY.tables:  # a sweep that was killed at its end leaves some
        _require_table(study / f"{name}.parquet", name)
    for run_id in known:
        folder = run_folder(study, run_id)
        for replaced in (_draft(folder), *(() if run_id in done else (folder,))):
            with suppress(FileNotFoundError):  # or another sweep has just removed it
                _require_run_files(replaced)


def _written(study: Path, run_ids: Set[str]) -> Iterator[tuple[Path, bool]]:
    """What a sweep writes, and whether it is a folder; without the files in a run's folder."""
    for name in STUDY.files:
        yield from ((study / name, False), (study / draft_name(name), False))
    yield study / "runs", True
    for shelf in {run_id[:2] for run_id in run_ids}:
        yield study / "runs" / shelf, True
    for run_id in run_ids:
        folder = run_folder(study, run_id)
        yield from ((folder, True), (_draft(folder), True))


def clear_drafts(study: Path, run_ids: Iterable[str]) -> None:
    """Remove what a killed sweep left half written; only files that a sweep writes."""
    for run_id in run_ids:
        draft = _draft(run_folder(study, run_id))
        if draft.exists():
            _remove(draft)
    for name in STUDY.files:
        (study / draft_name(name)).unlink(missing_ok=True)


def write_run(study: Path, run_id: str, files: Mapping[str, bytes]) -> None:
    """Write the folder of a run whole; one that a killed sweep left there is replaced."""
    target = run_folder(study, run_id)
    draft = _draft(target)
    for folder in (target.parent.parent, target.parent):
        make_folder(folder)  # but not the study's own: it is there, or was removed
    draft.mkdir()
    for name, content in files.items():
        write_new(draft / name, content)
    if target.exists():  # made before, but killed before the journal knew
        _remove(target)
    sync(draft)  # the names of its files; their content is on the disk
    rename(draft, target)


def _draft(folder: Path) -> Path:
    return folder.with_name(draft_name(folder.name))


def _require_table(file: Path, name: str) -> None:
    try:
        columns = parquet.read_schema(file).names if file.exists() else None
    except (OSError, ValueError):
        columns = []
    if columns is not None and not has_columns_of(name, columns):
        raise ScenarioError(
            f"{file}: is not a table of a study and is not replaced; move it out of the folder"
        )


def _require_run_files(folder: Path) -> None:
    with os.scandir(folder) as entries:
        others = sorted(
            entry.name
            for entry in entries
            if entry.name not in RUN.files or not entry.is_file(follow_symlinks=False)
        )
    if others:
        raise ScenarioError(
            f"{folder}: contains {', '.join(others[:3])}, which no sweep wrote, and is not "
            "replaced; move that away"
        )


def _remove(folder: Path) -> None:
    _require_run_files(folder)
    for file in list(folder.iterdir()):
        file.unlink()
    folder.rmdir()
