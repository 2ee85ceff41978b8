"""An import: attempts are read, priced, counted, and written as records with their provenance."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date as calendar
from pathlib import Path
from typing import Any

from market.foundation.atomic_files import whole_folder
from market.foundation.errors import DataError, quoted_name
from market.foundation.formats import read_json
from market.foundation.names import not_a_file
from market.importers.attempt_store import AttemptStore, Repeats
from market.importers.attempts import Attempt, ImportLog, ImportOptions, fault
from market.importers.formats import find_importer
from market.importers.pricing import Pricing
from market.importers.source_files import Source
from market.importers.summary import ImportSummary, ModelSummary
from market.population.record_files import PROVENANCE

FORMAT = {"name": "market import", "version": 1}
_LARGE = 2**20  # bytes from which on a file of records is gzipped
_TOKENS = (("tokens_in", 0), ("tokens_out", 1), ("tokens_cached", 2), ("tokens_written", 3))


@dataclass(frozen=True)
class ImportPlan:
    """What is imported and how.

    Attributes
    ----------
    source
        A file or a folder.
    options
        What the user says of it.
    format
        Name of the reader; by structure if None.
    solved_at
        Score from which on an attempt counts as solved; scores are kept as they are if None.
    repeats
        What is done with an attempt that is there twice.
    pricing
        How tokens become dollars.
    """

    source: Path
    options: ImportOptions = field(default_factory=ImportOptions)
    format: str | None = None
    solved_at: float | None = None
    repeats: Repeats = "refuse"
    pricing: Pricing = field(default_factory=Pricing)


def import_source(
    plan: ImportPlan, out: Path | None, progress: Callable[[int, int], None] | None = None
) -> ImportSummary:
    """Read a source of any known format; write it as records, unless `out` is None.

    Parameters
    ----------
    plan
        What is imported and how.
    out
        Folder of records, to be made.
    progress
        Told how many bytes are read, of how many.

    Raises
    ------
    DataError, ScenarioError
        By file and line; then nothing is written.
    """
    source = Source(plan.source)
    reader, files = find_importer(source, plan.format)
    for option in plan.options.given():
        if option not in reader.options:
            takes = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(reader.options))
            raise DataError(
                f"--{option.replace('_', '-')}: the format {reader.name} has no use for it; "
                f"it takes: {takes or 'no options of this kind'}"
            )
    total = sum(file.stat().st_size for file in files)
    log = ImportLog(progress=None if progress is None else lambda done: progress(done, total))
    unread = [source.name_of(f) for f in source.files if f not in {*files} and f.name != PROVENANCE]
    with AttemptStore(plan.repeats) as store:
        store.fill(reader.attempts(files, source, plan.options, log))
        if store.empty():
            reasons = ", ".join(f"{n} {reason}" for reason, n in log.left_out.items())
            raise DataError(f"{plan.source}: no attempt in it ({reasons or 'no rows'})")
        summary = ImportSummary(reader.name, [], log.left_out, unread)
        if out is None:
            for model, problems in store.by_model():
                for _ in _rows(model, problems, plan, summary):
                    pass
        else:
            with whole_folder(out) as draft:
                for model, problems in store.by_model():
                    _write(draft, model, _rows(model, problems, plan, summary))
                about = _provenance(plan, source, files, summary)
                text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False)
                (draft / PROVENANCE).write_text(text + "\n", encoding="utf-8")
        summary.repeated = store.repeated
    return summary


def _rows(
    model: str, problems: Iterator[list[Attempt]], plan: ImportPlan, summary: ImportSummary
) -> Iterator[dict[str, Any]]:
    """One model's records; the summary of it is complete when they are all out."""
    counted = ModelSummary(model)
    for attempts in problems:
        priced: list[tuple[Attempt, float]] = []
        for attempt in attempts:
            cost = plan.pricing.cost(attempt, counted.basis)
            if cost is None:
                summary.left_out["no cost and no tokens"] += 1
            else:
                priced.append((attempt, cost))
        if priced:
            scores = [attempt.score for attempt, _ in priced]
            if plan.solved_at is not None:
                scores = [float(score >= plan.solved_at) for score in scores]
            counted.add(priced, scores)
            yield _row(priced, scores)
    if not counted.problems:
        raise DataError(
            f"{model}: the source has neither costs nor tokens of it; give the cost of an attempt "
            f"with --cost-per-problem {quoted_name(model)}=USD"
        )
    summary.models.append(counted)


def _row(priced: list[tuple[Attempt, float]], scores: list[float]) -> dict[str, Any]:
    first = priced[0][0]
    costs = [cost for _, cost in priced]
    alike = min(costs) == max(costs)
    row: dict[str, Any] = {
        "id": first.problem,
        "mean_cost": costs[0] if alike else sum(costs) / len(costs),  # as it was, to the last digit
        "attempts": [int(score) if score in (0, 1) else score for score in scores],
    }
    if len(costs) == 1 or not alike:  # else they are likely a mean
        row["costs"] = costs
    tokens = [attempt.tokens for attempt, _ in priced]
    for key, at in _TOKENS:
        known = [each[at] for each in tokens if each is not None]
        if len(known) == len(tokens) and (at < 2 or any(known)):
            row[key] = known
    domain = next((attempt.domain for attempt, _ in priced if attempt.domain), None)
    if domain:
        row["domain"] = domain
    seen = [attempt for attempt, _ in priced if attempt.features is not None]
    for attempt in seen:
        if attempt.features != seen[0].features:
            raise fault(
                attempt.file,
                attempt.line,
                f"features of {attempt.problem} are not those in {seen[0].file}:{seen[0].line}; "
                "a problem has the same ones at every attempt: correct one",
            )
    if seen:
        row["features"] = seen[0].features
    return row


def _write(draft: Path, model: str, rows: Iterator[dict[str, Any]]) -> None:
    parts = model.split("/")
    if any(part.startswith(".") or not part.strip() for part in parts) or set("\0\\") & set(model):
        raise DataError(
            f"model {quoted_name(model)}: cannot be the name of a file of records (an empty part, "
            "one that begins with a dot, or a backslash); rename it in the source"
        )
    if why := not_a_file(model):
        raise DataError(
            f"model {quoted_name(model)}: {why}; files are named after it: rename it in the source"
        )
    file = draft / f"{model}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
    if file.stat().st_size < _LARGE:
        return
    zipped = file.with_name(f"{file.name}.gz")
    with (
        file.open("rb") as plain,
        zipped.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed, 2**20)
    file.unlink()


def _provenance(
    plan: ImportPlan, source: Source, files: list[Path], summary: ImportSummary
) -> dict[str, Any]:
    """What `source.json` says: from where, how read, what was left out, at what prices."""
    root = plan.source if plan.source.is_dir() else plan.source.parent
    before = root / PROVENANCE  # of records that are rewritten
    return {
        "format": FORMAT,
        "source": plan.source.resolve().name,
        "reader": summary.reader,
        "options": plan.options.given()
        | {"solved_at": plan.solved_at, "repeats": plan.repeats}
        | plan.pricing.given(),
        "date": calendar.today().isoformat(),
        "files": [
            {"name": file.relative_to(root).as_posix(), "sha256": digest(file)} for file in files
        ],
        "unread": summary.unread,
        "left_out": dict(summary.left_out),
        "prices": plan.pricing.to_json(),
        "models": [model.to_json() for model in summary.models],
        **({"from": read_json(before, DataError)} if before.is_file() else {}),
    }


def digest(file: Path) -> str:
    """sha256 of a file's content."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
