"""Exit codes, error messages without a traceback, and JSON output."""

import errno
import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from market.cli.any_output import give_up_output
from market.cli.interrupts import INTERRUPTED, interruptible
from market.foundation.errors import MarketError, MarketWarning, RunError

# a file that was named cannot be read, or its name cannot be one
_OF_NAMES = {errno.ELOOP, errno.ENAMETOOLONG, errno.EACCES, errno.EISDIR, errno.ENOTDIR}

RUN_FAILED = 1
INPUT_WRONG = 2


@contextmanager
def acting_on_errors() -> Iterator[None]:
    """End with a message instead of a traceback where the user can mend what went wrong.

    Exit code 2 for wrong input, 1 for a failed run or where memory or a disk is full, 130 after
    Ctrl-C.
    """
    with interruptible(), _warning_in_a_line():
        try:
            yield
            sys.stdout.flush()
        except RunError as error:
            complain(f"error: {error}")
            raise typer.Exit(RUN_FAILED) from None
        except MarketError as error:
            complain(f"error: {error}")
            raise typer.Exit(INPUT_WRONG) from None
        except KeyboardInterrupt:
            complain("interrupted; no half-written result is left")
            raise typer.Exit(INTERRUPTED) from None
        except RecursionError:
            complain("error: the input is nested too deep; no setting or file needs that")
            raise typer.Exit(INPUT_WRONG) from None
        except MemoryError:
            complain("error: memory ran out; ask for fewer buyers, problems, values or runs")
            raise typer.Exit(RUN_FAILED) from None
        except BrokenPipeError:
            raise  # who reads has enough: Typer ends in silence
        except OSError as error:
            complain(f"error: {error.filename or 'standard output'}: {error.strerror or error}")
            if error.filename is None:
                give_up_output()
            raise typer.Exit(INPUT_WRONG if error.errno in _OF_NAMES else RUN_FAILED) from None


@contextmanager
def _warning_in_a_line() -> Iterator[None]:
    """Print a warning that is meant for users on one line of standard error, each text once."""
    with warnings.catch_warnings():
        warnings.simplefilter("default", MarketWarning)
        show = warnings.showwarning

        def say(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, MarketWarning):
                complain(f"warning: {message}")
            else:
                show(message, category, *place, **more)

        warnings.showwarning = say
        yield


def complain(text: str) -> None:
    """Print a text on standard error, with what could command the terminal written out."""
    from market.cli import terminal  # rich is for those who need it

    terminal.complain(text)


def print_json(content: object) -> None:
    """Print JSON on standard output; NaN and infinity become null."""
    from market.foundation.json_values import finite

    json.dump(finite(content), sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
