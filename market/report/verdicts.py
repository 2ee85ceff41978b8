"""The verdict that a report begins with, made of what the folder holds."""

import tomllib
from typing import Any

from market.charts import varied
from market.findings import (
    RunTables,
    Verdict,
    of_comparison,
    of_comparisons,
    of_frontier,
    of_run,
    of_study,
)
from market.findings.verdict import population_words
from market.foundation.parsing import RowError, parsed_json, parsed_toml
from market.report.comparison_sides import sides
from market.report.subject import Subject


def verdict_of(subject: Subject) -> Verdict | None:
    """What a result says; None where its folder has not the tables for that."""
    if subject.kind == "frontier":
        return of_frontier(subject.manifest)
    if subject.asked:
        return Verdict(subject.asked, tuple(subject.manifest["verdict"]))
    if subject.kind == "run":
        return _of_run(subject)
    if subject.kind == "comparison":
        return _of_comparison(subject)
    return _of_study(subject)


def _of_run(subject: Subject) -> Verdict | None:
    against = subject.against
    if against is not None and len(against.tables["arbitrageurs"]):
        return None  # it is held against something else than the market without arbitrageurs
    if against is not None and len(against.tables["market"]) != len(subject.tables["market"]):
        return None
    return of_run(
        _tables(subject),
        None if against is None else _tables(against),
        question=_question(subject, "scenario.toml"),
        population=_problems(subject, "scenario.toml"),
        assumed=subject.assumed,
    )


def _tables(subject: Subject) -> RunTables:
    summary = subject.manifest.get("summary", {})
    return RunTables.of(subject.tables, summary if isinstance(summary, dict) else {})


def _of_comparison(subject: Subject) -> Verdict | None:
    if "measures" not in subject.tables:
        return None
    seeds = subject.manifest.get("seeds", [])
    replicates = len(seeds) if isinstance(seeds, list) else 1
    pairs = sides(subject)
    if len(pairs) > 1:
        return of_comparisons(
            [(one["measures"], one["agents"], ("A", letter)) for letter, one in pairs.items()],
            replicates=replicates,
            assumed=subject.assumed,
        )
    a, b = (_question(subject, f"{side}.toml") for side in "ab")
    problems = [_problems(subject, f"{side}.toml") for side in "ab"]
    return of_comparison(
        subject.tables["measures"],
        subject.tables["agents"],
        ("A", "B"),
        replicates=replicates,
        question=b if a != b else "",
        population=problems[0] if problems[0] == problems[1] else "",
        assumed=subject.assumed,
    )


def _of_study(subject: Subject) -> Verdict | None:
    if not {"differences", "sensitivity"} <= set(subject.tables):
        return None
    try:
        design: Any = parsed_json(subject.texts.get("study.json", ""))
        scenario, seeds = design["scenario"], design["seeds"]
    except (ValueError, RowError, KeyError, TypeError):
        return None  # of an older version, or too long to be read whole
    if not isinstance(scenario, dict):
        return None
    summary = subject.tables["summary"]
    return of_study(
        summary,
        subject.tables["differences"],
        subject.tables["sensitivity"],
        varied(summary),
        question=str(scenario.get("description", "")),
        replicates=len(seeds),
        population=population_words(scenario.get("population", {})),
        assumed=subject.assumed,
    )


def _question(subject: Subject, file: str) -> str:
    return str(_scenario(subject, file).get("description", ""))


def _problems(subject: Subject, file: str) -> str:
    return population_words(_scenario(subject, file).get("population", {}))


def _scenario(subject: Subject, file: str) -> dict[str, Any]:
    try:
        return parsed_toml(subject.texts.get(file, ""))
    except (tomllib.TOMLDecodeError, RowError):
        return {}
