"""The command line as it was typed, before anything is made of it."""

import sys
from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

from market.cli.errors_and_json import INPUT_WRONG, complain
from market.foundation.names import commanding


class PrintableArguments(TyperGroup):
    """The command `market`: refuses arguments that would command the terminal when repeated."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        """Run the command that the arguments name."""
        for k, argument in enumerate(sys.argv[1:] if args is None else args, 1):
            if found := commanding(argument):
                complain(
                    f"error: argument {k}, {argument[:60]}: has the character {found}, which "
                    "commands a terminal; leave it out, or rename the file"
                )
                sys.exit(INPUT_WRONG)
        return super().main(args, *more, **options)
