"""Attempt records: one `<model>.jsonl` per model, read strictly.

Each line is one problem: ``{"id": …, "mean_cost": US dollars of one attempt, "attempts": [0, 1]}``,
optionally with ``"costs": [US dollars of each attempt]``, which may stand for the mean cost, and
with ``"domain"``. Without a domain, the part of an id before ``__`` is the domain where every
id has one (``django__django-13794``, the convention of SWE-bench).
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.atomic_files import whole_folder
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.population.population import Population

BEYOND = 1e100  # US dollars that numbers of double precision still add and multiply


@dataclass(frozen=True)
class ProblemRecord:
    """What one model did at one problem."""

    successes: int
    attempts: int
    mean_cost: float
    domain: str | None
    failed_cost: float = math.nan
    """Mean over failed attempts, where their costs are recorded and there are any."""
    solved_cost: float = math.nan
    """The same over successful attempts."""


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
    costs = row.get("costs")
    for key in ("id", "attempts") if costs is not None else ("id", "mean_cost", "attempts"):
        if key not in row:
            raise DataError(f"{place}: no {key!r}; it has: {', '.join(map(str, row)) or 'nothing'}")
    identity, attempts = row["id"], row["attempts"]
    if not isinstance(identity, str) or not identity:
        raise DataError(f"{place}: id is {identity!r}; it must be a text that is not empty")
    if not isinstance(attempts, list) or not attempts:
        raise DataError(f"{place}: attempts is {attempts!r}; it must be a list of at least one 0/1")
    if any(type(a) not in (int, bool) or a not in (0, 1) for a in attempts):
        bad = next(a for a in attempts if type(a) not in (int, bool) or a not in (0, 1))
        raise DataError(f"{place}: attempts holds {bad!r}; each must be 0, 1, true or false")
    domain = row.get("domain")
    if domain is not None and (not isinstance(domain, str) or not domain):
        raise DataError(f"{place}: domain is {domain!r}; it must be a text, or left out")
    if costs is None:
        mean = _dollars(row["mean_cost"], f"{place}: mean_cost")
        apart = [math.nan, math.nan]
    else:
        mean, *apart = _costs_of(costs, attempts, place)
        stated = _dollars(row.get("mean_cost", mean), f"{place}: mean_cost")
        if not math.isclose(stated, mean, rel_tol=1e-3):
            raise DataError(
                f"{place}: mean_cost is {stated:g}, but the mean of costs is {mean:g}; "
                "leave out one of them"
            )
    return identity, ProblemRecord(sum(attempts), len(attempts), mean, domain, *apart)


def _dollars(cost: object, place: str) -> float:
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        raise DataError(f"{place} is {cost!r}; it must be a number of US dollars")
    try:
        dollars = float(cost)
    except OverflowError:
        dollars = math.inf
    if not (math.isfinite(dollars) and dollars > 0):
        raise DataError(
            f"{place} is {dollars:g}; it must be above 0 US dollars "
            "(leave out problems whose cost is not known)"
        )
    if not 1 / BEYOND < dollars < BEYOND:
        raise DataError(
            f"{place} is {dollars:g} US dollars; sums of such amounts cannot be worked out: "
            f"it must be from {1 / BEYOND:g} to {BEYOND:g}"
        )
    return dollars


def _costs_of(costs: object, attempts: list[int], place: str) -> tuple[float, float, float]:
    """Mean cost of all attempts, of the failed and of the successful ones; NaN of none."""
    if not isinstance(costs, list) or len(costs) != len(attempts):
        told = f"a list of {len(costs)}" if isinstance(costs, list) else repr(costs)
        raise DataError(
            f"{place}: costs is {told}; it must be a list of US dollars, "
            f"one for each of the {len(attempts)} attempts"
        )
    dollars = [_dollars(cost, f"{place}: costs[{k}]") for k, cost in enumerate(costs)]
    failed, solved = (
        [cost for cost, won in zip(dollars, attempts, strict=True) if won == wanted]
        for wanted in (0, 1)
    )
    of_kind = [fmean(part) if part else math.nan for part in (failed, solved)]
    return fmean(dollars), of_kind[0], of_kind[1]


def read_records(folder: Path | str, models: Sequence[str] | None = None) -> Population:
    """Read a folder of attempt records; solve probability is successes / attempts.

    The problems that all chosen models share are used, with equal weight; how many each model has
    beyond those is in `Population.left_out`.

    Parameters
    ----------
    folder
        Holds one `<model>.jsonl` per model.
    models
        Which to use, in this order; all in the folder, by name, if None. The others are read too:
        problems are told apart by all models that were tried on them, so that problem types and
        difficulty do not depend on which are used.

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
    everyone = {model: read_model(folder / f"{model}.jsonl") for model in present}
    tables = {model: everyone[model] for model in chosen}
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
    failed_cost, solved_cost = _costs_apart(rows)
    return Population(
        models=tuple(chosen),
        weight=np.full(len(shared), 1 / len(shared)),
        solve_prob=successes / attempts,
        list_cost=np.array([[r.mean_cost for r in row] for row in rows]),
        failed_cost=failed_cost,
        solved_cost=solved_cost,
        successes=successes,
        attempts=attempts,
        domain=_domains(shared, rows),
        traits=_traits(everyone, shared),
        left_out={model: len(table) - len(shared) for model, table in tables.items()},
        source=f"attempt records: {folder.name}, {len(shared)} shared problems",
    )


def _traits(tables: Mapping[str, Mapping[str, ProblemRecord]], shared: Sequence[str]) -> FloatArray:
    """Solve rates of all models in the folder that were tried on all of the problems used."""
    tried = [table for table in tables.values() if all(identity in table for identity in shared)]
    return np.array(
        [[table[i].successes / table[i].attempts for table in tried] for i in shared],
        dtype=np.float64,
    )


def _costs_apart(
    rows: Sequence[Sequence[ProblemRecord]],
) -> tuple[FloatArray, FloatArray] | tuple[None, None]:
    """What failed and successful attempts cost, where any model's records say so.

    Where a problem has attempts of one kind only, the other kind's cost follows from the model's
    mean ratio c_s / c_f (geometric, over the problems that have both; 1 where none has).
    """
    mean, failed, solved = (
        np.array([[getattr(r, name) for r in row] for row in rows])
        for name in ("mean_cost", "failed_cost", "solved_cost")
    )
    if np.isnan(failed).all() and np.isnan(solved).all():
        return None, None
    log_ratio = np.log(solved / failed)
    both = np.isfinite(log_ratio)
    total = np.where(both, log_ratio, 0.0).sum(axis=0)
    ratio = np.exp(total / np.maximum(both.sum(axis=0), 1))
    # a model whose records have no costs of attempts pays the same for all of them
    known = np.isnan(failed) & np.isnan(solved)
    failed, solved = np.where(known, mean, failed), np.where(known, mean, solved)
    return (
        np.where(np.isnan(failed), solved / ratio, failed),
        np.where(np.isnan(solved), ratio * failed, solved),
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
            cost = {"mean_cost": population.list_cost[:, m]}
            if population.failed_cost is not None:
                by_outcome = population.cost_of_failure[:, m], population.cost_of_success[:, m]
                cost = {"costs": np.where(solved, by_outcome[1][:, None], by_outcome[0][:, None])}
            ((key, dollars),) = cost.items()
            rows = [
                {"id": f"problem-{i}", key: paid, "attempts": row}
                for i, (paid, row) in enumerate(
                    zip(dollars.tolist(), solved.astype(int).tolist(), strict=True)
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
