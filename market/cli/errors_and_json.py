"""Exit codes, error messages without a traceback, and JSON output."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from market.cli.interrupts import INTERRUPTED, interruptible
from market.foundation.errors import MarketError, RunError

RUN_FAILED = 1
INPUT_WRONG = 2


@contextmanager
def acting_on_errors() -> Iterator[None]:
    """End with a message instead of a traceback where the user can mend what went wrong.

    Exit code 2 for wrong input, 1 for a failed run, 130 after Ctrl-C.
    """
    with interruptible():
        try:
            yield
        except RunError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(RUN_FAILED) from None
        except MarketError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(INPUT_WRONG) from None
        except KeyboardInterrupt:
            typer.echo("interrupted; no half-written result is left", err=True)
            raise typer.Exit(INTERRUPTED) from None


def print_json(content: object) -> None:
    """Print JSON on standard output; NaN and infinity become null."""
    from market.foundation.json_values import finite

    json.dump(finite(content), sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
