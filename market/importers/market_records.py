"""Attempt records of this program and of the paper: read to merge, price or rewrite them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from market.foundation.errors import shown
from market.foundation.text_files import RowError, json_object, lines_of
from market.importers.attempts import Attempt, ImportLog, ImportOptions, Tokens, fault
from market.importers.fields import count, dollars, name, score
from market.importers.source_files import Source
from market.population.record_lines import features_of

TOKENS = "tokens_in", "tokens_out", "tokens_cached", "tokens_written"  # lists, one per attempt


class MarketRecords:
    """`<model>.jsonl`, a problem a line, with the list of its attempts."""

    name = "records"
    looks_for = "JSON lines with id and attempts (market's own records)"
    options: frozenset[str] = frozenset()

    def files(self, source: Source) -> list[Path]:
        """Files whose first row has an id and attempts."""
        return [f for f in source.of_kind(".jsonl") if {"id", "attempts"} <= {*source.first_row(f)}]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """Every attempt of every line."""
        for file in files:
            model = source.name_of(file)
            for number, line in lines_of(file, log.told):
                try:
                    yield from _of_row(json_object(line), model, file, number, log)
                except RowError as error:
                    raise fault(file, number, str(error)) from error
            log.finish(file)


def _of_row(
    row: dict[str, Any], model: str, file: Path, line: int, log: ImportLog
) -> Iterator[Attempt]:
    problem = name(row.get("id"), "id")
    attempts = row.get("attempts")
    if not isinstance(attempts, list):
        raise RowError(f"attempts is {shown(attempts)}; it must be a list of 0/1, or of scores")
    if not attempts:
        log.leave_out("no attempts in the row")
    lists = {key: row[key] for key in ("costs", *TOKENS) if row.get(key) is not None}
    for key, values in lists.items():
        if not isinstance(values, list) or len(values) != len(attempts):
            raise RowError(
                f"{key} is {shown(values)}; it must be a list with one entry for each of the "
                f"{len(attempts)} attempts"
            )
    mean = dollars(row.get("mean_cost"), "mean_cost")
    domain, features = row.get("domain"), features_of(row.get("features"))
    for k, solved in enumerate(attempts):
        cost = dollars(lists["costs"][k], f"costs[{k}]") if "costs" in lists else mean
        tokens = None
        if "tokens_in" in lists and "tokens_out" in lists:
            tokens = Tokens(
                *(count(lists[key][k], f"{key}[{k}]") if key in lists else 0 for key in TOKENS)
            )
        yield Attempt(
            model,
            problem,
            score(solved, f"attempts[{k}]"),
            cost,
            tokens,
            None,
            None if domain is None else name(domain, "domain"),
            None,
            file,
            line,
            features,
        )
