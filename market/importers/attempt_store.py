"""All attempts of a source, on disk: whatever their order and number, they come out by problem.

SQLite's temporary database: it lies in the system's folder for temporary files, and is gone when it
is closed.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from market.foundation.errors import DataError, shown
from market.foundation.names import unprintable
from market.importers.attempts import Attempt, Tokens, fault

_CHUNK = 20_000  # rows written at once
_COLUMNS = (
    "model, problem, score, cost, input, output, cached, written, run, domain, date, file, line, "
    "features"
)
Repeats = Literal["refuse", "merge", "first"]


class AttemptStore:
    """Attempts by model and problem.

    Parameters
    ----------
    repeats
        What is done with a second attempt of one run at a problem: refuse it, count it as another,
        or keep the first.
    """

    def __init__(self, repeats: Repeats = "refuse") -> None:
        self._repeats = repeats
        self._files: list[Path] = []
        self.repeated = 0
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA cache_size = -65536")  # KiB
        self._database.execute(f"CREATE TABLE attempts ({_COLUMNS})")

    def __enter__(self) -> "AttemptStore":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def fill(self, attempts: Iterator[Attempt]) -> None:
        """Take all attempts in."""
        marks = ", ".join("?" * (_COLUMNS.count(",") + 1))
        places: dict[Path, int] = {}
        file, place = None, -1
        while chunk := list(islice(attempts, _CHUNK)):
            rows = []
            for a in chunk:
                _require_printable(a)
                if a.file is not file:
                    file, place = a.file, places.setdefault(a.file, len(places))
                tokens = a.tokens or (None, None, None, None)
                seen = None if a.features is None else json.dumps(a.features)
                rows.append((*a[:4], *tokens, *a[5:8], place, a.line, seen))
            self._database.executemany(f"INSERT INTO attempts VALUES ({marks})", rows)
        self._files = list(places)

    def empty(self) -> bool:
        """Whether no attempt is in."""
        return self._database.execute("SELECT 1 FROM attempts LIMIT 1").fetchone() is None

    def by_model(self) -> Iterator[tuple[str, Iterator[list[Attempt]]]]:
        """Models by name, each with its attempts, a problem at a time: to be gone through in order.

        Raises
        ------
        DataError
            A run has a problem twice, and nothing says what that means.
        """
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM attempts ORDER BY model, problem, rowid"
        )
        for model, of_model in groupby(map(self._attempt, rows), key=itemgetter(0)):
            by_problem = groupby(of_model, key=itemgetter(1))
            yield model, (self._different(list(attempts)) for _, attempts in by_problem)

    def _attempt(self, row: Sequence[Any]) -> Attempt:  # of the types that were put in
        model, problem, score, cost, *tokens, run, domain, date, file, line, seen = row
        known = None if tokens[0] is None else Tokens(*tokens)
        return Attempt(
            model,
            problem,
            score,
            cost,
            known,
            run,
            domain,
            date,
            self._files[file],
            line,
            None if seen is None else tuple(json.loads(seen)),
        )

    def _different(self, attempts: list[Attempt]) -> list[Attempt]:
        """Attempts at one problem, where what a run says of it once is told from what it repeats.

        What stands in one line is said once, however many attempts there are in it.
        """
        if len({attempt.run for attempt in attempts}) == len(attempts):
            return attempts
        kept: list[Attempt] = []
        first: dict[str | int | None, list[Attempt]] = {}
        for (run, *_), found in groupby(attempts, lambda a: (a.run, a.file, a.line)):
            said = list(found)
            before = first.setdefault(run, said)
            if before is not said:
                self.repeated += 1
                same = [a[2:5] for a in before] == [a[2:5] for a in said]  # score, cost, tokens
                if self._repeats == "first":
                    continue
                if self._repeats == "refuse" or same:
                    raise _twice(before[0], said[0], same)
            kept += said
        return kept


def _require_printable(attempt: Attempt) -> None:
    for what in ("model", "domain"):
        text = getattr(attempt, what)
        if text is not None and (code := unprintable(text)):
            raise fault(
                attempt.file,
                attempt.line,
                f"{what} is {shown(text)}, with the character {code}, which cannot be seen; "
                "leave the character out",
            )


def _twice(before: Attempt, attempt: Attempt, same: bool) -> DataError:
    place = (
        f"{attempt.file}:{attempt.line}: {shown(attempt.model)} has {shown(attempt.problem)} in "
        f"{before.file}:{before.line} too"
    )
    if same:
        return DataError(
            f"{place}, with the same result: one run, written twice; "
            "remove one, or use --keep first"
        )
    return DataError(
        f"{place}, with another result; use --merge-runs if these are different attempts, "
        "else --keep first"
    )
