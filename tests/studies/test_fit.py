"""Fits of a whole market: known truth is found, and what is asked for must be there."""

import json
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pytest
from pydantic import Field

import market
from market.findings import of_fit
from market.foundation.code_version import code_digest
from market.foundation.config import NOT_FITTED, Money, Part
from market.scenario.extensions import extension
from market.strategies.provider_pricing import DerivativeFollower
from market.studies.fit.fitted import Fit
from market.studies.fit.free_parameters import (
    FreeParameter,
    behavioural,
    bounds_of_rule,
    read_free,
)
from market.studies.fit.run_fit import fit
from market.studies.fit.search import Effort
from market.studies.fit.targets import read_targets
from market.studies.run_task import RunOutcome, Task, run_task

SMALL = {
    "ticks": 3,
    "menu_points": 16,
    "consumers.teams.size": 1500,
    "perturb_every": "never",
    "measure_every": 3,
}
SENSITIVITY, AWARENESS = "consumers.teams.price_sensitivity", "arbitrageurs.router.awareness"
UNTOLD = "arbitrageurs.router.pricing.monopoly_markup"  # no seller is alone where buyers need it
TRUTH = {SENSITIVITY: 5.0, AWARENESS: 0.6}
BRIEF = Effort(spread=2, rounds=3, steps=3)


@pytest.fixture(scope="module")
def spec() -> market.Scenario:
    return market.load("duopoly", set=SMALL)


def outcome(spec: market.Scenario) -> RunOutcome:
    return run_task(Task("run", spec, code_digest(), members=True, models=True))


@pytest.fixture(scope="module")
def recovered(spec, tmp_path_factory) -> tuple[Fit, Path]:
    """Fitted to what other seeds give at known parameters, with the error of that mean."""
    asked = read_targets(spec, {"arbitrage_share": 1.0, "DeepSeek.revenue_share": 1.0})
    runs = [outcome(spec.change({**TRUTH, "seed": seed})) for seed in range(100, 108)]
    found = np.array([[target.of(run) for target in asked] for run in runs])
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(8)
    given = {
        target.name: (float(m), float(e)) for target, m, e in zip(asked, mean, error, strict=True)
    }
    folder = tmp_path_factory.mktemp("fit") / "kept"
    free = [f"{SENSITIVITY}=1:20", AWARENESS, UNTOLD]
    return fit(spec, given, free, jobs=1, replicates=2, folder=folder, effort=BRIEF), folder


def test_known_parameters_are_found_within_their_intervals(recovered):
    found, _ = recovered
    for parameter in found.parameters[:2]:
        assert parameter.low <= TRUTH[parameter.free.path] <= parameter.high
        assert not parameter.profile.open_low
        assert not parameter.profile.open_high
    assert found.parameters[1].pinned
    assert all(abs(target.distance) < 1 for target in found.targets)


def test_a_parameter_that_moves_nothing_is_found_to_be_open(recovered):
    found, _ = recovered
    untold = found.parameters[2]
    assert untold.profile.everywhere
    assert not untold.pinned
    assert not found.directions[-1].pinned
    said = of_fit(found.to_json()).text
    assert "The targets leave pricing monopoly markup (router) anywhere within the bounds." in said
    assert "Price sensitivity (teams) is" in said


def test_a_fit_that_was_stopped_is_resumed_without_a_run(recovered, spec, monkeypatch):
    found, folder = recovered
    monkeypatch.setattr("market.studies.executors.run_task", lambda task: pytest.fail("ran again"))
    given = {
        target.target.name: (target.target.value, target.target.error) for target in found.targets
    }
    free = [f"{SENSITIVITY}=1:20", AWARENESS, UNTOLD]
    again = fit(spec, given, free, jobs=1, replicates=2, folder=folder, effort=BRIEF)
    assert again.to_json() == found.to_json()


def test_the_scenario_as_fitted_extends_the_one_it_was_made_from(recovered, tmp_path):
    found, _ = recovered
    file = tmp_path / "as_fitted.toml"
    file.write_text(extension("duopoly", found.scenario, file, ["why"]))
    assert market.load(file) == found.scenario.change(name="as_fitted")
    text = file.read_text()
    assert text.startswith("# why\n")
    assert 'extends = "duopoly"' in text
    assert "providers" not in text


