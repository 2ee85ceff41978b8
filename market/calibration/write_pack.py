"""A calibration written as a pack: `table.csv`, `pack.json`, and where its records are from."""

import csv
import json
from collections.abc import Mapping
from datetime import date as calendar
from pathlib import Path
from typing import Any

import numpy as np

from market.calibration.fit_errors import Calibration
from market.foundation.atomic_files import whole_folder
from market.foundation.formats import PACK
from market.population.packs import BY_MODEL, SHARE_PREFIX, TYPE_PREFIX
from market.population.population import Population
from market.population.record_files import PROVENANCE


def write_pack(
    calibration: Calibration,
    folder: Path | str,
    source: str,
    date: str | None = None,
    calibrated: str | None = None,
    providers: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
    licence: str | None = None,
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
    licence
        Under which the records may be used, in words.

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
        **({} if licence is None else {"licence": licence}),
        "date": date,
        "calibrated": calibrated or calendar.today().isoformat(),
        "problems": calibration.problems,
        "classes": population.size,
        "estimator": "geometric",
        "remainder": "spent",
        **_only_answers(population),
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


def _only_answers(population: Population) -> dict[str, Any]:
    """What is said of a population whose attempts always come out the same."""
    if population.most_attempts is None:
        return {}
    by_domain = {"told_apart_by": "domain"} if population.domain else {}
    return {"most_attempts": population.most_attempts, **by_domain}


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
    if population.domain:
        columns["domain"] = list(population.domain)
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
