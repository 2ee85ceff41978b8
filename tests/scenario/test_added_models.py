"""Scenarios with a model that there are no records of."""

import json

import numpy as np
import pytest

import market
from market.foundation.errors import ScenarioError
from market.population.records import read_records
from market.scenario.build import prepare
from market.scenario.files import load, override, to_toml
from market.scenario.problems_on_sale import build_population
from market.scenario.sources import read_source

NEW = {"name": "new", "like": "flame", "solve_rate": 0.4, "cost": 0.01}
SMALL = {"ticks": 3, "population.problems": 80, "consumers.teams.size": 300}


def with_new(base="synthetic", sells=True, settings=SMALL, **changes):
    spec = load(base, set=settings)
    providers = [provider.model_dump() for provider in spec.providers]
    if sells:
        providers.append({"name": "New", "models": ["new"]})
    return override(spec, {"providers": providers, "added_models": [{**NEW, **changes}]})


def test_an_added_model_has_its_stated_rate_and_cost_and_the_default_alike():
    spec = with_new()
    population = build_population(spec)
    assert population.models == ("spark", "flame", "blaze", "sun", "new")
    assert population.weight @ population.solve_prob[:, -1] == pytest.approx(0.4, abs=1e-6)
    assert population.weight @ population.list_cost[:, -1] == pytest.approx(0.01)
    assert spec.added_models[0].alike == 0.25


def test_a_model_that_is_added_shifts_no_other_draw():
    without, beside = build_population(load("synthetic", set=SMALL)), build_population(with_new())
    np.testing.assert_array_equal(without.solve_prob, beside.solve_prob[:, :-1])
    np.testing.assert_array_equal(without.list_cost, beside.list_cost[:, :-1])
    settings = SMALL | {"arbitrageurs.routers.count": 0}
    spec = with_new(settings=settings, solve_rate=0.01, cost=900.0)
    one, other = market.run(load("synthetic", set=settings)), market.run(spec)
    columns = ["tick", "provider", "revenue", "profit"]
    known = other.providers[other.providers["provider"] != "New"][columns].reset_index(drop=True)
    assert one.providers[columns].equals(known)


def test_it_is_drawn_by_its_name_and_the_seed():
    first, second, other = (
        build_population(with_new(settings=SMALL | {"seed": seed})).solve_prob[:, -1]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("alike", [0.0, 0.25, 0.6, 1.0])
def test_other_values_of_alike_keep_the_rate(alike):
    population = build_population(with_new(alike=alike))
    assert population.weight @ population.solve_prob[:, -1] == pytest.approx(0.4, abs=1e-6)


def test_its_cost_may_be_of_tokens_and_their_prices():
    spec = with_new(cost=None, tokens_in=20_000, tokens_out=1_000, input=0.25, output=2.0)
    population = build_population(spec)
    assert population.weight @ population.list_cost[:, -1] == pytest.approx(0.005 + 0.002)


def test_the_model_it_is_like_need_not_be_sold():
    spec = with_new()
    providers = [p.model_dump() for p in spec.providers if p.name != "South"]
    population = build_population(override(spec, {"providers": providers}))
    assert "flame" not in population.models
    assert population.weight @ population.solve_prob[:, -1] == pytest.approx(0.4, abs=1e-6)


def test_its_list_price_takes_a_factor_and_its_marginal_cost_stays():
    spec = with_new()
    made = prepare(override(spec, {"prices.models.new.factor": 0.5}))
    mean = made.population.weight @ made.population.list_cost[:, -1]
    assert mean == pytest.approx(0.005)
    assert made.cost_basis[-1] * mean == pytest.approx(0.01)


def test_records_take_one_too_and_the_other_models_are_repriced_beside_it(tmp_path):
    for model, cost in (("cheap", 0.004), ("dear", 0.03)):
        rows = [
            {"id": f"p{i}", "mean_cost": cost, "attempts": [int(k <= i) for k in range(6)]}
            for i in range(8)
        ]
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (tmp_path / f"{model}.jsonl").write_text(text)
    source = {"population": {"source": "records", "folder": str(tmp_path)}}
    spec = load("duopoly", set=source | {"providers": [{"name": "A", "models": ["cheap", "dear"]}]})
    providers = [{"name": "A", "models": ["cheap", "new"]}, {"name": "B", "models": ["dear"]}]
    new = {**NEW, "like": "dear", "solve_rate": 0.5, "alike": 1}
    changed = override(spec, {"providers": providers, "added_models": [new]})
    changed = override(changed, {"prices.models.dear.factor": 2.0})
    population, recorded = build_population(changed), read_records(tmp_path)
    assert population.models == ("cheap", "new", "dear")
    assert population.weight @ population.solve_prob[:, 1] == pytest.approx(0.5, abs=1e-6)
    np.testing.assert_array_equal(population.solve_prob[:, 0], recorded.solve_prob[:, 0])
    np.testing.assert_allclose(population.list_cost[:, 2], 2 * recorded.list_cost[:, 1])


def test_a_student_of_counted_records_is_the_same_beside_an_added_model(tmp_path):
    rows = [
        {"id": f"p{i}", "mean_cost": 0.02, "attempts": [int(k <= i) for k in range(6)]}
        for i in range(8)
    ]
    for model in ("big", "other"):
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (tmp_path / f"{model}.jsonl").write_text(text)
    spec = load(
        "distillation",
        set={
            "population": {"source": "records", "folder": str(tmp_path)},
            "providers": [{"name": "A", "models": ["big", "other"]}],
            "arbitrageurs.distiller.distillation.teacher": "big",
            "arbitrageurs.distiller.count": 2,
        },
    )
    providers = [{"name": "A", "models": ["big", "other"]}, {"name": "B", "models": ["new"]}]
    new = {**NEW, "like": "big", "solve_rate": 0.5, "alike": 1}
    beside = override(spec, {"providers": providers, "added_models": [new]})
    one, other = (prepare(s).population for s in (spec, beside))
    for student in ("distiller-1", "distiller-2"):
        np.testing.assert_array_equal(
            one.solve_prob[:, one.index(student)], other.solve_prob[:, other.index(student)]
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"like": "flam"}, "added_models.new.like: .* 'flam'; did you mean 'flame'"),
        ({"like": "new"}, "added_models.new.like: 'new' is added itself"),
        ({"solve_rate": 0.97}, "added_models.new.solve_rate: 0.97 cannot be met"),
        ({"solve_rates": {"a": 0.5}}, "added_models.new: give either solve_rate or solve_rates"),
        ({"solve_rate": None}, "added_models.new: give either solve_rate or solve_rates"),
        (
            {"solve_rate": None, "solve_rates": {"a": 0.5}},
            "added_models.new.solve_rates: the problems have no domains",
        ),
        ({"cost": None}, "added_models.new: give either cost in USD, or tokens_in"),
        ({"tokens_in": 5}, "added_models.new: give either cost in USD, or tokens_in"),
        ({"alike": 1.5}, "added_models.new.alike: must be at most 1"),
        ({"simlar": 1}, "added_models.new.simlar: unknown key"),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(changes, message):
    with pytest.raises(ScenarioError, match=message):
        build_population(with_new(**changes))


