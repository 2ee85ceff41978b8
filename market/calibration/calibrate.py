"""Attempt records become a compact pack: weighted problem classes that keep the economics.

:mod:`market.calibration.group_problems` groups the problems,
:mod:`market.calibration.problem_classes` fits the classes, and
:mod:`market.calibration.fit_errors` compares them with the records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from market.calibration.fit_errors import Calibration, fit_errors
from market.calibration.group_problems import group_problems
from market.calibration.problem_classes import fit_classes
from market.calibration.single_answers import answer_classes, answered_once
from market.calibration.write_pack import write_pack
from market.foundation.arrays import FloatArray
from market.foundation.atomic_files import require_free
from market.foundation.errors import DataError
from market.foundation.formats import read_json
from market.foundation.threads import on_one_thread
from market.frontier.budget_grid import build_tables, data_budgets
from market.frontier.evidence import thin_evidence
from market.frontier.pass_curves import estimated, usual_estimator
from market.population.domains import domain_shares, pool_rare
from market.population.population import Population
from market.population.problem_types import problem_types
from market.population.record_files import PROVENANCE
from market.population.records import Reading, read_records

_TYPES = 2, 4, 8, 16  # numbers of problem types that a pack fixes
_BUDGETS = 250  # at which curves are matched, by model


@on_one_thread
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
    return _judged(records, population, pack, pair)


def calibrate_answers(population: Population, pair: Sequence[str] | None = None) -> Calibration:
    """Classes of records whose attempts always come out the same: none is made twice.

    Parameters
    ----------
    population
        [n, M] problems, with recorded counts.
    pair
        As for :func:`fit_errors`.

    Raises
    ------
    DataError
        There are no counts, or attempts at one problem that came out differently.
    """
    for model in pair or ():
        population.index(model)
    records = answered_once(population)
    classes = answer_classes(records)
    pack = replace(classes, list_cost=_rounded(classes.list_cost))
    return _judged(records, records, pack, pair)


def _judged(
    records: Population, population: Population, pack: Population, pair: Sequence[str] | None
) -> Calibration:
    """Classes beside the problems that they were made of, and what the records are too thin for."""
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
    classes: int | None,
    out: Path | str,
    *,
    models: Sequence[str] | None = None,
    providers: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    source: str | None = None,
    date: str | None = None,
    licence: str | None = None,
    calibrated: str | None = None,
    pair: Sequence[str] | None = None,
    seed: int = 0,
    reading: Reading | None = None,
) -> Calibration:
    """Read a folder of attempt records, calibrate, and write the pack.

    `folder`, `models` and `reading` are as for
    :func:`market.population.records.read_records`, `classes` and `pair` as for :func:`calibrate`,
    the rest as for :func:`write_pack`; the same `seed` gives the same table. Where `classes` is
    None, attempts always come out the same, and classes are those of :func:`calibrate_answers`.

    Raises
    ------
    DataError, ScenarioError
        What these refuse; before the fit where that is possible.
    """
    require_free(out)
    population = read_records(folder, models, reading or Reading())
    for model in {**(titles or {}), **(providers or {})}:
        population.index(model)
    if classes is None:
        calibration = calibrate_answers(population, pair)
    else:
        calibration = calibrate(population, classes, np.random.default_rng(seed), pair=pair)
    imported = Path(folder) / PROVENANCE
    provenance = read_json(imported, DataError) if imported.is_file() else None
    write_pack(
        calibration,
        out,
        source or population.source,
        date,
        calibrated,
        providers,
        titles,
        provenance,
        licence,
    )
    return calibration
