"""The bar on standard error, in a terminal."""

import io

import numpy as np
import pytest
from rich.console import Console

from market.cli import terminal
from market.foundation.progress_words import watched, watcher
from market.frontier.budget_grid import build_tables
from market.frontier.policy_cloud import PolicyCloud


@pytest.fixture
def screen(monkeypatch) -> io.StringIO:
    shown = io.StringIO()
    monkeypatch.setattr(terminal, "err", Console(file=shown, force_terminal=True, width=80))
    return shown


def test_before_the_first_step_it_says_what_goes_on_and_no_count(screen):
    with terminal.progress("a market", "ticks"):
        watcher()("cascades of 4 models")
    assert "a market: cascades of 4 models" in screen.getvalue()
    assert "0/" not in screen.getvalue()


def test_steps_are_counted_from_the_first_on_and_words_leave_the_count(screen):
    with terminal.progress("a market", "ticks") as tell:
        watcher()("a search")
        tell(1, 5)
        watcher()("another search")
        tell(5, 5, 2)
    assert "a market, 2 failed" in screen.getvalue()
    assert "5/5" in screen.getvalue()


def test_nobody_watches_afterwards():
    with watched(print):
        assert watcher() is print
    assert watcher() is None


def test_a_search_says_what_it_does_to_who_watches(ladder):
    said: list[str] = []
    with watched(said.append):
        PolicyCloud(build_tables(ladder), keeps=False).found(np.ones(3))
    assert said[0] == "cascades of 3 models, wide"
    assert said[-1] == "cascades over all budgets, 100%"
