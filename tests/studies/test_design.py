import json

import numpy as np
import pytest

import market
from market.foundation.errors import ScenarioError
from market.scenario.files import override
from market.scenario.overrides import parse_vary
from market.scenario.schema import Scenario
from market.studies.design import Design, read_design, readable, resolve

COUNT, STEP = "arbitrageurs.router.count", "arbitrageurs.router.pricing.step"


@pytest.fixture(scope="module")
def duopoly() -> Scenario:
    return market.load("duopoly")


def design(spec: Scenario, vary: list[str] | dict, **more) -> Design:
    values = vary if isinstance(vary, dict) else dict(parse_vary(vary))
    return resolve(override(spec, {"sweep": {"vary": values, **more}}, "--vary"))


def test_a_grid_has_all_combinations(duopoly):
    found = design(duopoly, [f"{COUNT}=0:2", f"{STEP}=0.1,0.2"])
    assert found.parameters == (COUNT, STEP)
    assert found.points == ((0, 0.1), (0, 0.2), (1, 0.1), (1, 0.2), (2, 0.1), (2, 0.2))


def test_a_list_takes_the_ith_value_of_each(duopoly):
    found = design(duopoly, [f"{COUNT}=0:2", f"{STEP}=0.1,0.2,0.3"], design="list")
    assert found.points == ((0, 0.1), (1, 0.2), (2, 0.3))


def test_a_range_with_points_is_evenly_spaced_with_exact_ends(duopoly):
    found = design(duopoly, [f"{STEP}=0.1:0.3:5"])
    assert [p[0] for p in found.points] == pytest.approx([0.1, 0.15, 0.2, 0.25, 0.3])
    assert (found.points[0][0], found.points[-1][0]) == (0.1, 0.3)


def test_sampled_whole_numbers_are_rounded_and_others_are_not(duopoly):
    found = design(duopoly, [f"{COUNT}=0:4", f"{STEP}=0.01:0.2"], design="sobol", samples=8)
    counts, steps = zip(*found.points, strict=True)
    assert {type(count) for count in counts} == {int}
    assert set(counts) == {0, 1, 2, 3, 4}
    assert 0.01 < min(steps) < max(steps) < 0.2
    np.testing.assert_array_equal(counts, np.floor(found.sampled[:, 0] + 0.5))


def test_sampled_values_are_whole_even_where_every_level_is(duopoly):
    found = design(duopoly, [f"{COUNT}=0:3", f"{STEP}=0.1:0.2"], design="morris", samples=2)
    assert {type(count) for count, _ in found.points} == {int}


def test_replicates_differ_by_seed_and_points_share_them(duopoly):
    found = design(duopoly.model_copy(update={"seed": 7}), [f"{COUNT}=0,1"], replicates=3)
    assert found.seeds == (7, 8, 9)
    assert found.at(1, 8).seed == 8
    assert found.at(1, 8).arbitrageurs[0].count == 1
    assert found.at(1, 8).sweep is None


def test_runs_are_named_by_scenario_seed_and_code(duopoly):
    found = design(duopoly, [f"{COUNT}=0,1"], replicates=2)
    one, other = found.run_ids("code"), found.run_ids("other code")
    names = [name for rows in (one, other) for row in rows for name in row]
    assert len(set(names)) == 8
    assert found.run_ids("code") == one
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in names)


def test_points_that_come_to_the_same_scenario_share_their_runs(duopoly):
    first, second = design(duopoly, {STEP: [0.1, 0.1]}).run_ids("code")
    assert first == second


def test_the_baseline_is_the_first_point_unless_values_are_given(duopoly):
    assert design(duopoly, [f"{COUNT}=3,0,1"]).baseline == 0
    assert design(duopoly, [f"{COUNT}=3,0,1"], baseline={COUNT: 0}).baseline == 1
    partly = design(duopoly, [f"{COUNT}=0,1", f"{STEP}=0.1,0.2"], baseline={STEP: 0.2})
    assert partly.points[partly.baseline] == (0, 0.2)


def test_tables_are_values_too(duopoly):
    vary = 'providers.OpenAI.pricing={kind="list"},{kind="list"}'
    found = design(duopoly, [vary, f"{COUNT}=0,1"], design="list")
    assert found.points[0] == ({"kind": "list"}, 0)
    assert found.at(0, 1).providers[0].pricing.kind == "list"


