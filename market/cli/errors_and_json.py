"""Exit codes, error messages without a traceback, and JSON output."""

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from market.cli.interrupts import INTERRUPTED, interruptible
from market.foundation.errors import MarketError, MarketWarning, RunError

RUN_FAILED = 1
INPUT_WRONG = 2


@contextmanager
def acting_on_errors() -> Iterator[None]:
    """End with a message instead of a traceback where the user can mend what went wrong.

    Exit code 2 for wrong input, 1 for a failed run, 130 after Ctrl-C.
    """
    with interruptible(), _warning_in_a_line():
        try:
            yield
        except RunError as error:
            _complain(f"error: {error}")
            raise typer.Exit(RUN_FAILED) from None
        except MarketError as error:
            _complain(f"error: {error}")
            raise typer.Exit(INPUT_WRONG) from None
        except KeyboardInterrupt:
            _complain("interrupted; no half-written result is left")
            raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _warning_in_a_line() -> Iterator[None]:
    """Print a warning that is meant for users on one line of standard error, each text once."""
    with warnings.catch_warnings():
        warnings.simplefilter("default", MarketWarning)
        show = warnings.showwarning

        def say(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, MarketWarning):
                _complain(f"warning: {message}")
            else:
                show(message, category, *place, **more)

        warnings.showwarning = say
        yield


def _complain(text: str) -> None:
    from market.cli.terminal import complain  # rich is for those who need it

    complain(text)


def print_json(content: object) -> None:
    """Print JSON on standard output; NaN and infinity become null."""
    from market.foundation.json_values import finite

    json.dump(finite(content), sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
