"""What a reader of other people's files gives: attempts, and what it left out and why."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from market.foundation.errors import DataError
from market.importers.source_files import Source


class Tokens(NamedTuple):
    """Tokens of one attempt; what was read from a cache or written to one is part of the input."""

    input: int
    output: int
    cached: int = 0
    written: int = 0


class Attempt(NamedTuple):
    """One attempt of a model at a problem, and where it stands.

    `score` is from 0 to 1; `cost` in US dollars, None where the source has none; `features` are
    what a router may see of the problem. Two attempts of one `run` at a problem are the same,
    written twice, unless they stand in one line. `line` is a line's number, or a path in a JSON
    document.
    """

    model: str
    problem: str | int
    score: float
    cost: float | None
    tokens: Tokens | None
    run: str | int | None
    domain: str | None
    date: str | None
    file: Path
    line: int | str
    features: tuple[float, ...] | None = None


@dataclass(frozen=True)
class ImportOptions:
    """What a user says of a source; each reader names those that it takes.

    Attributes
    ----------
    problem, model, solved, cost, tokens_in, tokens_out, tokens_cached, attempt, domain
        Columns of a table.
    features
        Columns of a table that hold what a router may see of a problem, in numbers.
    model_name
        The model's name, where the source has one only and does not say it well.
    models
        Columns of a wide table that are models.
    wide
        Whether a table has a row for each problem and a column for each model.
    metric
        Which score counts, where there are several.
    filter
        Which of the harness's filters of an answer counts.
    report
        File that says which problems were solved.
    """

    problem: str | None = None
    model: str | None = None
    solved: str | None = None
    cost: str | None = None
    tokens_in: str | None = None
    tokens_out: str | None = None
    tokens_cached: str | None = None
    attempt: str | None = None
    domain: str | None = None
    features: tuple[str, ...] = ()
    model_name: str | None = None
    models: tuple[str, ...] = ()
    wide: bool = False
    metric: str | None = None
    filter: str | None = None
    report: Path | None = None

    def given(self) -> dict[str, str]:
        """Options that were given, as texts by name."""
        return {
            name: ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in vars(self).items()
            if value not in (None, False, ())
        }


@dataclass
class ImportLog:
    """What a reader leaves out, by reason, and how far it is.

    Attributes
    ----------
    left_out
        Rows left out, by reason.
    progress
        Told how many bytes have been read, of all files together.
    """

    left_out: Counter[str] = field(default_factory=Counter)
    progress: Callable[[int], None] | None = None
    _done: int = 0

    def leave_out(self, reason: str) -> None:
        """Count a row that is left out."""
        self.left_out[reason] += 1

    def told(self, read: int) -> None:
        """Say how much of the present file is read."""
        if self.progress is not None:
            self.progress(self._done + read)

    def finish(self, file: Path) -> None:
        """Say that a file is done."""
        self._done += file.stat().st_size
        self.told(0)


class Importer(Protocol):
    """A reader of one format; another package offers its own by an entry point.

    Attributes
    ----------
    name
        What `--format` calls it.
    looks_for
        What files it recognises, in words.
    options
        Names of the fields of :class:`ImportOptions` that it takes.
    """

    name: str
    looks_for: str
    options: frozenset[str]

    def files(self, source: Source) -> Sequence[Path]:
        """Files of a source that are of this format, by their structure; none if it is another."""

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """All attempts, one after the other, without holding more than a row of them.

        Raises
        ------
        DataError
            By :func:`fault`.
        """


def fault(file: Path, line: int | str, message: str) -> DataError:
    """An error that names file, line (or the path in a document) and the way out."""
    return DataError(f"{file}:{line}: {message}")
