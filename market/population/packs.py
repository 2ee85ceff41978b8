"""Calibrated packs: a folder with `table.csv` (problem classes) and `pack.json` (where from).

`table.csv` has a row per class and the columns `weight`, per model `<model>:solve_prob` and
`<model>:list_cost` (US dollars per attempt). Optional are, for all models, `<model>:failed_cost`
and `<model>:solved_cost`, where a failed and a successful attempt cost differently; and either
`domain`, or per domain `share:<domain>`, the share of the class's weight that is of that domain
(rows sum to 1). So are `difficulty`, how hard a class is, and `type:<Z>`, its type among Z, which
are then fixed, whatever columns of models are added or left out later.
`pack.json` names the models with their titles and providers, the source, its licence and date, and
the errors of the fit. It may say `most_attempts`, how many attempts at a problem are made at most,
and `"told_apart_by": "domain"`, where a router can see no more of a problem than its domain.
`source.json`, if it is there, is that of the records (:mod:`market.importers`).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError, shown
from market.foundation.formats import PACK, read_json
from market.foundation.names import escaped, unprintable
from market.foundation.text_files import read_text, require_regular
from market.population.domains import domain_shares, domain_traits
from market.population.free_attempts import floor_of, unseen
from market.population.pack_folders import find_pack
from market.population.population import Population

BY_MODEL = (
    "solve_prob",
    "list_cost",
    "failed_cost",
    "solved_cost",
)  # columns, after the model's name
TYPE_PREFIX = "type:"  # begins the name of a column of types; their number follows
_DIGITS = 9  # of a number of types, at most
DOMAIN = "domain"  # the column of domain names
SHARE_PREFIX = "share:"  # begins the name of a column of domain shares


@dataclass(frozen=True)
class Pack:
    """A calibrated population and what is known of it.

    Attributes
    ----------
    population
        Problem classes by models.
    about
        The content of `pack.json`.
    """

    population: Population
    about: Mapping[str, Any]


def read_pack(name: str | Path) -> Pack:
    """Read a pack by path or by name, as :func:`~market.population.pack_folders.find_pack` does.

    Raises
    ------
    DataError
        No such pack, or one that is not in the format above, by file and line.
    """
    folder = find_pack(name)
    about = read_about(folder)
    models = [str(entry["name"]) for entry in about["models"]]
    table = folder / "table.csv"
    try:
        reader = csv.DictReader(io.StringIO(read_text(table), newline=""))
        rows = list(reader)
    except csv.Error as error:
        raise DataError(f"{table}: cannot be read: {error}") from error
    if not rows:
        raise DataError(f"{table}: holds no problem class")
    for i, row in enumerate(rows):
        if None in row or None in row.values():
            raise DataError(
                f"{table}:{i + 2}: has not as many values as the first line has columns; "
                "give each column one"
            )
    header = [column for column in rows[0] if column]
    names = list(reader.fieldnames or ())
    for column in header:
        if names.count(column) > 1:
            raise DataError(f"{table}:1: {names.count(column)} columns {column!r}; keep one")
    stated = [w for w in BY_MODEL if w in BY_MODEL[:2] or any(f"{m}:{w}" in header for m in models)]
    required = ["weight", *(f"{model}:{what}" for model in models for what in stated)]
    for column in required:
        if column not in header:
            raise DataError(f"{table}: no column {column!r}")
    named = [column for column in header if column not in required]  # a model may be called share
    domains = [c.removeprefix(SHARE_PREFIX) for c in named if c.startswith(SHARE_PREFIX)]
    types = [c.removeprefix(TYPE_PREFIX) for c in named if c.startswith(TYPE_PREFIX)]
    for count in types:
        if not count.isdecimal() or len(count) > _DIGITS or int(count) < 1:
            raise DataError(
                f"{table}: {TYPE_PREFIX}{shown(count, quoted=False)} is not "
                f"{TYPE_PREFIX}<number of types>"
            )

    def numbers(*columns: str) -> FloatArray:
        return np.stack([_numbers(table, rows, column) for column in columns], axis=1)

    by_model = {what: numbers(*(f"{model}:{what}" for model in models)) for what in stated}
    floor = floor_of(by_model["list_cost"], table)
    free = unseen(by_model["list_cost"], floor)
    for what in BY_MODEL[1:]:
        if what in by_model:
            by_model[what] = np.where(by_model[what] == 0, floor, by_model[what])
    weight, hard = numbers("weight")[:, 0], None
    if "difficulty" in header:
        hard = numbers("difficulty")[:, 0]
    shares = numbers(*(SHARE_PREFIX + domain for domain in domains)) if domains else None
    label = {int(z): _whole(table, numbers(TYPE_PREFIX + z)[:, 0], z) for z in types}
    try:
        population = Population(
            models=tuple(models),
            weight=weight,
            solve_prob=by_model["solve_prob"],
            list_cost=by_model["list_cost"],
            failed_cost=by_model.get("failed_cost"),
            solved_cost=by_model.get("solved_cost"),
            domain=tuple(row[DOMAIN] for row in rows) if DOMAIN in header else (),
            source=escaped(f"calibrated pack {folder.name}"),
            domains=tuple(domains),
            domain_share=shares,
            types=label,
            difficulty=hard,
            sample_size=_count(folder / "pack.json", about, "problems"),
            most_attempts=_count(folder / "pack.json", about, "most_attempts"),
            unseen=free,
        )
        population = _told_apart(population, folder / "pack.json", about)
    except DataError as error:
        raise DataError(f"{table}: {error}") from error
    return Pack(population, about)


def _told_apart(population: Population, path: Path, about: Mapping[str, Any]) -> Population:
    """The population with what its problems are told apart by, if the pack says so."""
    by = about.get("told_apart_by")
    if by is None:
        return population
    if by != "domain" or not domain_shares(population)[0]:
        raise DataError(
            f'{path}: told_apart_by: must be "domain", of a table that has domains '
            f"(value: {shown(by)}); leave it out if problems are told apart by their solve rates"
        )
    return replace(population, traits=domain_traits(population))


def _count(path: Path, about: Mapping[str, Any], key: str) -> int | None:
    told = about.get(key)
    if told is None:
        return None
    if not isinstance(told, int) or isinstance(told, bool) or told < 1:
        raise DataError(
            f"{path}: {key}: must be a whole number from 1 (value: {str(told)[:60]}); "
            "leave it out if it is not known"
        )
    return told


def _numbers(table: Path, rows: Sequence[Mapping[str, str]], column: str) -> FloatArray:
    values = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            values[i] = float(row[column])
        except (TypeError, ValueError):
            raise DataError(
                f"{table}:{i + 2}: {column} is {shown(row[column])}, not a number"
            ) from None
    return values


def _whole(table: Path, values: FloatArray, types: str) -> IntArray:
    for i, value in enumerate(values.tolist()):
        if not (value.is_integer() and 0 <= value < int(types)):
            raise DataError(
                f"{table}:{i + 2}: {TYPE_PREFIX}{types} is {value:g}; "
                f"it must be a whole number from 0 to {int(types) - 1}"
            )
    return values.astype(np.int64)


def read_about(folder: Path) -> dict[str, Any]:
    """Content of `pack.json`, which names the models.

    Raises
    ------
    DataError
        It is missing, not in the format above, or of a newer one.
    """
    path = folder / "pack.json"
    require_regular(path)
    about = read_json(path, DataError)
    PACK.require_readable(about, path, DataError)
    models = about.get("models")
    if not isinstance(models, list) or not models or not all(map(_is_named, models)):
        raise DataError(
            f'{path}: needs "models", a list of objects that each have a "name" (models is '
            f"{shown(models)})"
        )
    for entry in models:
        if code := unprintable(entry["name"]):
            raise DataError(
                f"{path}: models: the name {shown(entry['name'])} has the character {code}, which "
                "cannot be seen; leave the character out"
            )
    return about


def _is_named(model: object) -> bool:
    return isinstance(model, dict) and isinstance(model.get("name"), str) and bool(model["name"])
