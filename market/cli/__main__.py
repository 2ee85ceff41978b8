"""``python -m market.cli``, the same as the command ``market``."""

from market.cli.app import app

app()
