"""Logs of a router: per query the model or models tried, what was paid, whether it was solved."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from market.foundation.errors import DataError, shown
from market.foundation.text_files import RowError, file_is_there, json_object, lines_of
from market.importers.attempts import fault
from market.importers.fields import at, dollars, name, score
from market.importers.source_files import Source
from market.importers.table_files import Table

FIELDS = {  # names that need no option, the first that a row has
    "query": (
        "query_id",
        "query",
        "problem",
        "problem_id",
        "global_index",
        "sample_id",
        "instance_id",
        "task_id",
        "prompt_id",
        "id",
    ),
    "model": (
        "models",
        "model",
        "llm_selected",
        "selected_model",
        "chosen_model",
        "routed_model",
        "model_name",
        "prediction",
    ),
    "cost": (
        "cost",
        "cost_usd",
        "total_cost",
        "inference_cost",
        "evaluation_result.inference_cost",
    ),
    "solved": (
        "solved",
        "score",
        "correct",
        "success",
        "passed",
        "resolved",
        "reward",
        "evaluation_result.score",
    ),
}


class LoggedQuery(NamedTuple):
    """One query: its problem's id, models in the order tried, US dollars, score, and the place."""

    problem: str
    models: tuple[str, ...]
    cost: float | None
    score: float
    file: Path
    line: int


@dataclass(frozen=True)
class LogFields:
    """Names of the fields of a log, dotted where objects are nested; usual names where None."""

    query: str | None = None
    model: str | None = None
    cost: str | None = None
    solved: str | None = None


def read_router_logs(path: Path, fields: LogFields | None = None) -> list[LoggedQuery]:
    """All queries of a log: JSON lines, CSV or Parquet, or a folder of them.

    A row is a query; an id that comes again is another query of the same problem. Several models
    are a list, or one text with ` > ` between them, in the order tried.

    Parameters
    ----------
    path
        A file or a folder.
    fields
        What the fields are called.

    Raises
    ------
    DataError
        By file and line; nothing that could be a log; no query.
    """
    if not path.is_dir() and not file_is_there(path, DataError):
        raise DataError(f"{path}: no such file or folder of router logs")
    source, named = Source(path), fields or LogFields()
    files = source.of_kind(".jsonl", ".ndjson", ".csv", ".parquet")
    if not files:
        raise DataError(
            f"{path}: no router log; looked for JSON lines (.jsonl, .ndjson), CSV or Parquet with "
            "a row per query: its problem's id, model or models, cost, solved"
        )
    found = [query for file in files for query in _queries(file, named)]
    if not found:
        raise DataError(f"{path}: holds no query")
    return found


def _queries(file: Path, fields: LogFields) -> Iterator[LoggedQuery]:
    chosen: dict[str, str | None] | None = None
    for line, row in _rows(file):
        if chosen is None:
            chosen = {what: _field(row, what, fields, file, line) for what in FIELDS}
        values = {
            what: None if field is None else _value(row, field) for what, field in chosen.items()
        }
        try:
            yield LoggedQuery(
                name(values["query"], str(chosen["query"])),
                _models(values["model"], str(chosen["model"])),
                _cost(values["cost"], str(chosen["cost"])),
                _score(values["solved"], str(chosen["solved"])),
                file,
                line,
            )
        except RowError as error:
            raise fault(file, line, str(error)) from error


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if ".csv" in file.name.lower() or file.name.lower().endswith(".parquet"):
        table = Table(file)
        for line, values in table.rows(table.header):
            yield line, dict(zip(table.header, values, strict=True))
        return
    for line, text in lines_of(file):
        try:
            yield line, json_object(text)
        except RowError as error:
            raise fault(file, line, str(error)) from error


def _field(
    row: Mapping[str, Any], what: str, fields: LogFields, file: Path, line: int
) -> str | None:
    """What a field is called in this file; None for costs that are not there."""
    wanted = getattr(fields, what)
    names: Sequence[str] = FIELDS[what] if wanted is None else (wanted,)
    for field in names:
        if _value(row, field) is not None or field in row:
            return field
    if what == "cost" and wanted is None:
        return None
    raise fault(
        file,
        line,
        f"no field for the {what} (looked for {', '.join(names)}); name it with --{what} FIELD; "
        f"there are: {shown(', '.join(row), quoted=False)}",
    )


def _value(row: Mapping[str, Any], field: str) -> Any:
    return row[field] if field in row else at(row, *field.split("."))


def _models(value: Any, field: str) -> tuple[str, ...]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError):  # else it is a name
            value = json.loads(value)
    if isinstance(value, str):
        value = [part.strip() for part in value.split(" > ")]
    if isinstance(value, list):
        if not value:
            raise RowError(f"{field} is an empty list; give the models tried, in their order")
        return tuple(name(item, f"{field}[{k}]") for k, item in enumerate(value))
    return (name(value, field),)


def _cost(value: Any, field: str) -> float | None:
    if isinstance(value, list):
        parts = [dollars(item, f"{field}[{k}]") for k, item in enumerate(value)]
        return None if None in parts else sum(part for part in parts if part is not None)
    return dollars(value, field)


def _score(value: Any, field: str) -> float:
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.strip().lower(), value)
    return score(value, field)
