"""A process of its own for runs: it stays warm from one to the next, and can be killed at any time.

Who runs a market in its own process cannot stop a tick that takes for ever. Here the page's process
sends a scenario and reads ticks done and the result; a run that does not stop when it is told to is
killed with its process, and the next one begins in another.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from typing import Any, BinaryIO

from market.foundation.code_version import package_folder
from market.foundation.errors import RunError
from market.results.run_result import RunResult
from market.scenario.schema import Scenario

_LOOK = 0.1  # seconds between looks at whether the run is still wanted
_GRACE = 1.0  # seconds in which a run that is not wanted may end between two ticks
_ENDED, _STOPPED = "the process ended", "stopped"


class RunProcess:
    """Runs markets one after the other in another process, which is started anew if it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._heard: Queue[tuple[str, Any]] = Queue()
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Start the process, unless it is there; it imports what a run needs meanwhile."""
        with self._lock:
            if self._closed or (self._process is not None and self._process.poll() is None):
                return
            self._kill()  # what is left of one that ended
            # nothing in the folder where the command was given is imported (-P)
            here = [str(package_folder().parent), os.environ.get("PYTHONPATH", "")]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", f"from {__name__} import serve_runs; serve_runs()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, here))},
                start_new_session=True,  # Ctrl-C in the terminal is for the page's process alone
            )
            self._heard = Queue()
            assert self._process.stdout is not None
            threading.Thread(
                target=_listen, args=(self._process.stdout, self._heard), daemon=True
            ).start()

    def run(
        self, spec: Scenario, progress: Callable[[int], None], /, *, base: Scenario | None
    ) -> RunResult:
        """Run a scenario to its end.

        Parameters
        ----------
        spec, base
            As for :func:`market.simulation.model.run`.
        progress
            Told ticks done, at least ten times a second; whatever it raises ends the run.

        Raises
        ------
        RunError
            The process ended, such as for want of memory.
        Exception
            What the run raised.
        """
        self.start()
        try:
            return self._watched((spec, base), progress)
        except BaseException:
            self._stop()
            raise

    def close(self) -> None:
        """End the process at once, whatever it does."""
        with self._lock:
            self._closed = True
            self._kill()

    def _watched(self, asked: object, progress: Callable[[int], None]) -> RunResult:
        done = 0
        self._send(asked)
        while True:
            progress(done)
            with suppress(Empty):
                kind, content = self._heard.get(timeout=_LOOK)
                if kind == "ticks":
                    done = content
                elif kind == "result":
                    found: RunResult = content
                    return found
                elif kind == "error":
                    raise content
                elif kind == _ENDED:
                    raise RunError(
                        "the process of the run ended before it was done, likely for want of "
                        "memory; ask for fewer buyers, queries or problems"
                    )

    def _send(self, message: object) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        with suppress(OSError):  # it has ended, which is heard of
            pickle.dump(message, process.stdin)
            process.stdin.flush()

    def _stop(self) -> None:
        """End the run: between two ticks if that comes soon, so that the process stays warm."""
        if self._closed:
            return
        self._send(_STOPPED)
        with suppress(Empty):
            while True:
                kind, _ = self._heard.get(timeout=_GRACE)
                if kind in (_STOPPED, _ENDED):
                    return
        with self._lock:
            self._kill()

    def _kill(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(OSError):  # what was not read yet is of no use any more
            self._process.stdin.close()
        self._process = None


def _listen(stream: BinaryIO, heard: "Queue[tuple[str, Any]]") -> None:
    with stream:
        try:
            while True:
                heard.put(pickle.load(stream))  # of our own process, by a pipe
        except (EOFError, OSError, pickle.UnpicklingError):
            heard.put((_ENDED, None))


class _StoppedError(Exception):
    """The run is not wanted any more."""


def serve_runs() -> None:
    """Run what comes on standard input until that ends: what the other process does."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a rule prints is no answer
    asked: Queue[Any] = Queue()
    stop = threading.Event()

    def tell(kind: str, content: object = None) -> None:
        try:
            pickle.dump((kind, content), answers)
            answers.flush()
        except OSError:
            os._exit(0)  # nobody listens any more

    def listen() -> None:
        try:
            while True:
                message = pickle.load(sys.stdin.buffer)  # of our own process
                if message == _STOPPED:
                    stop.set()
                asked.put(message)
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)  # the page's process has ended, and with it whoever waits for a run

    def ticks(done: int) -> None:
        if stop.is_set():
            raise _StoppedError
        tell("ticks", done)

    threading.Thread(target=listen, daemon=True).start()
    from market.simulation.model import run

    while True:
        message = asked.get()
        if message == _STOPPED:
            stop.clear()
            tell(_STOPPED)
            continue
        spec, base = message
        try:
            tell("result", run(spec, ticks, base=base))
        except _StoppedError:
            pass
        except Exception as error:  # a run that fails must not end the process
            tell("error", _sendable(error))


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # what was just made
    except Exception:  # of another package's rule, which may raise anything
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
