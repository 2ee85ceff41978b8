"""The command ``market``, and ``python -m market.cli``."""

import sys

from market.cli.any_output import give_up_output, write_in_any_encoding
from market.cli.interrupts import end_at_once


def main() -> None:
    """Run the command that was given; Ctrl-C and encodings are seen to before the slow imports."""
    end_at_once()
    write_in_any_encoding()
    from market.cli.app import app

    try:
        app()
    except OSError as error:  # of a text of Typer's own, such as --help
        give_up_output()
        sys.exit(f"error: standard output: {error.strerror or error}")


if __name__ == "__main__":
    main()
