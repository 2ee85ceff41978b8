"""Progress in notebooks: a bar below the cell, updated in place and gone when all is done."""

import sys
import time
from collections.abc import Callable
from html import escape
from typing import Any

_EVERY = 0.1  # seconds between two updates that a person can follow
_NOTEBOOK = "ZMQInteractiveShell"  # IPython's shell in a kernel; a terminal's has another name

Tell = Callable[[int, int], None]


def notebook_bar(title: str, unit: str) -> Tell | None:
    """Function that shows how many are done, of how many; None outside a notebook.

    Parameters
    ----------
    title
        What is done.
    unit
        What is counted, such as `ticks`.
    """
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if type(shell).__name__ != _NOTEBOOK:
        return None
    from IPython import display as shown

    html: Callable[[str], object] = shown.HTML
    show: Callable[..., Any] = shown.display
    handle: Any = None
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal handle, told
        if done >= total:
            if handle is not None:
                handle.update(html(""))
            return
        now = time.monotonic()
        if now - told < _EVERY:
            return
        told = now
        words = f"{escape(title)}: {done:,} of {total:,} {unit}"
        bar = html(f'<progress value="{done}" max="{total}"></progress> {words}')
        if handle is None:
            handle = show(bar, display_id=True)
        else:
            handle.update(bar)

    return tell
