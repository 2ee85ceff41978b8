"""What packs there are, each in a few words."""

import csv
import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from market.foundation.errors import DataError
from market.foundation.text_files import read_text
from market.population.pack_folders import SHIPPED, own_folder, own_packs, shipped_packs
from market.population.packs import DOMAIN, SHARE_PREFIX, read_about


@dataclass(frozen=True)
class ListedPack:
    """A pack that has a name.

    Attributes
    ----------
    name, folder
        What it is called, and where it is.
    shipped
        Whether it came with the program.
    models
        Names.
    problems, classes
        Of how many problems it was made, and of how many classes it is; None if not known.
    domains
        Names.
    source, licence, date
        Of the records; None where not stated.
    problem
        Why it cannot be used by its name; empty if it can.
    """

    name: str
    folder: str
    shipped: bool
    models: tuple[str, ...] = ()
    problems: int | None = None
    classes: int | None = None
    domains: tuple[str, ...] = ()
    source: str | None = None
    licence: str | None = None
    date: str | None = None
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return asdict(self)


def list_packs() -> list[ListedPack]:
    """Shipped packs, then the user's own; one that cannot be read is listed with the reason."""
    shipped = [_listed(SHIPPED / name, True) for name in shipped_packs()]
    return shipped + [_listed(own_folder() / name, False) for name in own_packs()]


def _listed(folder: Path, shipped: bool) -> ListedPack:
    hidden = not shipped and folder.name in shipped_packs()
    problem = "a shipped pack has this name: rename the folder" if hidden else ""
    try:
        about = read_about(folder)
        domains = _domains(folder / "table.csv")
    except DataError as error:
        return ListedPack(folder.name, str(folder), shipped, problem=str(error))
    return ListedPack(
        folder.name,
        str(folder),
        shipped,
        tuple(str(model["name"]) for model in about["models"]),
        problems=_count(about.get("problems")),
        classes=_count(about.get("classes")),
        domains=domains,
        source=_text(about.get("source")),
        licence=_text(about.get("licence")),
        date=_text(about.get("date")),
        problem=problem,
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _domains(table: Path) -> tuple[str, ...]:
    """Names of the domains that a table has columns or rows of."""
    try:
        reader = csv.DictReader(io.StringIO(read_text(table), newline=""))
        if DOMAIN in (reader.fieldnames or ()):
            return tuple(sorted({str(row[DOMAIN]) for row in reader}))
        columns = [c for c in reader.fieldnames or () if c.startswith(SHARE_PREFIX)]
    except csv.Error as error:
        raise DataError(f"{table}: cannot be read: {error}") from error
    return tuple(column.removeprefix(SHARE_PREFIX) for column in columns)
