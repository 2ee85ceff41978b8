"""Attempt records: one `<model>.jsonl` per model, read strictly.

Each line is one problem: ``{"id": …, "mean_cost": US dollars of one attempt, "attempts": [0, 1]}``,
optionally with ``"domain"``. Without it, the part of an id before ``__`` is the domain where every
id has one (``django__django-13794``, the convention of SWE-bench).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from market.foundation.atomic_files import whole_folder
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.population.population import Population


@dataclass(frozen=True)
class ProblemRecord:
    """What one model did at one problem."""

    successes: int
    attempts: int
    mean_cost: float
    domain: str | None


def read_model(path: Path) -> dict[str, ProblemRecord]:
    """Read one model's records, by problem id.

    Raises
    ------
    DataError
        Naming file, line and the way out, for anything that is not in the format above.
    """
    records: dict[str, ProblemRecord] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        identity, record = _parse(line, place)
        if identity in records:
            raise DataError(
                f"{place}: id {identity!r} appears twice; merge its attempts into one line"
            )
        records[identity] = record
    if not records:
        raise DataError(f"{path}: holds no records; remove the file or fill it")
    return records


def _parse(line: str, place: str) -> tuple[str, ProblemRecord]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{place}: not a JSON object ({error.msg} at column {error.colno})"
        ) from error
    if not isinstance(row, dict):
        raise DataError(f"{place}: not a JSON object but {type(row).__name__}")
    for key in ("id", "mean_cost", "attempts"):
        if key not in row:
            raise DataError(f"{place}: no {key!r}; it has: {', '.join(map(str, row)) or 'nothing'}")
    identity, cost, attempts = row["id"], row["mean_cost"], row["attempts"]
    if not isinstance(identity, str) or not identity:
        raise DataError(f"{place}: id is {identity!r}; it must be a text that is not empty")
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        raise DataError(f"{place}: mean_cost is {cost!r}; it must be a number of US dollars")
    try:
        dollars = float(cost)
    except OverflowError:
        dollars = math.inf
    if not (math.isfinite(dollars) and dollars > 0):
        raise DataError(
            f"{place}: mean_cost is {dollars:g}; it must be above 0 US dollars "
            "(leave out problems whose cost is not known)"
        )
    if not isinstance(attempts, list) or not attempts:
        raise DataError(f"{place}: attempts is {attempts!r}; it must be a list of at least one 0/1")
    if any(type(a) not in (int, bool) or a not in (0, 1) for a in attempts):
        bad = next(a for a in attempts if type(a) not in (int, bool) or a not in (0, 1))
        raise DataError(f"{place}: attempts holds {bad!r}; each must be 0, 1, true or false")
    domain = row.get("domain")
    if domain is not None and (not isinstance(domain, str) or not domain):
        raise DataError(f"{place}: domain is {domain!r}; it must be a text, or left out")
    return identity, ProblemRecord(int(sum(attempts)), len(attempts), dollars, domain)


def read_records(folder: Path | str, models: Sequence[str] | None = None) -> Population:
    """Read a folder of attempt records; solve probability is successes / attempts.

    The problems that all chosen models share are used, with equal weight; how many each model has
    beyond those is in `Population.left_out`.

    Parameters
    ----------
    folder
        Holds one `<model>.jsonl` per model.
    models
        Which to read, in this order; all in the folder, by name, if None.

    Raises
    ------
    DataError
        No such folder or model, a bad line (by file and line), or no problem that all share.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder of attempt records")
    present = sorted(path.stem for path in folder.glob("*.jsonl"))
    if not present:
        raise DataError(f"{folder}: no <model>.jsonl file in it")
    chosen = list(models) if models is not None else present
    for model in chosen:
        if model not in present:
            raise DataError(f"{folder}: no {model}.jsonl; there are: {', '.join(present)}")
    tables = {model: read_model(folder / f"{model}.jsonl") for model in chosen}
    shared = sorted(set.intersection(*(set(table) for table in tables.values())))
    if not shared:
        sizes = ", ".join(f"{model} {len(table)}" for model, table in tables.items())
        raise DataError(
            f"{folder}: no problem id is in all of the models' records ({sizes}); "
            "choose models that were tried on the same problems"
        )
    rows = [[tables[model][identity] for model in chosen] for identity in shared]
    successes = np.array([[r.successes for r in row] for row in rows], dtype=np.int64)
    attempts = np.array([[r.attempts for r in row] for row in rows], dtype=np.int64)
    return Population(
        models=tuple(chosen),
        weight=np.full(len(shared), 1 / len(shared)),
        solve_prob=successes / attempts,
        list_cost=np.array([[r.mean_cost for r in row] for row in rows]),
        successes=successes,
        attempts=attempts,
        domain=_domains(shared, rows),
        left_out={model: len(table) - len(shared) for model, table in tables.items()},
        source=f"attempt records: {folder.name}, {len(shared)} shared problems",
    )


def write_records(
    population: Population, attempts: int, folder: Path | str, streams: Streams
) -> None:
    """Draw attempts at every problem of a population, and write them as a new folder of records.

    These are test data whose true solve probabilities are known. Records have equal weights: those
    of the population are not kept.

    Parameters
    ----------
    population
        Whose solve probabilities attempts succeed with, and whose list costs they have.
    attempts
        By each model at each problem, at least 1.
    folder
        To be made; it must not exist.
    streams
        Each model draws from its own.

    Raises
    ------
    DataError
        `attempts` is below 1, or a model's name cannot be that of a file.
    ScenarioError
        The folder exists, or cannot be written.
    """
    if attempts < 1:
        raise DataError(f"attempts {attempts}: needs at least 1")
    for model in population.models:
        if Path(model).name != model or "\\" in model:
            raise DataError(
                f"model {model!r}: cannot be the name of a file; give it a name without slashes"
            )
    with whole_folder(folder) as draft:
        for m, model in enumerate(population.models):
            chance = population.solve_prob[:, m, None]
            rng = streams.generator("records", model)
            solved = rng.random((population.size, attempts)) < chance
            rows = [
                {"id": f"problem-{i}", "mean_cost": float(cost), "attempts": row.tolist()}
                for i, (cost, row) in enumerate(
                    zip(population.list_cost[:, m], solved.astype(int), strict=True)
                )
            ]
            text = "".join(f"{json.dumps(row)}\n" for row in rows)
            (draft / f"{model}.jsonl").write_text(text, encoding="utf-8")


def _domains(identities: list[str], rows: list[list[ProblemRecord]]) -> tuple[str, ...]:
    given = [next((r.domain for r in row if r.domain), None) for row in rows]
    if all(given):
        return tuple(str(domain) for domain in given)
    if all("__" in identity for identity in identities):
        return tuple(identity.split("__", 1)[0] for identity in identities)
    return ()
