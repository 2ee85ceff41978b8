"""Any source as a folder of records: as it is, or imported to the user's cache once."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from market.foundation.code_version import package_folder
from market.foundation.errors import DataError, ScenarioError
from market.importers.attempt_store import Repeats
from market.importers.formats import find_importer
from market.importers.imported import ImportPlan, digest, import_source
from market.importers.reprice import Repricing, reprice_records
from market.importers.source_files import Source
from market.population.record_files import record_files

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
    plan = ImportPlan(path, format=reader.name, repeats=repeats)
    return _cached(path, files, [reader.name, repeats], lambda out: import_source(plan, out))


def as_repriced(records: Path, wanted: Repricing, key: object) -> Path:
    """Folder of the same records at other prices, in the user's cache.

    Parameters
    ----------
    records
        Folder of records.
    wanted
        The prices.
    key
        What they are, as JSON: the records are made anew where it is another.

    Raises
    ------
    DataError
        As :func:`~market.importers.reprice.reprice_records`.
    """
    files = [*record_files(records).values()]
    return _cached(records, files, key, lambda out: reprice_records(records, out, wanted))


def _cached(path: Path, files: Sequence[Path], how: object, make: Callable[[Path], object]) -> Path:
    """Folder in the cache of what is made from these files, in this way and by this code."""
    state = tuple((f, f.stat().st_size, f.stat().st_mtime_ns) for f in files)
    content = _content(path if path.is_dir() else path.parent, state)
    key = json.dumps([how, content, _code(), version("genai-prices")])
    name = path.resolve().name or "source"
    folder = user_cache_path("market") / "imports" / hashlib.sha256(key.encode()).hexdigest()[:24]
    if not (folder / name).is_dir():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{folder}: cannot be written ({error.strerror or error})") from error
        try:
            make(folder / name)
        except ScenarioError:
            if not (folder / name).is_dir():  # else another process was quicker
                raise
    return folder / name


@lru_cache(maxsize=32)
def _content(root: Path, state: tuple[tuple[Path, int, int], ...]) -> list[tuple[str, str]]:
    """Names and digests of files, which are read again when their size or time is another."""
    return [(file.relative_to(root).as_posix(), digest(file)) for file, *_ in state]


@lru_cache(maxsize=1)
def _code() -> list[str]:
    return [digest(file) for file in sorted((package_folder() / "importers").glob("*.py"))]