def test_a_scenario_that_extends_a_file_names_it_from_where_it_stands(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "duopoly"\nticks = 4\n')
    (tmp_path / "below").mkdir()
    spec = market.load(tmp_path / "mine.toml", set={"seed": 7})
    file = tmp_path / "below" / "fitted.toml"
    file.write_text(extension(tmp_path / "mine.toml", spec, file, []))
    assert 'extends = "../mine.toml"' in file.read_text()
    assert market.load(file) == spec.change(name="fitted")


def test_what_extending_cannot_say_is_written_whole(tmp_path):
    spec = market.load("duopoly", set={"arbitrageurs": [], "sweep": None})
    file = tmp_path / "without.toml"
    file.write_text(extension("duopoly", spec, file, []))
    assert "extends" not in file.read_text()
    assert market.load(file) == spec.change(name="without")


def test_shares_add_up_and_an_elasticity_of_several_is_weighted_by_revenue(spec):
    run = outcome(spec.change(perturb_every="end"))

    def value(name: str) -> float:
        (target,) = read_targets(spec, {name: 1.0})
        return target.of(run)

    assert value("OpenAI+DeepSeek.revenue_share") == pytest.approx(1)
    assert value("gpt5mini.revenue_share") == pytest.approx(value("OpenAI.revenue_share"))
    assert value("gpt5mini+deepseek.revenue_share") == pytest.approx(1)
    assert value("router.query_share") == pytest.approx(value("arbitrage_share"))
    direct = value("OpenAI+DeepSeek.query_share")
    assert direct == pytest.approx(1 - value("arbitrage_share"))
    assert value("router.margin") == pytest.approx(value("arbitrage_margin"))
    assert value("elasticity") == pytest.approx(value("revenue_elasticity") - 1)
    assert value("deepseek.elasticity") == pytest.approx(value("DeepSeek.elasticity"))
    share = value("OpenAI.revenue_share")
    both = share * value("OpenAI.elasticity") + (1 - share) * value("DeepSeek.elasticity")
    assert value("OpenAI+DeepSeek.elasticity") == pytest.approx(both)
    assert value("teams.solve_rate") == pytest.approx(value("solve_rate"))


def test_a_target_s_error_is_a_tenth_of_it_where_it_is_not_said(spec):
    said, assumed = read_targets(spec, ["elasticity=-1.1+-0.2", "arbitrage_share=.3"])
    assert (said.value, said.error, said.assumed) == (-1.1, 0.2, False)
    assert (assumed.value, assumed.error, assumed.assumed) == (0.3, pytest.approx(0.03), True)
    assert read_targets(spec, "arbitrage_share=0.3±1e-3")[0].error == 1e-3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "give at least one figure"),
        ("arbitrage_share", "write NAME=VALUE"),
        ("arbitrage_share=much", "must be a number"),
        ("arbitrage_share=0.3+-", "must be a number"),
        ("arbitrage_share=nan", "must be finite (value: 'nan')"),
        ("arbitrage_share=0", "a target of 0 needs one: arbitrage_share=0+-0.01"),
        ("arbitrage_share=1+--1", "must be above 0"),
        ("arbitrage_shar=1", "did you mean 'arbitrage_share'?"),
        ("OpenAI.elastcity=1", "did you mean 'OpenAI.elasticity'?"),
        ("OpenAi.elasticity=1", "no agent, model or segment 'OpenAi'; did you mean 'OpenAI'?"),
        ("OpenAI+router.revenue=1", "only providers, only arbitrageurs, or only models"),
        (["solve_rate=1", "solve_rate=2"], "is given twice"),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_the_way_out(spec, given, says):
    with pytest.raises(market.ScenarioError) as error:
        read_targets(spec, given)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "--free consumers.teams.price_sensitivity=1:100"),
        ("arbitrageurs.router.count=1:3", "is a whole number (value: 1)"),
        ("consumers.teams.size", "is a whole number (value: 1500)"),
        ("arbitrageurs.router.routing.kind=0:1", "is no number (value: 'cascade')"),
        ("providers.OpenAI.cost_ratio", "give its bounds, as providers.OpenAI.cost_ratio=LOW:HIGH"),
        ("consumers.teams.switching_cost=-1:1", "must be at least 0 (value: -1.0)"),
        ("consumers.teams.awareness=0:1", "unknown key"),
        ("consumers.team.price_sensitivity=1:2", "did you mean 'teams'?"),
        (f"{SENSITIVITY}=2:1", "the lower bound must be below the upper"),
        (f"{SENSITIVITY}=1:2:3", "must be two numbers"),
        ([f"{SENSITIVITY}=1:2", SENSITIVITY], "is given twice"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_the_way_out(spec, given, says):
    with pytest.raises(market.ScenarioError) as error:
        read_free(spec, given)
    assert says in str(error.value)


def test_all_behavioural_parameters_of_every_shipped_scenario_can_be_moved():
    from market.scenario.files import shipped_scenarios

    for shipped in shipped_scenarios():
        spec = market.load(shipped.name)
        assert read_free(spec, "all") == behavioural(spec), shipped.name


class FromElsewhere(Part):
    """A pricing rule of another package."""

    kind: Literal["mine"] = "mine"
    step: Annotated[float, Field(gt=0, lt=1)] = 0.07
    margin: Annotated[float, Field(ge=0)] = 0.02
    patience: Annotated[float, Field(ge=0, le=1)] = 0.9
    slope: float = -2.0
    speed: Annotated[float, Field(gt=1)] = 2.0
    price: Annotated[float, Field(gt=0), NOT_FITTED] = 1.0
    fee: Money = 0.1
    tries: Annotated[int, Field(ge=1)] = 3
    ceiling: Annotated[float, Field(gt=0)] | None = None


def test_a_rule_s_own_fields_say_what_a_fit_may_move_and_how_far():
    assert {name: ends for name, *ends in bounds_of_rule(FromElsewhere())} == {
        "step": pytest.approx([0.007, 0.535]),
        "margin": [0.0, 1.0],
        "patience": [0.0, 1.0],
        "slope": [-20.0, -0.2],
        "speed": pytest.approx([1.1, 20.0]),
    }
    assert dict.fromkeys(name for name, *_ in bounds_of_rule(DerivativeFollower())) == {
        "step": None
    }


def test_a_bound_at_which_there_is_no_scenario_is_not_offered(spec):
    tight = {"kind": "best_response", "max_margin": 0.5}
    capped = spec.change({"arbitrageurs.router.pricing": tight})
    assert not [one for one in behavioural(capped) if "min_margin" in one.path]
    assert read_free(capped, "all") == behavioural(capped)


def test_bounds_that_are_far_apart_are_searched_by_ratios():
    far, near = FreeParameter("a", 1.0, 100.0), FreeParameter("a", 0.0, 100.0)
    assert (far.value(0.5), near.value(0.5)) == (10.0, 50.0)
    for one in (far, near):
        assert one.place(one.value(0.3)) == pytest.approx(0.3, abs=1e-5)
        assert one.slope(10.0) == pytest.approx(
            (one.value(one.place(10.0) + 1e-2) - one.value(one.place(10.0) - 1e-2)) / 2e-2, rel=1e-3
        )


def test_a_measure_that_this_market_has_not_is_no_target_of_a_fit(spec):
    for name, way_out in (("elasticity", "set perturb_every"), ("own_routers", "another measure")):
        with pytest.raises(market.RunError, match="is not measured in duopoly") as error:
            fit(spec, {name: 1.0}, AWARENESS, jobs=1, replicates=2, effort=Effort(spread=1))
        assert way_out in str(error.value)


def test_a_fit_that_nobody_would_wait_for_is_refused_with_the_estimate(spec):
    with pytest.raises(market.ScenarioError, match=r"a fit of [\d,]+ runs: needs about"):
        fit(spec.change(ticks=1_000_000), {"solve_rate": 0.5}, AWARENESS, replicates=100)


def test_one_run_at_each_point_cannot_say_how_noisy_it_is(spec):
    with pytest.raises(market.ScenarioError, match="replicates: must be at least 2"):
        fit(spec, {"solve_rate": 0.5}, AWARENESS, replicates=1)


def test_what_is_printed_as_json_is_json(recovered):
    found, _ = recovered
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["p_value"] is None
