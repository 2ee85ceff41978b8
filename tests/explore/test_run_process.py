"""Runs in a process of their own: the same figures, kept warm, and killed when need be."""

import os
import signal

import pytest

import market
from market.explore.run_process import RunProcess
from market.foundation.errors import RunError, ScenarioError

SMALL = {
    "ticks": 4,
    "consumers.teams.size": 200,
    "population.problems": 30,
    "quality_tiers.count": 3,
}


@pytest.fixture(scope="module")
def apart():
    found = RunProcess()
    yield found
    found.close()


@pytest.fixture(scope="module")
def scenario():
    return market.load("synthetic", set=SMALL)


class EnoughError(Exception):
    """The run is not wanted any more."""


def pid(apart):
    return apart._process.pid


def test_a_run_apart_is_the_run_itself(apart, scenario):
    told = []
    found = apart.run(scenario, told.append, base=None)
    assert found.market.equals(market.run(scenario).market)
    assert told[-1] == scenario.ticks
    before = pid(apart)
    apart.run(scenario, told.append, base=scenario)
    assert pid(apart) == before  # it stays warm


def test_what_a_run_says_is_wrong_is_said_here(apart, scenario, tmp_path):
    gone = {"source": "records", "folder": str(tmp_path / "gone")}
    small = {key: value for key, value in SMALL.items() if key != "population.problems"}
    bad = market.load("synthetic", set={**small, "population": gone})
    with pytest.raises(ScenarioError, match="no such folder"):
        apart.run(bad, lambda done: None, base=None)
    assert apart.run(scenario, lambda done: None, base=None).scenario == scenario


def test_a_run_that_is_not_wanted_ends_between_two_ticks(apart, scenario):
    apart.run(scenario, lambda done: None, base=None)
    before = pid(apart)

    def tell(done):
        if done > 1:
            raise EnoughError

    with pytest.raises(EnoughError):
        apart.run(scenario.model_copy(update={"ticks": 1_000_000}), tell, base=None)
    assert pid(apart) == before
    assert apart.run(scenario, lambda done: None, base=None).scenario == scenario


def test_a_run_that_does_not_stop_is_killed_and_the_next_one_runs(apart, scenario):
    apart.run(scenario, lambda done: None, base=None)
    stuck = pid(apart)
    os.kill(stuck, signal.SIGSTOP)  # as a tick without end: it hears nothing

    def tell(done):
        raise EnoughError

    with pytest.raises(EnoughError):
        apart.run(scenario, tell, base=None)
    with pytest.raises(ProcessLookupError):
        os.kill(stuck, 0)
    assert apart.run(scenario, lambda done: None, base=None).scenario == scenario


def test_a_process_that_dies_is_said_and_replaced(apart, scenario):
    apart.run(scenario, lambda done: None, base=None)

    def tell(done):
        if done == 1:
            os.kill(pid(apart), signal.SIGKILL)

    with pytest.raises(RunError, match="ended before it was done"):
        apart.run(scenario.model_copy(update={"ticks": 1_000_000}), tell, base=None)
    assert apart.run(scenario, lambda done: None, base=None).scenario == scenario


def test_closing_ends_the_process_at_once(scenario):
    found = RunProcess()
    found.start()
    started = pid(found)
    found.close()
    with pytest.raises(ProcessLookupError):
        os.kill(started, 0)


def test_nothing_in_the_folder_of_the_command_is_run(tmp_path, monkeypatch, scenario):
    (tmp_path / "numpy.py").write_text("raise SystemExit('code of a stranger')")
    (tmp_path / "market").mkdir()
    (tmp_path / "market" / "__init__.py").write_text("raise SystemExit('code of a stranger')")
    monkeypatch.chdir(tmp_path)
    found = RunProcess()
    assert found.run(scenario, lambda done: None, base=None).scenario == scenario
    found.close()
