"""A study on disk: readable while it grows, and the same however often it was stopped.

`study.json` says what is run. While runs are made, each leaves its tables in
`runs/<first two letters>/<run id>/` and then its outcome in `journal.jsonl`, in this order, so that
a run which is in the journal is whole. At the end the tables of the study are written, then
`manifest.json`, and the journal goes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from market.foundation.atomic_files import require_free, unwritten
from market.foundation.errors import RunError, ScenarioError
from market.foundation.formats import HEADER, JOURNAL, MANIFEST, STUDY, read_json
from market.foundation.on_disk import make_folders, remove, rename, write_new
from market.foundation.ownership import draft_name, remove_ours, require_ours, set_aside
from market.foundation.text_files import file_is_there
from market.results.result_folder import read_table
from market.studies.design import Design
from market.studies.journal import Journal
from market.studies.run_folders import clear_drafts, require_own, run_folder, write_run
from market.studies.run_task import RunOutcome
from market.studies.study_header import (
    design_of,
    read_header,
    require_manifest,
    require_same_runs,
)
from market.studies.study_journal import entry_of, outcomes

_SAYS = {
    "scenario": "the scenario",
    "sweep": "what is varied",
    "seeds": "the seeds",
    "keep": "what is kept of each run",
    "code": "the program's code",
    "versions": "the versions of Python and packages",
}


class StudyFolder:
    """The folder of one study.

    Parameters
    ----------
    folder
        Where it is or will be.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder)

    @property
    def begun(self) -> bool:
        """Whether a study is here, complete or not."""
        return file_is_there(self.path / HEADER)

    @property
    def complete(self) -> bool:
        """Whether the study here came to its end."""
        return self.begun and file_is_there(self.path / MANIFEST)

    def header(self) -> dict[str, Any]:
        """What `study.json` holds.

        Raises
        ------
        ScenarioError
            No study is here, or one that was changed or is of a newer version.
        """
        if not self.begun:
            raise ScenarioError(f"{self.path}: contains no study (no {HEADER})")
        header = read_header(self.path / HEADER)
        if self.complete:
            require_manifest(self.path / MANIFEST)
        return header

    def design(self, header: Mapping[str, Any], made_anew: bool = False) -> Design:
        """What a header that was read here describes.

        Parameters
        ----------
        header
            As :meth:`header` gives it.
        made_anew
            Whether runs will be made of it, so that its run ids must be those of its design.

        Raises
        ------
        ScenarioError
            Its scenario, its design or its run ids are not valid.
        """
        design = design_of(header, self.path / HEADER)
        if made_anew:
            require_same_runs(header, design, self.path / HEADER)
        return design

    def prepare(self, header: Mapping[str, Any], overwrite: bool = False) -> None:
        """Begin the study that `header` describes, or find it here and resume it.

        Raises
        ------
        ScenarioError
            Something else is here, another sweep is running, or the folder cannot be written.
        """
        text = json.dumps(header, indent=1, ensure_ascii=False) + "\n"
        try:
            if self.begun and overwrite:
                self._remove()
            if self.begun:
                self._require_same(json.loads(text))
                return
            if not self._holds_only_drafts():
                require_free(self.path, overwrite)
                if self.path.exists():
                    remove_ours(set_aside(self.path))
            make_folders(self.path)
            self._write(HEADER, text.encode())
        except OSError as error:
            raise unwritten(self.path, error) from error

    def _holds_only_drafts(self) -> bool:
        """Whether a study was to begin here, and was killed before it had."""
        if not self.path.is_dir() or self.path.name in ("", ".."):
            return False
        left, draft = list(self.path.iterdir()), self.path / draft_name(HEADER)
        return not left or (left == [draft] and draft.is_file() and not draft.is_symlink())

    def _require_same(self, header: Mapping[str, Any]) -> None:
        found = self.header()
        differ = [says for key, says in _SAYS.items() if found[key] != header[key]]
        if differ or {**found, "format": None} != {**header, "format": None}:
            listed = " and ".join(differ) or "its design"
            verb = "differs" if len(differ) < 2 else "differ"
            raise ScenarioError(
                f"{self.path}: holds another study: {listed} {verb}; "
                "name another folder with --out, or replace it with --overwrite"
            )

    def _remove(self) -> None:
        """Remove a study of ours that no other sweep is writing."""
        if self.path.name in ("", ".."):
            require_free(self.path, overwrite=True)
        require_ours(self.path)
        with Journal(self.path / JOURNAL):
            old = set_aside(self.path)
        remove_ours(old)

    def outcomes(self) -> Iterator[RunOutcome]:
        """Outcomes of the runs that have ended, from the journal, even while it grows.

        Raises
        ------
        ScenarioError
            An entry is not a run outcome.
        """
        return outcomes(self.path / JOURNAL)

    @contextmanager
    def recording(self) -> Iterator[Callable[[RunOutcome], None]]:
        """Give the function that records a run; what an earlier end left half done is cleared.

        Raises
        ------
        ScenarioError
            Another sweep is running here, or something here leads out of the folder.
        RunError
            The folder was removed, moved or replaced during the sweep, or cannot be written.
        """
        known = {run_id for row in self.header()["runs"] for run_id in row}
        require_own(self.path, known, (run.run_id for run in self.outcomes()))
        with Journal(self.path / JOURNAL) as journal:
            clear_drafts(self.path, known)

            def record(run: RunOutcome) -> None:
                with self._room():
                    self._require_in_place(journal)
                    if run.files is not None:
                        write_run(self.path, run.run_id, run.files)
                    journal.append(entry_of(run))
                    self._require_in_place(journal)

            yield record

    def _require_in_place(self, journal: Journal) -> None:
        if not (journal.in_place and self.begun):
            raise RunError(
                f"{self.path}: was removed, moved or replaced during the sweep; repeat the command "
                "or, if it was moved, resume with: market sweep --resume FOLDER"
            )

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Say how to resume when the disk is full.

        Raises
        ------
        RunError
            Something was not written; all that was before is kept.
        """
        try:
            yield
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be written ({error.strerror or error}); finished runs are "
                f"kept. Free some space, then resume with: market sweep --resume {self.path}"
            ) from error

    def run_folder(self, run_id: str) -> Path:
        """Where the tables of a run are, if they are kept.

        Raises
        ------
        ScenarioError
            This is not a run id.
        """
        return run_folder(self.path, run_id)

    def finish(self, tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> None:
        """Write the study's tables, then the manifest that says it is complete."""
        rows = {name: len(table) for name, table in tables.items()}
        counted = {"format": STUDY.signature, **manifest, "tables": rows}
        with self._room():
            for name, table in tables.items():
                self._write(f"{name}.parquet", table.to_parquet(index=False))
            self._write(MANIFEST, f"{json.dumps(counted, indent=2)}\n".encode())
        self.clear()

    def clear(self) -> None:
        """Remove the journal of a complete study."""
        remove(self.path / JOURNAL)

    def table(self, name: str) -> pd.DataFrame:
        """Read a table of a complete study.

        Raises
        ------
        ScenarioError
            It is missing, or is not a table.
        """
        rows = read_json(self.path / MANIFEST).get("tables")
        known = rows.get(name) if isinstance(rows, dict) else None
        return read_table(self.path / f"{name}.parquet", known)

    def _write(self, name: str, content: bytes) -> None:
        draft = self.path / draft_name(name)
        draft.unlink(missing_ok=True)
        write_new(draft, content)
        rename(draft, self.path / name)
