"""Attempt records: one `<model>.jsonl` per model, read strictly.

Each line is one problem: ``{"id": …, "mean_cost": US dollars of an attempt, "attempts": [0, 1]}``,
optionally with ``"costs": [US dollars of each attempt]``, which may stand for the mean cost, with
``"domain"``, and with ``"features": [numbers]`` that a router may see. Without a domain, the part
of an id before ``__`` is the domain where every id has one (``django__django-13794``, the
convention of SWE-bench). An id may be a whole number, an attempt a score from 0 to 1, a cost 0.
Files may be gzipped (`.jsonl.gz`) and lie in folders, whose names are then part of the models':
`openai/gpt.jsonl`.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.atomic_files import whole_folder
from market.foundation.errors import DataError, MarketWarning
from market.foundation.names import escaped, not_a_file
from market.foundation.random_streams import Streams
from market.population.free_attempts import floor_of, unseen
from market.population.population import Population
from market.population.problem_record import STRICT, ProblemRecord, Reading
from market.population.record_features import agreed, features_of_problems
from market.population.record_files import record_files, require_models
from market.population.record_lines import ModelRecords, read_model

__all__ = ["Reading", "read_records", "write_records"]


def read_records(
    folder: Path | str,
    models: Sequence[str] | None = None,
    reading: Reading = STRICT,
) -> Population:
    """Read a folder of attempt records; solve probability is successes / attempts.

    The problems that all chosen models share are used, with equal weight; how many each model has
    beyond those is in `Population.left_out`, and how many of them it lacks in `lacking`. What is
    not read at all, a file or a line without attempts, and scores between 0 and 1, are said in
    warnings. A free attempt costs next to nothing (:mod:`market.population.free_attempts`).

    Parameters
    ----------
    folder
        Holds one `<model>.jsonl` or `<model>.jsonl.gz` per model, in folders too.
    models
        Which to use, in this order; all in the folder, by name, if None. The others are read too:
        problems are told apart by all models that were tried on them, so that problem types and
        difficulty do not depend on which are used.
    reading
        From which score on an attempt counts as solved, and what is done with a second line of the
        same problem.

    Raises
    ------
    DataError
        No such folder or model, a bad line (by file and line), no problem that all share, or
        nothing that costs anything.
    """
    folder = Path(folder)
    files = record_files(folder)
    chosen = list(models) if models is not None else list(files)
    require_models(chosen, list(files), folder)
    read = {model: read_model(path, reading) for model, path in files.items()}
    _say_what_is_ignored(folder, {files[model].name: found for model, found in read.items()})
    everyone = {model: found.problems for model, found in read.items()}
    tables = {model: everyone[model] for model in chosen}
    used = {model: read[model] for model in chosen}
    shared = sorted(set.intersection(*(set(table) for table in tables.values())))
    if not shared:
        sizes = ", ".join(f"{model} {len(table)}" for model, table in tables.items())
        raise DataError(
            f"{folder}: no problem id is in all of the models' records ({sizes}); "
            "choose models that were tried on the same problems"
        )
    tried = len(set().union(*tables.values()))
    rows = [[tables[model][identity] for model in chosen] for identity in shared]
    successes = np.array([[r.successes for r in row] for row in rows], dtype=np.int64)
    attempts = np.array([[r.attempts for r in row] for row in rows], dtype=np.int64)
    mean_cost = np.array([[r.mean_cost for r in row] for row in rows])
    free = floor_of(mean_cost, folder)
    failed_cost, solved_cost = _costs_apart(rows, free)
    return Population(
        models=tuple(chosen),
        weight=np.full(len(shared), 1 / len(shared)),
        solve_prob=successes / attempts,
        list_cost=np.maximum(mean_cost, free),
        failed_cost=failed_cost,
        solved_cost=solved_cost,
        successes=successes,
        attempts=attempts,
        domain=_domains(shared, used),
        traits=_traits(everyone, shared),
        left_out={model: len(table) - len(shared) for model, table in tables.items()},
        lacking={model: tried - len(table) for model, table in tables.items()},
        source=escaped(f"attempt records: {folder.name}, {len(shared)} shared problems"),
        unseen=unseen(mean_cost, free),
        ids=tuple(shared),
        features=features_of_problems(used, shared),
    )


def _say_what_is_ignored(folder: Path, read: Mapping[str, ModelRecords]) -> None:
    def say(text: str) -> None:
        warnings.warn(f"{folder}: {text}", MarketWarning, stacklevel=3)

    for name, found in read.items():
        lines = found.without_attempts
        if lines:
            listed = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
            say(f"{name} has {len(lines)} lines without attempts, left out (line {listed})")
    repeated = sum(found.repeated for found in read.values())
    if repeated:
        say(f"{repeated} lines are of problems that had one before")
    between = sum(found.between for found in read.values())
    if between:
        scores = sum(found.scores for found in read.values())
        say(
            f"{between} of {scores} scores lie strictly between 0 and 1; from which score on an "
            "attempt counts as solved is set by --solved-at (1 by default)"
        )


def _traits(tables: Mapping[str, Mapping[str, ProblemRecord]], shared: Sequence[str]) -> FloatArray:
    """Solve rates of all models in the folder that were tried on all of the problems used."""
    tried = [table for table in tables.values() if all(identity in table for identity in shared)]
    return np.array(
        [[table[i].successes / table[i].attempts for table in tried] for i in shared],
        dtype=np.float64,
    )


def _costs_apart(
    rows: Sequence[Sequence[ProblemRecord]], free: float
) -> tuple[FloatArray, FloatArray] | tuple[None, None]:
    """What failed and successful attempts cost, where any model's records say so.

    Where a problem has attempts of one kind only, the other kind's cost follows from the model's
    mean ratio c_s / c_f (geometric, over the problems that have both; 1 where none has). No cost is
    below `free`.
    """
    mean, failed, solved = (
        np.maximum(np.array([[getattr(r, name) for r in row] for row in rows]), free)
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
        if why := not_a_file(model):
            raise DataError(f"model {model!r}: {why}; files are named after it: choose another")
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


def _domains(identities: list[str], read: Mapping[str, ModelRecords]) -> tuple[str, ...]:
    given = [agreed(read, identity, "domain")[0] for identity in identities]
    if all(given):
        return tuple(str(domain) for domain in given)
    if all("__" in identity for identity in identities):
        return tuple(identity.split("__", 1)[0] for identity in identities)
    return ()
