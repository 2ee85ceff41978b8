"""Run the command line from a checkout: ``python cli.py run swebench``."""

from market.cli.app import app

app()
