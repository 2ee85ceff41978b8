"""Samples of lm-evaluation-harness: a row for each document and filter, without costs."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from market.foundation.errors import shown
from market.foundation.text_files import RowError, json_object, lines_of
from market.importers.attempts import Attempt, ImportLog, ImportOptions, fault
from market.importers.fields import name, score
from market.importers.source_files import Source

_NAME = re.compile(r"samples_(.+?)(?:_(\d{4}-\d\d-\d\dT[\d.:-]+))?\.jsonl(?:\.gz)?$", re.IGNORECASE)


class LmEval:
    """`<model>/samples_<task>_<date>.jsonl`; ids repeat, so a problem is `<task>/<doc_id>`."""

    name = "lm-eval"
    looks_for = "samples_<task>_<date>.jsonl with doc_id (lm-evaluation-harness --log_samples)"
    options = frozenset(("metric", "filter", "model_name"))

    def files(self, source: Source) -> list[Path]:
        """Files of that name whose first row has a document's id."""
        named = [file for file in source.of_kind(".jsonl") if _NAME.match(file.name)]
        return [file for file in named if "doc_id" in source.first_row(file)]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt for each row of the filter that counts; each file is a run."""
        for file in files:
            match = _NAME.match(file.name)
            assert match is not None  # these are the files whose names match
            task, date = match.groups()
            # the harness writes the model's slashes as two underscores
            model = options.model_name or file.absolute().parent.name.replace("__", "/")
            only: str | None = options.filter
            for number, line in lines_of(file, log.told):
                try:
                    row = json_object(line)
                    its = str(row.get("filter", "none"))
                    only = its if only is None else only
                    if its != only:
                        if options.filter is None:
                            raise RowError(
                                f"filter is {shown(its)}, and was {shown(only)} before; "
                                "choose which counts with --filter"
                            )
                        log.leave_out(f"of the filter {its}")
                        continue
                    found = _metric(row, options.metric)
                    identity = name(row.get("doc_id"), "doc_id")
                except RowError as error:
                    raise fault(file, number, str(error)) from error
                yield Attempt(
                    model,
                    f"{task}/{identity}",
                    found,
                    None,
                    None,
                    date or file.name,
                    task,
                    None if date is None else date[:10],
                    file,
                    number,
                )
            log.finish(file)


def _metric(row: dict[str, Any], wanted: str | None) -> float:
    metrics = row.get("metrics")
    names = [str(m) for m in metrics] if isinstance(metrics, list) else []
    if wanted is None and len(names) != 1:
        raise RowError(
            f"metrics is {shown(metrics)}; choose which counts with --metric; "
            f"the row has: {shown(', '.join(row), quoted=False)}"
        )
    chosen = names[0] if wanted is None else wanted
    if chosen not in row:
        raise RowError(f"no {chosen!r}; metrics is {shown(metrics)}; choose one with --metric")
    return score(row[chosen], chosen)
