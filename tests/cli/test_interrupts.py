"""Ctrl-C at awkward moments."""

import importlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from market.cli.interrupts import INTERRUPTED, interruptible


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def wait() -> None:
    while True:
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def handler() -> Iterator[object]:
    """Python's own, whatever the test runner has set."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_it_is_raised_where_it_comes():
    with pytest.raises(KeyboardInterrupt), interruptible():
        press()


def test_a_second_one_does_not_cut_short_what_the_first_one_ends():
    ended = []

    def sweep() -> None:
        try:
            press()
        finally:
            press()
            ended.append("workers")

    with pytest.raises(KeyboardInterrupt), interruptible():
        sweep()
    assert ended == ["workers"]


def test_a_module_that_is_being_imported_comes_first(tmp_path, monkeypatch):
    (tmp_path / "slow_module.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGINT)\nwhole = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def command() -> None:
        importlib.import_module("slow_module")
        wait()

    with pytest.raises(KeyboardInterrupt), interruptible():
        command()
    assert sys.modules.pop("slow_module").whole


def test_one_that_a_destructor_swallows_comes_again():
    class Pressed:
        def __del__(self) -> None:
            press()

    def command() -> None:
        Pressed()  # ends at once
        wait()

    with pytest.raises(KeyboardInterrupt), interruptible():
        command()


def test_after_a_command_in_this_process_all_is_as_before(handler):
    hook = sys.unraisablehook
    with interruptible():
        pass
    assert signal.getsignal(signal.SIGINT) is handler
    assert sys.unraisablehook is hook


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts of another kind")
def test_while_a_command_starts_it_ends_the_process_with_one_line():
    code = """
        import signal
        from market.cli.interrupts import end_at_once
        end_at_once()
        signal.raise_signal(signal.SIGINT)
        print("not reached")
    """
    done = subprocess.run(
        [sys.executable, "-c", "if True:" + code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (INTERRUPTED, "")
    assert done.stderr == "interrupted; nothing was written\n"


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts of another kind")
def test_a_job_in_the_background_does_not_listen():
    code = """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from market.cli.interrupts import end_at_once, interruptible
        end_at_once()
        with interruptible():
            signal.raise_signal(signal.SIGINT)
        print("done")
    """
    done = subprocess.run(
        [sys.executable, "-c", "if True:" + code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")
