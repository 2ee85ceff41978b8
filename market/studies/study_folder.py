"""A study on disk: readable while it grows, whole at its end, and the same however often killed.

`study.json` says what is run. While runs are made, each leaves its tables in
`runs/<first two letters>/<run id>/` and then its outcome in `journal.jsonl`, in this order, so that
a run which is in the journal is whole. At the end the tables of the study are written, then
`manifest.json`, and the journal goes.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from market.foundation.atomic_files import MANIFEST, require_free
from market.foundation.errors import RunError, ScenarioError
from market.studies.journal import Journal, entries
from market.studies.run_task import Performed

HEADER = "study.json"
JOURNAL = "journal.jsonl"
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
        Where it is, or shall be.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder)

    @property
    def begun(self) -> bool:
        """Whether a study is here, complete or not."""
        return (self.path / HEADER).is_file()

    @property
    def complete(self) -> bool:
        """Whether the study here came to its end."""
        return self.begun and (self.path / MANIFEST).is_file()

    def header(self) -> dict[str, Any]:
        """What `study.json` holds.

        Raises
        ------
        ScenarioError
            No study is here.
        """
        if not self.begun:
            raise ScenarioError(f"{self.path}: holds no study (no {HEADER})")
        content: dict[str, Any] = json.loads((self.path / HEADER).read_text(encoding="utf-8"))
        return content

    def prepare(self, header: Mapping[str, Any], overwrite: bool = False) -> None:
        """Begin the study that `header` describes, or find it here and go on with it.

        Raises
        ------
        ScenarioError
            Something else is here, another sweep is at work, or the folder cannot be written.
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
                    self._remove()
            self.path.mkdir(parents=True, exist_ok=True)
            self._write(HEADER, text.encode())
        except OSError as error:
            raise ScenarioError(
                f"{self.path}: cannot be written ({error.strerror or error}); "
                "name another folder with --out"
            ) from error

    def _holds_only_drafts(self) -> bool:
        """Whether a study was to begin here, and was killed before it had."""
        if not self.path.is_dir() or self.path.name in ("", ".."):
            return False
        left = {path.name for path in self.path.iterdir()}
        return left <= {_draft(HEADER)}

    def _require_same(self, header: Mapping[str, Any]) -> None:
        found = self.header()
        differ = [says for key, says in _SAYS.items() if found.get(key) != header[key]]
        if differ or found != header:
            listed = " and ".join(differ) or "its design"
            verb = "is" if len(differ) < 2 else "are"
            raise ScenarioError(
                f"{self.path}: holds a study in which {listed} {verb} not the same; "
                "name another folder with --out, or replace it with --overwrite"
            )

    def _remove(self) -> None:
        with Journal(self.path / JOURNAL):  # nobody else is at work here
            old = self.path.with_name(f".{self.path.name}-replaced")
            shutil.rmtree(old, ignore_errors=True)
            self.path.rename(old)
        shutil.rmtree(old, ignore_errors=True)

    def performed(self) -> Iterator[Performed]:
        """Outcomes of the runs that have ended, from the journal of a study that is not complete.

        A study that is being written may be read at any time.
        """
        for entry in entries(self.path / JOURNAL):
            yield Performed(entry["run"], entry["measures"], error=entry["error"])

    @contextmanager
    def recording(self) -> Iterator[Callable[[Performed], None]]:
        """Give the function that records a run; what an earlier end left half done is cleared.

        Raises
        ------
        ScenarioError
            Another sweep is at work here.
        """
        with Journal(self.path / JOURNAL) as journal:
            for draft in self.path.glob("runs/*/.*.part"):
                shutil.rmtree(draft)
            for draft in self.path.glob(".*.part"):
                draft.unlink()

            def record(run: Performed) -> None:
                entry = {"run": run.run_id, "error": run.error, "measures": dict(run.measures)}
                with self._room():
                    if run.files is not None:
                        self._write_run(run.run_id, run.files)
                    journal.append(entry)

            yield record

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Say how to go on when the disk takes no more.

        Raises
        ------
        RunError
            Something was not written; all that was before is kept.
        """
        try:
            yield
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be written ({error.strerror or error}); runs that are done "
                f"are kept: make room, then go on with: market sweep --resume {self.path}"
            ) from error

    def run_folder(self, run_id: str) -> Path:
        """Where the tables of a run are, if they are kept."""
        return self.path / "runs" / run_id[:2] / run_id

    def _write_run(self, run_id: str, files: Mapping[str, bytes]) -> None:
        target = self.run_folder(run_id)
        draft = target.with_name(_draft(run_id))
        draft.mkdir(parents=True)
        for name, content in files.items():
            _write_bytes(draft / name, content)
        if target.exists():  # made before, but the end came before the journal knew
            shutil.rmtree(target)
        draft.rename(target)

    def finish(self, tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> None:
        """Write the study's tables, then the manifest that says it is complete."""
        counted = {**manifest, "tables": {name: len(table) for name, table in tables.items()}}
        with self._room():
            for name, table in tables.items():
                self._write(f"{name}.parquet", table.to_parquet(index=False))
            self._write(MANIFEST, f"{json.dumps(counted, indent=2)}\n".encode())
        self.clear()

    def clear(self) -> None:
        """Remove the journal of a complete study."""
        (self.path / JOURNAL).unlink(missing_ok=True)

    def table(self, name: str) -> pd.DataFrame:
        """A table of a complete study."""
        return pd.read_parquet(self.path / f"{name}.parquet")

    def _write(self, name: str, content: bytes) -> None:
        draft = self.path / _draft(name)
        _write_bytes(draft, content)
        draft.replace(self.path / name)


def _draft(name: str) -> str:
    return f".{name}.part"


def _write_bytes(file: Path, content: bytes) -> None:
    """Write a file, and wait until it is on the disk."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
