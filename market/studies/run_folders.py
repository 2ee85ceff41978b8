"""Folders of a study's runs: `runs/<first two letters>/<run id>/`, each written whole.

A run's id becomes a path here, so it is checked first, and links are refused: a sweep writes and
clears only in its own folder.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from market.foundation.errors import ScenarioError
from market.foundation.formats import RUN, STUDY, require_run_id
from market.foundation.ownership import draft_name


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
        A link leads out of the folder, or a run's folder that would be replaced holds something
        else.
    """
    known, done = set(run_ids), set(ended)
    for path in _written(study, known):
        if path.is_symlink():
            raise ScenarioError(
                f"{path}: is a link, and a sweep writes only into its own folder; "
                "replace the link by what it points to"
            )
    for run_id in known:
        folder = run_folder(study, run_id)
        for replaced in (_draft(folder), *(() if run_id in done else (folder,))):
            with suppress(FileNotFoundError):  # or another sweep has just removed it
                _require_run_files(replaced)


def _written(study: Path, run_ids: Iterable[str]) -> Iterator[Path]:
    """Every file and folder that a sweep writes, but for the files in a run's folder."""
    for name in STUDY.files:
        yield from (study / name, study / draft_name(name))
    yield study / "runs"
    yield from (study / "runs" / shelf for shelf in {run_id[:2] for run_id in run_ids})
    for run_id in run_ids:
        folder = run_folder(study, run_id)
        yield from (folder, _draft(folder))


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
        folder.mkdir(exist_ok=True)  # but not the study's own: it is there, or was removed
    draft.mkdir()
    for name, content in files.items():
        write_new(draft / name, content)
    if target.exists():  # made before, but killed before the journal knew
        _remove(target)
    draft.rename(target)


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, and wait until it is on the disk."""
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _draft(folder: Path) -> Path:
    return folder.with_name(draft_name(folder.name))


def _require_run_files(folder: Path) -> None:
    if folder.is_file():
        raise ScenarioError(f"{folder}: is a file where a run's folder goes; move it away")
    others = sorted({file.name for file in folder.iterdir()} - RUN.files)
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
