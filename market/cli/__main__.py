"""The command ``market``, and ``python -m market.cli``."""

from market.cli.interrupts import end_at_once


def main() -> None:
    """Run the command that was given; Ctrl-C is taken care of before the slow imports."""
    end_at_once()
    from market.cli.app import app

    app()


if __name__ == "__main__":
    main()
