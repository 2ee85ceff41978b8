"""All readers of other people's files, those of other packages too, and which of them fits."""

import sys
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from market.foundation.errors import DataError
from market.importers.attempts import Importer
from market.importers.harbor import Harbor
from market.importers.inspect_logs import InspectLogs
from market.importers.lm_eval import LmEval
from market.importers.market_records import MarketRecords
from market.importers.mini_swe_agent import MiniSweAgent
from market.importers.routerarena import RouterArena
from market.importers.source_files import Source
from market.importers.swebench_site import SweBenchSite
from market.importers.tables import RouterBench, Tables
from market.importers.tau2 import Tau2

GROUP = "market.importers"  # of entry points


@cache
def importers() -> dict[str, Importer]:
    """Readers by name; an entry point that cannot be used stops only who names it."""
    own: list[Importer] = [
        MarketRecords(),
        Harbor(),
        Tau2(),
        MiniSweAgent(),
        SweBenchSite(),
        InspectLogs(),
        LmEval(),
        RouterArena(),
        RouterBench(),
        Tables(),
    ]
    found = {reader.name: reader for reader in own}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        if point.name not in found:
            reader = _load(point)
            if not isinstance(reader, str):
                found[point.name] = reader
    return found


def find_importer(source: Source, wanted: str | None) -> tuple[Importer, list[Path]]:
    """The reader of a source, and which of its files are its.

    Parameters
    ----------
    source
        What is to be read.
    wanted
        Its name, if the user says so; by structure if None.

    Raises
    ------
    DataError
        No reader recognises the source, or several do.
    """
    known = importers()
    if wanted is not None:
        if wanted not in known:
            raise _unknown(wanted)
        files = list(known[wanted].files(source))
        if not files:
            raise source.first_fault() or DataError(
                f"{source.path}: nothing of the format {wanted} in it: {known[wanted].looks_for}"
            )
        return known[wanted], files
    fitting: dict[str, list[Path]] = {}
    refusal = None
    for name, reader in known.items():
        try:
            files = list(reader.files(source))
        except DataError as error:  # of a file that is nobody's, if another format fits
            refusal = refusal or error
            continue
        if files:
            fitting[name] = files
    if len(fitting) == 1:
        ((name, files),) = fitting.items()
        return known[name], files
    if fitting:
        listed = ", ".join(f"{name} ({files[0].name})" for name, files in fitting.items())
        raise DataError(
            f"{source.path}: has files of several formats: {listed}; choose one with --format"
        )
    if refusal is not None:
        raise refusal
    if not source.files:
        raise DataError(f"{source.path}: holds no file")
    first = source.first_fault()
    if first is not None:
        raise first
    looked = "\n".join(f"  {name}: {reader.looks_for}" for name, reader in known.items())
    raise DataError(
        f"{source.path}: of no format that is known. What was looked for:\n{looked}\n"
        "Force one with --format NAME, or write a CSV with the columns problem, model, solved, cost"
    )


def _load(point: EntryPoint) -> Importer | str:
    """The reader of an entry point, or why there is none."""
    try:
        with redirect_stdout(sys.stderr):  # what it prints is no part of a command's answer
            offered = point.load()
            reader: Importer = offered() if isinstance(offered, type) else offered
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever another package raises, `sys.exit` included
        return f"cannot be imported: {error}"
    missing = [
        name
        for name in ("name", "looks_for", "options", "files", "attempts")
        if not hasattr(reader, name)
    ]
    return f"has no {', '.join(missing)} (see Importer)" if missing else reader


def _unknown(wanted: str) -> DataError:
    for point in entry_points(group=GROUP):
        if point.name == wanted:
            return DataError(f"--format {wanted}: entry point {point.value}: {_load(point)}")
    return DataError(f"--format {wanted}: unknown; there are: {', '.join(importers())}")
