"""Attempt records become a compact pack: weighted problem classes that keep the economics.

:mod:`market.calibration.group_problems` groups the problems,
:mod:`market.calibration.problem_classes` fits the classes, and
:mod:`market.calibration.fit_errors` compares them with the records.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as calendar
from pathlib import Path
from typing import Any

import numpy as np

from market.calibration.fit_errors import FitErrors, fit_errors
from market.calibration.group_problems import group_problems
from market.calibration.problem_classes import fit_classes
from market.foundation.arrays import FloatArray
from market.foundation.atomic_files import require_free, whole_folder
from market.foundation.errors import DataError
from market.foundation.formats import PACK, read_json
from market.frontier.budget_grid import build_tables, data_budgets
from market.frontier.evidence import thin_evidence
from market.frontier.pass_curves import estimated, usual_estimator
from market.population.domains import domain_shares, pool_rare
from market.population.packs import BY_MODEL, SHARE_PREFIX, TYPE_PREFIX
from market.population.population import Population
from market.population.problem_types import problem_types
from market.population.record_files import PROVENANCE
from market.population.records import Reading, read_records

_TYPES = 2, 4, 8, 16  # numbers of problem types that a pack fixes
_BUDGETS = 250  # at which curves are matched, by model


@dataclass(frozen=True)
class Calibration:
    """Problem classes (without counts or ids), their fit, of how many problems, thin evidence."""

    population: Population
    fit: FitErrors
    problems: int
    evidence: tuple[str, ...] = ()


def calibrate(
    population: Population,
    classes: int,
    rng: np.random.Generator,
    budget: FloatArray | None = None,
    pair: Sequence[str] | None = None,
) -> Calibration:
    """Fit problem classes to a population; p and cost are rounded to 6 significant digits.

    Where the problems have domains, each class has the shares of those that its problems are of;
    domains of less than 5% of the problems are pooled as `other`.

    Parameters
    ----------
    population
        [n, M] problems, with recorded counts or without.
    classes
        K wanted; fewer come out where fewer problems differ. Up to n/2, a class has at least two.
    rng
        Draws the cascades that are matched; nothing else is random.
    budget
        [X] or [M, X] list dollars at which curves are matched, rising from 0; from the data if
        None.
    pair
        As for :func:`fit_errors`.

    Raises
    ------
    DataError
        `classes` is not from 1 to n, or no attempt of a model fits the highest budget.
    """
    if not 1 <= classes <= population.clusters:
        raise DataError(
            f"classes: {classes} wanted of {population.clusters} problems; "
            "choose from 1 to the number of problems"
        )
    for model in pair or ():
        population.index(model)
    records, population = population, estimated(population)
    tables = build_tables(population, _even_budgets(population) if budget is None else budget)
    labels = group_problems(tables, classes)
    weight, prob, cost, ratio = fit_classes(tables, labels, rng)
    domains, domain_share = pool_rare(*domain_shares(population), population.weight)
    # a class whose problems have no weight still is of their domains
    member = (labels == np.arange(len(weight))[:, None]) * np.maximum(population.weight, 1e-300)
    failed = cost / (prob * ratio + 1 - prob)
    pack = Population(
        population.models,
        _rounded(weight / weight.sum(), 9),
        _rounded(prob),
        _rounded(cost),
        failed_cost=None if population.failed_cost is None else _rounded(failed),
        solved_cost=None if population.solved_cost is None else _rounded(ratio * failed),
        source=f"calibrated, {len(weight)} classes from: {population.source}",
        domains=domains,
        unseen=population.unseen,
        domain_share=member @ domain_share / member.sum(axis=1)[:, None] if domains else None,
    )
    fixed = [count for count in _TYPES if count <= pack.size]
    pack = replace(
        pack,
        difficulty=_rounded(1 - pack.solve_prob.mean(axis=1)),
        types={count: problem_types(pack, count) for count in fixed},
    )
    fit = fit_errors(build_tables(population), build_tables(pack), pair)
    sure = fit.sure.margins[-1]
    known = (sure.records, sure.low, sure.high) if np.isfinite(sure.low) else None
    evidence = thin_evidence(records, sure.records, sure.held_out, known, usual_estimator(records))
    return Calibration(pack, fit, records.size, evidence)


def _even_budgets(population: Population) -> FloatArray:
    """[M, X] budgets at even steps of their logarithm: what is matched is smooth in them."""
    ends = data_budgets(population, usual_estimator(population))
    rows = [np.maximum.accumulate(np.geomspace(row[1], row[-1], _BUDGETS)) for row in ends]
    return np.stack([np.append(0.0, row) for row in rows])


def _rounded(values: FloatArray, digits: int = 6) -> FloatArray:
    return np.array([float(f"{v:.{digits}g}") for v in values.ravel()]).reshape(values.shape)


def calibrate_records(
    folder: Path | str,
    classes: int,
    out: Path | str,
    *,
    models: Sequence[str] | None = None,
    providers: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    source: str | None = None,
    date: str | None = None,
    calibrated: str | None = None,
    pair: Sequence[str] | None = None,
    seed: int = 0,
    reading: Reading | None = None,
) -> Calibration:
    """Read a folder of attempt records, calibrate, and write the pack.

    `folder`, `models` and `reading` are as for
    :func:`market.population.records.read_records`, `classes` and `pair` as for :func:`calibrate`,
    the rest as for :func:`write_pack`; the same `seed` gives the same table.

    Raises
    ------
    DataError, ScenarioError
        What these refuse; before the fit where that is possible.
    """
    require_free(out)
    population = read_records(folder, models, reading or Reading())
    for model in {**(titles or {}), **(providers or {})}:
        population.index(model)
    calibration = calibrate(population, classes, np.random.default_rng(seed), pair=pair)
    source = source or population.source
    imported = Path(folder) / PROVENANCE
    provenance = read_json(imported, DataError) if imported.is_file() else None
    write_pack(calibration, out, source, date, calibrated, providers, titles, provenance)
    return calibration


def write_pack(
    calibration: Calibration,
    folder: Path | str,
    source: str,
    date: str | None = None,
    calibrated: str | None = None,
    providers: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Write `table.csv` and `pack.json`, both or neither (temporary sibling, then rename).

    Parameters
    ----------
    folder
        The pack, to be made; its last part is the pack's name.
    source, date
        Where the records come from, and from when.
    providers, titles
        By model, what people call its seller and itself; the model's name where not given.
    calibrated
        Date of the calibration, ISO 8601; today if None.
    provenance
        `source.json` of the records, which goes with the pack, if there is one.

    Raises
    ------
    ScenarioError
        `folder` exists, or cannot be written.
    """
    population = calibration.population
    about = {
        "format": PACK.signature,
        "name": Path(folder).name,
        "source": source,
        "date": date,
        "calibrated": calibrated or calendar.today().isoformat(),
        "problems": calibration.problems,
        "classes": population.size,
        "estimator": "geometric",
        "remainder": "spent",
        "models": [
            {"name": m, "title": (titles or {}).get(m, m), "provider": (providers or {}).get(m, m)}
            for m in population.models
        ],
        "fit": calibration.fit.to_json(),
    }
    with whole_folder(folder) as draft:
        text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False)
        (draft / "pack.json").write_text(text + "\n", encoding="utf-8")
        if provenance is not None:
            text = json.dumps(provenance, indent=1, ensure_ascii=False, allow_nan=False)
            (draft / PROVENANCE).write_text(text + "\n", encoding="utf-8")
        _write_table(population, draft / "table.csv")


def _least(population: Population, what: str) -> float:
    """Below which an amount is written as 0; a probability never is."""
    return 0.0 if what == "solve_prob" else population.unseen


def _write_table(population: Population, path: Path) -> None:
    # more digits of weights and shares, for they must sum to 1
    columns = {"weight": [f"{weight:.9g}" for weight in population.weight]}
    for m, model in enumerate(population.models):
        for what in BY_MODEL:
            values = getattr(population, what)
            if values is not None:
                shown = np.where(values[:, m] < _least(population, what), 0.0, values[:, m])
                columns[f"{model}:{what}"] = [f"{value:.6g}" for value in shown]
    for d, domain in enumerate(population.domains):
        assert population.domain_share is not None  # a population has both or neither
        columns[SHARE_PREFIX + domain] = [f"{share:.9g}" for share in population.domain_share[:, d]]
    assert population.difficulty is not None  # every population has it once it is made
    columns["difficulty"] = [f"{hard:.6g}" for hard in population.difficulty]
    for count, labels in population.types.items():
        columns[f"{TYPE_PREFIX}{count}"] = [str(label) for label in labels]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