def test_a_name_that_is_taken_is_refused():
    spec = load("synthetic", set=SMALL)
    with pytest.raises(
        ScenarioError, match=r"added_models.sun: the population has a model of this"
    ):
        build_population(override(spec, {"added_models": [{**NEW, "name": "sun"}]}))


def test_a_model_that_nobody_sells_is_refused():
    with pytest.raises(ScenarioError, match=r"added_models.new: no provider sells it"):
        with_new(sells=False)


def test_a_price_by_tokens_is_the_model_s_own():
    with pytest.raises(ScenarioError, match=r"prices.models.new: 'new' is an added model: set its"):
        override(with_new(), {"prices.models.new": {"input": 1.0, "output": 1.0}})


def test_no_model_is_added_during_a_run():
    change = {"name": "x", "at": 1, "set": {"added_models.new.solve_rate": 0.5}}
    with pytest.raises(ScenarioError, match=r"added_models cannot change during a run; let the"):
        override(with_new(), {"interventions": [change]})


def test_it_enters_when_its_provider_does():
    spec = override(with_new(), {"providers.New.active_from": 2})
    models = market.run(spec).models.set_index("model")["price_multiplier"]
    assert models["new"].isna().tolist() == [True, True, False]


def test_results_say_that_it_is_assumed(tmp_path):
    spec = with_new()
    text = "new is assumed, not recorded: one attempt solves 0.4 and costs $0.0100, like flame"
    assert spec.assumed == (f"{text} (alike 0.25)",)
    market.run(spec).save(tmp_path / "run")
    assert text in (tmp_path / "run" / "manifest.json").read_text()
    assert market.RunResult.read(tmp_path / "run").scenario == spec
    from market.report import read_subject
    from market.report.page import render

    assert f"{text} (alike 0.25).</p>" in render(read_subject(tmp_path / "run"))
    found = market.compare(spec, spec, replicates=1, resample=False, jobs=1)
    assert found.assumed == spec.assumed


def test_a_frontier_has_the_margin_at_both_ends(tmp_path):
    from typer.testing import CliRunner

    from market.cli.app import app

    file = tmp_path / "new.toml"
    file.write_text(to_toml(with_new()), encoding="utf-8")
    command = ["frontier", str(file), "--draws", "0", "--folds", "0"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0
    assert "new (assumed)" in shown.stdout
    assert "new is assumed, not recorded" in shown.stdout
    answer = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    ends = answer["margin_by_alike"]
    assert 0 <= ends["1"]["mean_margin"] < ends["0"]["mean_margin"]
    same = CliRunner().invoke(app, [*command, "--json", "--set", "added_models.new.alike=0"])
    assert json.loads(same.stdout)["mean_margin"] == ends["0"]["mean_margin"]
    without = CliRunner().invoke(app, [*command, "--json", "--models", "spark,sun"])
    assert "assumed" not in json.loads(without.stdout)


def test_a_run_s_folder_is_a_source_with_what_was_assumed(tmp_path):
    market.run(with_new()).save(tmp_path / "run")
    assert list(read_source(str(tmp_path / "run")).assumed) == ["new"]


def test_a_resample_keeps_what_is_stated_of_the_problems_that_it_draws_from():
    settings = {"ticks": 1, "consumers.teams.size": 100}
    new = {"like": "gpt5mini", "solve_rate": 0.6}
    drawn = with_new("swebench", settings=settings | {"population.resample": True}, **new)
    whole = with_new("swebench", settings=settings, **new)
    one, other = build_population(drawn), build_population(whole)
    np.testing.assert_array_equal(one.solve_prob, other.solve_prob)
    assert not np.array_equal(one.weight, other.weight)
