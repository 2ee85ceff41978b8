"""Run the command line from a checkout: ``python cli.py run swebench``."""

from market.cli.__main__ import main

if __name__ == "__main__":  # worker processes import this file too
    main()
