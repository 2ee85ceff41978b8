"""What is said when runs that a folder keeps are interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from market.cli.errors_and_json import complain
from market.cli.interrupts import INTERRUPTED


@contextmanager
def resumable(folder: Path | None) -> Iterator[None]:
    """After an interrupt, say that what is kept is not run again."""
    try:
        yield
    except KeyboardInterrupt:
        if folder is None:
            raise
        complain(
            f"interrupted; the runs that ended are kept in {folder}: repeat the command to resume"
        )
        raise typer.Exit(INTERRUPTED) from None
