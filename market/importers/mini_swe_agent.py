"""Trajectories of mini-swe-agent, joined by id with a SWE-bench report of what they solved."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from market.foundation.errors import DataError
from market.foundation.text_files import RowError
from market.importers.attempts import Attempt, ImportLog, ImportOptions, fault
from market.importers.fields import at, dollars, name
from market.importers.source_files import Source, items_of

_ENDING = ".traj.json"
_FAILED = "unresolved_ids", "error_ids", "empty_patch_ids"


class MiniSweAgent:
    """A folder of trajectories is a run; the report that counts is the nearest one above it."""

    name = "mini-swe-agent"
    looks_for = "<instance>.traj.json with info.model_stats (mini-swe-agent)"
    options = frozenset(("report", "model_name"))

    def files(self, source: Source) -> list[Path]:
        """Trajectories, and reports beside them."""
        found = [
            file for file in source.of_kind(_ENDING) if {"info", "messages"} & source.keys(file)
        ]
        return found + _reports(source) if found else []

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt a trajectory."""
        reports = [options.report] if options.report is not None else _reports(source)
        if not reports:
            raise DataError(
                f"{source.path}: no report says which problems were solved (a JSON file with "
                "resolved_ids, as SWE-bench's harness writes it); put it there, or name it "
                "with --report"
            )
        results = {report: _results(report) for report in reports}
        for file in source.of_kind(_ENDING):
            instance = file.name[: file.name.lower().index(_ENDING)]
            solved = results[_nearest(file, reports, source)].get(instance)
            if solved is None:
                log.leave_out("in no list of the report")
            else:
                yield _of(file, instance, solved, source, options)
            log.finish(file)


def _of(
    file: Path, instance: str, solved: float, source: Source, options: ImportOptions
) -> Attempt:
    try:
        info = next(items_of(file, "info"), None)
        cost = dollars(at(info, "model_stats", "instance_cost"), "info.model_stats.instance_cost")
        model = options.model_name or at(info, "config", "model", "model_name")
        if model is None:
            raise RowError(
                "info.config.model.model_name is missing; name the model with --model-name"
            )
        run = file.parent.parent if file.parent.name == instance else file.parent
        return Attempt(
            name(model, "info.config.model.model_name"),
            instance,
            solved,
            cost,
            None,
            str(run.relative_to(source.path)) if source.path.is_dir() else "",
            None,
            None,
            file,
            1,
        )
    except RowError as error:
        raise fault(file, 1, str(error)) from error


def _reports(source: Source) -> list[Path]:
    return [
        file
        for file in source.of_kind(".json")
        if not file.name.lower().endswith(_ENDING) and "resolved_ids" in source.keys(file)
    ]


def _results(report: Path) -> dict[str, float]:
    """Each instance of a report: 1 where it is resolved."""
    found: dict[str, float] = {}
    whole: Any = next(items_of(report, ""), None)
    for key in (*_FAILED, "resolved_ids"):  # what is resolved is so, whatever else it is
        ids = at(whole, key)
        if ids is None and key != "resolved_ids":
            continue
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise fault(report, key, "must be a list of instance ids")
        found |= dict.fromkeys(ids, 1.0 if key == "resolved_ids" else 0.0)
    return found


def _nearest(file: Path, reports: Sequence[Path], source: Source) -> Path:
    """The report of a trajectory's run."""
    if len(reports) == 1:
        return reports[0]
    above = [report for report in reports if report.parent in file.parents]
    deepest = max((len(report.parts) for report in above), default=0)
    nearest = [report for report in above if len(report.parts) == deepest]
    if len(nearest) != 1:
        listed = ", ".join(str(report) for report in (nearest or reports)[:5])
        raise fault(
            file,
            1,
            f"{len(nearest)} reports could say whether it was solved ({listed}); put each run "
            "into a folder of its own with its report, or import one run and name its --report",
        )
    return nearest[0]
