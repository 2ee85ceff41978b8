"""What runs take is said before they begin, and what no machine can do is refused."""

import pytest
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.foundation.errors import ScenarioError
from market.scenario import workload as workload_module
from market.scenario.files import load, override, shipped_scenarios
from market.scenario.sweep_schema import Sweep
from market.scenario.workload import (
    LONGEST,
    Workload,
    machine_memory,
    one_after_another,
    require_feasible,
    search_workload,
    workload,
)
from market.studies.claims import judge
from market.studies.claims.list import CLAIMS
from market.studies.design import resolve


@pytest.mark.parametrize(
    "change",
    [
        {"consumers.teams.size": 1_000_000},
        {"arbitrageurs.routers.count": 200},
        {"providers.OpenAI.pricing": {"kind": "best_response"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_larger_market_takes_longer(change):
    spec = load("swebench")
    assert workload(override(spec, change)).seconds > workload(spec).seconds


def test_more_buyers_and_more_runs_at_once_take_more_memory():
    spec = load("swebench")
    larger = override(spec, {"consumers.teams.size": 1_000_000})
    assert workload(larger).memory > workload(spec).memory
    assert workload(spec, 100, 4).memory > workload(spec, 100, 2).memory
    assert workload(spec, 100, 4).seconds == workload(spec, 100, 2).seconds / 2


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Workload(10800.0, 4.01e10), "about 40 GB and 3 hours"),
        (Workload(0.1, 3.3e8), "about 330 MB and 1 seconds"),
        (Workload(3 * 86400.0, 1e9), "about 1 GB and 3 days"),
    ],
)
def test_it_is_said_in_words(found, said):
    assert str(found) == said


@pytest.mark.parametrize("change", [{"types": 64}, {"levels": 40}, {"rule": "linucb"}])
def test_larger_beliefs_take_longer_and_more_memory(change):
    base = {"types": 16, "levels": 12, "rule": "thompson"}

    def load_of(types, levels, rule):
        learns = {"kind": "learning", "levels": levels, "rule": rule}
        sees = {"kind": "signal", "accuracy": 0.8, "types": types}
        group = {"knowledge": learns, "routing": sees}
        changed = {f"arbitrageurs.second.{key}": value for key, value in group.items()}
        return workload(override(load("learning_router"), changed))

    larger, usual = load_of(**base | change), load_of(**base)
    assert larger.memory > usual.memory  # though the second is there from tick 20 on alone
    assert larger.seconds > usual.seconds
    assert 0 < usual.learned < larger.learned


def test_beliefs_that_fit_no_machine_are_refused_by_what_they_are(monkeypatch):
    monkeypatch.setattr(workload_module, "machine_memory", lambda: 1e9)
    sees = {"kind": "signal", "accuracy": 0.8, "types": 100}
    learns = {"kind": "learning", "levels": 50, "rule": "linucb"}
    changed = {"arbitrageurs.first.routing": sees, "arbitrageurs.first.knowledge": learns}
    with pytest.raises(ScenarioError, match="ask for fewer types, stages or levels where a router"):
        require_feasible(workload(override(load("learning_router"), changed)), "x")


def test_what_takes_more_memory_than_there_is_is_refused():
    if machine_memory() is None:
        pytest.skip("this system does not say how much memory it has")
    with pytest.raises(ScenarioError, match=r"x: needs about .* GB and .*--any-size"):
        require_feasible(Workload(1.0, 1e15), "x")


def test_what_takes_longer_than_a_week_is_refused():
    require_feasible(Workload(LONGEST, 1.0), "x")
    with pytest.raises(ScenarioError, match=r"needs about 0 MB and 8 days; .*--any-size"):
        require_feasible(Workload(8 * 86400.0, 1.0), "x")


@pytest.mark.parametrize("name", [s.name for s in shipped_scenarios()])
def test_runs_of_a_shipped_sweep_are_counted_without_making_them(name):
    spec = load(name)
    if spec.sweep is None:
        pytest.skip("it has no [sweep]")
    design = resolve(spec)
    assert spec.sweep.runs == len(design.points) * len(design.seeds)


@pytest.mark.parametrize(
    ("design", "samples", "points"),
    [("latin_hypercube", 7, 7), ("morris", 4, 12), ("sobol", 8, 48), ("grid", None, 12)],
)
def test_runs_of_every_design_are_counted(design, samples, points):
    ranges = {"a": {"low": 0, "high": 2}, "b": {"low": 0.0, "high": 1.0}}
    if design == "grid":
        ranges["b"]["points"] = 4
    vary = {"design": design, "vary": ranges, "samples": samples, "replicates": 5}
    assert Sweep.model_validate(vary).runs == 5 * points


def test_what_runs_one_after_another_takes_the_time_of_all_and_the_memory_of_the_largest():
    both = one_after_another([Workload(1.0, 5.0), Workload(2.0, 3.0)])
    assert both == Workload(3.0, 5.0)
    assert one_after_another([]) == Workload(0.0, 0.0)


@pytest.mark.parametrize("more", [{"problems": 200}, {"models": 12}, {"folds": 5}, {"draws": 50}])
def test_a_larger_search_takes_longer(more):
    of = {"problems": 100, "models": 6}
    assert search_workload(**(of | more)).seconds > search_workload(**of).seconds


def test_a_search_of_folds_takes_as_often_as_long_and_no_more_memory():
    start = search_workload(0, 0).seconds
    one, six = (search_workload(1000, 6, folds) for folds in (0, 5))
    assert six.seconds - start == pytest.approx(6 * (one.seconds - start))
    assert six.memory == one.memory


def little_memory(monkeypatch):
    monkeypatch.setattr(workload_module, "machine_memory", lambda: 1e6)


def test_a_comparison_that_no_machine_can_do_is_refused_before_its_seeds_are_listed(short):
    with pytest.raises(ScenarioError, match=r"comparison of 2,000,000,000,000 runs: needs about"):
        market.compare(short, short, replicates=10**12)


def test_claims_that_no_machine_can_test_are_refused(monkeypatch):
    little_memory(monkeypatch)
    with pytest.raises(ScenarioError, match=r"claims of [\d,]+ runs: needs about .*--any-size"):
        judge(CLAIMS[:1], replicates=2)


@pytest.mark.parametrize("lifted", [False, True])
@pytest.mark.parametrize(
    "command",
    [
        ("frontier", "synthetic", "--folds", "0", "--draws", "0"),
        ("frontier", "swebench", "--folds", "0", "--draws", "0", "--models", "gpt5mini,deepseek"),
        ("compare", "synthetic", "--replicates", "1", "--jobs", "1", "--set-all", "ticks=1"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_what_is_refused_begins_with_any_size(command, lifted, monkeypatch):
    little_memory(monkeypatch)
    given = [*command, *(["--set-all", "consumers.teams.size=20"] if "compare" in command else [])]
    given += ["--set", "arbitrageurs.routers.count=0"] if "compare" in command else []
    found = CliRunner().invoke(app, [*given, *(["--any-size"] if lifted else [])])
    assert found.exit_code == (0 if lifted else 2), found.output
    if not lifted:
        assert "this machine has 1 MB of memory" in found.output
