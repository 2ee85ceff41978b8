"""RouterArena's cached results: one answer of one model to each query, with tokens and cost."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from market.foundation.text_files import RowError, json_object, lines_of
from market.importers.attempts import Attempt, ImportLog, ImportOptions, Tokens, fault
from market.importers.fields import at, count, dollars, name, score
from market.importers.source_files import Source


class RouterArena:
    """`cached_results/<model>.jsonl`; the part of an index before its number is the domain."""

    name = "routerarena"
    looks_for = "JSON lines with global_index and evaluation_result (RouterArena)"
    options: frozenset[str] = frozenset()

    def files(self, source: Source) -> list[Path]:
        """Files whose first row has an index and an evaluation."""
        wanted = {"global_index", "evaluation_result"}
        return [file for file in source.of_kind(".jsonl") if wanted <= {*source.first_row(file)}]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt a row."""
        for file in files:
            model = source.name_of(file)
            for number, line in lines_of(file, log.told):
                try:
                    attempt = _of_row(json_object(line), model, file, number)
                except RowError as error:
                    raise fault(file, number, str(error)) from error
                if attempt is None:
                    log.leave_out("not evaluated")
                else:
                    yield attempt
            log.finish(file)


def _of_row(row: dict[str, Any], model: str, file: Path, line: int) -> Attempt | None:
    problem = name(row.get("global_index"), "global_index")
    found = at(row, "evaluation_result", "score")
    if found is None:
        return None
    usage = row.get("token_usage")
    tokens = None
    if isinstance(usage, dict):
        tokens = Tokens(
            count(usage.get("input_tokens"), "token_usage.input_tokens"),
            count(usage.get("output_tokens"), "token_usage.output_tokens"),
        )
    return Attempt(
        name(row.get("llm_selected") or model, "llm_selected"),
        problem,
        score(found, "evaluation_result.score"),
        dollars(at(row, "evaluation_result", "inference_cost"), "evaluation_result.inference_cost"),
        tokens,
        None,
        problem.rpartition("_")[0] or None,
        None,
        file,
        line,
    )
