"""Any source as a folder of records: as it is, or imported to the user's cache once."""

import hashlib
import json
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from market.foundation.code_version import package_folder
from market.foundation.errors import DataError, ScenarioError
from market.importers.attempt_store import Repeats
from market.importers.formats import find_importer
from market.importers.imported import ImportPlan, digest, import_source
from market.importers.source_files import Source

_OURS = "records"  # name of the reader whose sources need no import


def as_records(path: Path, repeats: Repeats = "refuse") -> Path:
    """Folder of records with what a source holds.

    Parameters
    ----------
    path
        A file or a folder, of any format that is known.
    repeats
        As for :class:`~market.importers.imported.ImportPlan`.

    Returns
    -------
    Path
        The folder itself where it holds records; else one in the user's cache, made anew where
        content, code or list of prices is another than before.

    Raises
    ------
    DataError
        As :func:`~market.importers.imported.import_source`.
    """
    if not path.exists():
        raise DataError(f"{path}: no such folder of attempt records, nor such a file")
    source = Source(path)
    reader, files = find_importer(source, None)
    if reader.name == _OURS and path.is_dir():
        return path
    state = tuple((f, f.stat().st_size, f.stat().st_mtime_ns) for f in files)
    return _imported(path, reader.name, repeats, state)


@lru_cache(maxsize=32)
def _imported(
    path: Path, reader: str, repeats: Repeats, state: tuple[tuple[Path, int, int], ...]
) -> Path:
    root = path if path.is_dir() else path.parent
    content = [(file.relative_to(root).as_posix(), digest(file)) for file, *_ in state]
    code = [digest(file) for file in sorted((package_folder() / "importers").glob("*.py"))]
    key = json.dumps([reader, repeats, content, code, version("genai-prices")])
    name = path.resolve().name or "source"
    folder = user_cache_path("market") / "imports" / hashlib.sha256(key.encode()).hexdigest()[:24]
    if not (folder / name).is_dir():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{folder}: cannot be written ({error.strerror or error})") from error
        try:
            import_source(ImportPlan(path, format=reader, repeats=repeats), folder / name)
        except ScenarioError:
            if not (folder / name).is_dir():  # else another process was quicker
                raise
    return folder / name
