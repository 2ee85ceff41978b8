"""Ctrl-C ends a command with one line on standard error and code 130, whenever it comes."""

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130


def end_at_once() -> None:
    """Let Ctrl-C end this process without a trace while it starts: there is nothing to undo yet.

    A process that was started to ignore interrupts, such as a job in the background, still does.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def _end(number: int, frame: FrameType | None) -> None:
    os.write(2, b"interrupted; nothing was written\n")
    os._exit(INTERRUPTED)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt in the block, but not again while that is handled.

    So the workers of a sweep are stopped and half a folder is removed however often it is pressed.
    After the block a command has ended, and its process no longer listens.
    """
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield
        return
    hook = sys.unraisablehook

    def catch_lost(lost: "sys.UnraisableHookArgs") -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):  # it came in a destructor or a callback
            _interrupt_later()
        else:
            hook(lost)

    signal.signal(signal.SIGINT, _interrupt)
    sys.unraisablehook = catch_lost
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN if before is _end else before)
        sys.unraisablehook = hook


def _interrupt(number: int, frame: FrameType | None) -> None:
    error = sys.exception()
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return
        error = error.__context__
    if _importing(frame):
        _interrupt_later()
    else:
        raise KeyboardInterrupt


def _importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported: cut short, some raise errors of other kinds."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _interrupt_later() -> None:
    def wait() -> None:
        time.sleep(0.02)
        _thread.interrupt_main()

    # not threading.Thread: its locks may be held where the signal came
    _thread.start_new_thread(wait, ())
