"""The command line as it was typed, before anything is made of it."""

import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from typer.core import TyperGroup

from market.cli.errors_and_json import INPUT_WRONG, complain
from market.foundation.names import commanding

_typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())


class PrintableArguments(TyperGroup):
    """The command `market`: refuses arguments that would command the terminal when repeated."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        """Run the command that the arguments name."""
        words = sys.argv[1:] if args is None else args
        _typed.set((self.name or "market", *words))
        for k, argument in enumerate(words, 1):
            if found := commanding(argument):
                complain(
                    f"error: argument {k}, {argument[:60]}: has the character {found}, which "
                    "commands a terminal; leave it out, or rename the file"
                )
                sys.exit(INPUT_WRONG)
        return super().main(args, *more, **options)


def typed() -> tuple[str, ...]:
    """The words of the command that runs, for who says how a result was made; none outside."""
    return _typed.get()