def test_a_design_is_read_back_from_json(duopoly):
    found = design(duopoly, [f"{COUNT}=0:4", f"{STEP}=0.1:0.2"], design="morris", samples=2)
    again = read_design(json.loads(json.dumps(found.to_json())))
    assert again == found
    np.testing.assert_array_equal(again.sampled, found.sampled)
    assert again.run_ids("x") == found.run_ids("x")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"kind": "undercut", "step": 0.1}, '{kind = "undercut", step = 0.1}'),
        ([1, {"b": True}], "[1, {b = true}]"),
        ("kept", "kept"),
        (3, 3),
    ],
)
def test_values_are_readable_in_their_column(value, text):
    assert readable(value) == text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=0:6", {"low": 0, "high": 6}),
        ("a.b=0.5:1:3", {"low": 0.5, "high": 1, "points": 3}),
        ("a.b=0.1,2", [0.1, 2]),
        ("a.b=true", [True]),
        ("a.b=kept,spent", ["kept", "spent"]),
        ('a.b="kept"', ["kept"]),
        ("a.b=[1,2],[3]", [[1, 2], [3]]),
    ],
)
def test_values_are_read_as_they_are_typed(text, values):
    assert dict(parse_vary([text])) == {"a.b": values}


@pytest.mark.parametrize(
    ("vary", "more", "says"),
    [
        ([f"{COUNT}=-1,0"], {}, rf"design point 1 .*{COUNT}: must be at least 0 \(value: -1\)"),
        (["tiks=1"], {}, "tiks: unknown key; did you mean 'ticks'"),
        (["arbitrageurs.nobody.count=1"], {}, "--vary arbitrageurs.nobody.count: .*no entry"),
        (["ticks"], {}, "--vary ticks: has no values; write PATH=VALUES"),
        (["ticks="], {}, "has no values"),
        (["seed=1,2"], {}, "sweep.vary.seed: cannot be varied"),
        (["ticks=3:1"], {}, r"sweep.vary.ticks: must be a list of values, or a table .*higher"),
        (["ticks=0.5:2"], {}, "sweep.vary.ticks: low and high are not whole numbers"),
        (["ticks=1,2", ' "ticks"=3'], {}, "listed twice"),
        (["ticks=1,2", f"{COUNT}=1"], {"design": "list"}, "equal length \\(these: ticks 2"),
        (["ticks=1,2"], {"samples": 4}, "sweep.samples: a grid design takes no samples"),
        (["ticks=1:9"], {"design": "sobol"}, "sweep.samples: is missing"),
        (["ticks=1:9"], {"design": "sobol", "samples": 12}, "must be a power of 2"),
        (["ticks=1:9"], {"design": "morris", "samples": 1}, "needs at least 2"),
        (["ticks=1,9"], {"design": "morris", "samples": 4}, "must be a range for morris"),
        (["ticks=1:9:3"], {"design": "morris", "samples": 4}, "leave out points"),
        (["ticks=1,2"], {"baseline": {"ticks": 3}}, "no design point has ticks=3"),
        (["ticks=1,2"], {"baseline": {"tick": 1}}, r"sweep.baseline.tick: is not varied"),
        (["ticks=1,2"], {"replicates": 0}, r"sweep.replicates: must be at least 1 \(value: 0\)"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_path(duopoly, vary, more, says):
    with pytest.raises(ScenarioError, match=says):
        design(duopoly, vary, **more).run_ids("code")


def test_without_anything_to_vary_there_is_no_design(duopoly):
    with pytest.raises(ScenarioError, match="sweep: is missing; say what to vary with --vary"):
        resolve(duopoly.model_copy(update={"sweep": None}))


def test_a_sweep_is_part_of_a_scenario_file(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "duopoly"\n[sweep]\nreplicates = 3\nbaseline = { ticks = 5 }\n'
        'vary = { ticks = { low = 4, high = 6 }, "arbitrageurs.router.count" = [1] }\n'
    )
    found = resolve(market.load(file))
    assert found.points == ((4, 1), (5, 1), (6, 1))
    assert found.baseline == 1


def test_an_heir_that_varies_something_else_does_not_vary_what_its_parent_does(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('extends = "duopoly"\n[sweep]\nvary = { ticks = [3, 4] }\n')
    found = resolve(market.load(file))
    assert found.points == ((3,), (4,))
    assert len(found.seeds) == 20  # this it inherits
