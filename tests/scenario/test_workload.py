"""What runs take is said before they begin, and what no machine can do is refused."""

import pytest

from market.foundation.errors import ScenarioError
from market.scenario.files import load, override, shipped_scenarios
from market.scenario.sweep_schema import Sweep
from market.scenario.workload import LONGEST, Workload, machine_memory, require_feasible, workload
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
