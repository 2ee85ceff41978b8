"""The columns and rows of a table, CSV or Parquet, one after the other."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from market.foundation.errors import DataError, shown
from market.foundation.text_files import lines_of, require_regular
from market.importers.attempts import ImportLog, fault

USUAL = {  # names of columns that need no option
    "problem": ("problem", "problem_id", "id"),
    "model": ("model",),
    "solved": ("solved", "score"),
    "cost": ("cost", "cost_usd"),
    "tokens_in": ("tokens_in", "input_tokens"),
    "tokens_out": ("tokens_out", "output_tokens"),
    "tokens_cached": ("tokens_cached",),
    "attempt": ("attempt",),
    "domain": ("domain",),
}


class Table:
    """A table's columns, and its rows by number."""

    def __init__(self, file: Path, log: ImportLog | None = None) -> None:
        self.file, self.log = file, log or ImportLog()
        self.parquet = file.name.lower().endswith(".parquet")
        self.header = self._parquet().schema_arrow.names if self.parquet else self._csv_header()

    def column(self, wanted: str | None, what: str) -> str | None:
        """A column by its option, or by a usual name; None if there is none."""
        if wanted is None:
            return next((usual for usual in USUAL[what] if usual in self.header), None)
        if wanted not in self.header:
            option = what.replace("_", "-")
            raise fault(
                self.file,
                1,
                f"no column {shown(wanted)} (--{option}); there are: {listed(self.header)}",
            )
        return wanted

    def rows(self, columns: Sequence[str | None]) -> Iterator[tuple[int, list[Any]]]:
        """Number of each row (its line, in CSV) and its values; None where there is no column."""
        return self._parquet_rows(columns) if self.parquet else self._csv_rows(columns)

    def _csv_header(self) -> list[str]:
        try:
            header = next(csv.reader(text for _, text in lines_of(self.file)), [])
        except csv.Error as error:
            raise self._no_csv(1, error) from error
        for column in header:
            if header.count(column) > 1:
                raise fault(self.file, 1, f"two columns {shown(column)}; rename one")
        return header

    def _csv_rows(self, columns: Sequence[str | None]) -> Iterator[tuple[int, list[Any]]]:
        at = [None if column is None else self.header.index(column) for column in columns]
        width = len(self.header)
        texts = (text for _, text in lines_of(self.file, self.log.told, blank=True))
        reader = csv.reader(texts, strict=True)
        try:
            next(reader)
            for row in reader:
                if len(row) != width:
                    if not row:
                        continue
                    raise fault(
                        self.file,
                        reader.line_num,
                        f"has {len(row)} values for {width} columns: {shown(row)}; "
                        "quote values that hold commas",
                    )
                yield reader.line_num, [None if k is None else row[k] for k in at]
        except csv.Error as error:
            raise self._no_csv(reader.line_num, error) from error

    def _no_csv(self, line: int, error: csv.Error) -> DataError:
        told = str(error).split(" - do you")[0]  # what follows is advice to programmers
        return fault(
            self.file,
            line,
            f"is not CSV ({told}); quote values as CSV does, and end each line with a line feed",
        )

    def _parquet(self) -> Any:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        require_regular(self.file)
        try:
            return ParquetFile(self.file)
        except (ArrowException, OSError) as error:
            raise self._damaged(1, error) from error

    def _parquet_rows(self, columns: Sequence[str | None]) -> Iterator[tuple[int, list[Any]]]:
        from pyarrow import ArrowException

        wanted = list(dict.fromkeys(column for column in columns if column is not None))
        number = 0
        try:
            for batch in self._parquet().iter_batches(columns=wanted):
                values = {column: batch.column(column).to_pylist() for column in wanted}
                for k in range(batch.num_rows):
                    number += 1
                    yield number, [None if c is None else values[c][k] for c in columns]
        except (ArrowException, OSError) as error:
            raise self._damaged(number + 1, error) from error

    def _damaged(self, row: int, error: Exception) -> DataError:
        told = shown(" ".join(str(error).split()), quoted=False)
        return fault(self.file, row, f"cannot be read as Parquet ({told}); get the file again")


def listed(header: Sequence[str]) -> str:
    """Names of columns, for a message."""
    return shown(", ".join(header), quoted=False) or "none"
