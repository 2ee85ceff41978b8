"""In a notebook long work shows how far it is, and elsewhere nothing."""

import sys
import types
from typing import Any

import pytest

import market
from market.foundation import notebook_progress
from market.foundation.notebook_progress import notebook_bar


class Handle:
    """A display that can be updated; it keeps what was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def update(self, content: Any) -> None:
        self.shown.append(content.data)


@pytest.fixture
def handle(monkeypatch):
    """A kernel's shell, and the display of its cell."""
    pytest.importorskip("IPython.display")
    shell = type("ZMQInteractiveShell", (), {})()
    module = types.SimpleNamespace(get_ipython=lambda: shell)
    display = types.SimpleNamespace(HTML=sys.modules["IPython.display"].HTML)
    found = Handle()

    def show(content: Any, display_id: bool) -> Handle:
        assert display_id
        found.update(content)
        return found

    display.display = show
    module.display = display
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setattr(notebook_progress, "_EVERY", 0.0)
    return found


def test_a_bar_moves_and_is_gone_at_the_end(handle):
    tell = notebook_bar("a < b", "runs")
    assert tell is not None
    for done in range(4):
        tell(done, 3)
    assert ['value="' in text for text in handle.shown] == [True, True, True, False]
    assert "a &lt; b: 2 of 3 runs" in handle.shown[2]
    assert handle.shown[-1] == ""


def test_updates_come_no_quicker_than_a_person_follows(handle, monkeypatch):
    monkeypatch.setattr(notebook_progress, "_EVERY", 3600.0)
    tell = notebook_bar("x", "runs")
    assert tell is not None
    for done in range(100):
        tell(done, 100)
    assert len(handle.shown) <= 1


def test_a_run_and_a_sweep_show_it(handle, short):
    market.run(short)
    assert any("1 of 2 ticks" in text for text in handle.shown)
    market.sweep(short, {"arbitrageurs.routers.count": [0, 1]}, replicates=1, jobs=1)
    assert any("of 2 runs" in text for text in handle.shown)


def test_who_asks_for_progress_gets_it_alone(handle, short):
    told: list[int] = []
    market.run(short, told.append)
    assert told == [1, 2]
    assert handle.shown == []


def test_outside_a_notebook_there_is_none(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert notebook_bar("x", "runs") is None
    terminal = type("TerminalInteractiveShell", (), {})()
    module = types.SimpleNamespace(get_ipython=lambda: terminal)
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert notebook_bar("x", "runs") is None
