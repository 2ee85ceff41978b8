"""How the command line answers: exit codes, errors without a traceback, one object of JSON."""

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
    """What a user can mend ends with its message, never with a traceback: exit code 2, or 1.

    2 where the input is wrong, 1 where a run failed; 130 after Ctrl-C.
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
    """Print one JSON object on standard output; what is not finite becomes null."""
    from market.foundation.json_values import finite

    json.dump(finite(content), sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
