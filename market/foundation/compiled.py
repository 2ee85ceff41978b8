"""Inner loops compiled to machine code by numba, where it is installed.

What is compiled also has a plain numpy implementation, which tests hold it to, and which is used
where numba is missing or switched off (`NUMBA_DISABLE_JIT=1`). Compiled code is kept: beside the
module, or in the user's cache folder where that cannot be written to. So loops are compiled once
per machine and version; a process that compiles says so on standard error.

numba tells by a file's own text whether kept code is still good: functions that call each other
stand in one file.
"""

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def can_compile() -> bool:
    """Whether numba is there and switched on; else the plain implementations are used."""
    if find_spec("numba") is None:
        return False
    import numba

    return not numba.config.DISABLE_JIT


def compiles_already() -> bool:
    """Whether this process has numba in use: else to import it takes longer than a small task."""
    return "numba" in sys.modules and can_compile()


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers when it is first called, and keep the code.

    It runs without the interpreter's lock, divides as numpy does, and keeps the order of sums.
    Where numba is missing the function is given back as it is.
    """
    if not can_compile():
        return function
    import numba

    _tell_of_compiling()
    options = {"nogil": True, "error_model": "numpy"}
    try:
        loop: Function = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no folder that the code could be kept in
        loop = numba.njit(**options)(function)
    return loop


@cache
def _tell_of_compiling() -> None:
    """Have the first loop that is compiled in this process announced."""
    from numba.core import event

    class Announcement(event.Listener):  # type: ignore[misc]  # numba is not typed
        told = False

        def on_start(self, event: object) -> None:
            if not Announcement.told and sys.stderr is not None:
                Announcement.told = True
                print(
                    "compiling inner loops, which is done once on this machine",
                    file=sys.stderr,
                    flush=True,
                )

        def on_end(self, event: object) -> None:
            """Nothing is said."""

    event.register("numba:compile", Announcement())
