"""List prices other than the source's."""

import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

import market
from market.foundation.errors import ScenarioError
from market.scenario.build import prepare
from market.scenario.files import load, override, to_toml
from market.scenario.problems_on_sale import build_population

SMALL = {
    "ticks": 3,
    "population.problems": 60,
    "consumers.teams.size": 300,
    "providers.East.pricing": {"kind": "best_response", "count": 5},
    "providers.North.pricing": {"kind": "cost_plus", "markup": 0.2},
}
BY_TOKENS = {"prices.models.cheap": {"input": 2.0, "output": 10.0}}


def halved(models, factor=0.5):
    return {f"prices.models.{model}.factor": factor for model in models}


def records(folder):
    """Two models at six problems, with tokens."""
    folder.mkdir()
    for model, cost, solved in (("cheap", 0.004, [0, 1]), ("dear", 0.03, [1, 1])):
        rows = [
            {
                "id": f"p{i}",
                "attempts": solved if i % 2 else [0, 1],
                "mean_cost": cost,
                "tokens_in": [1000 * (i + 1), 3000],
                "tokens_out": [500, 100 * (i + 1)],
            }
            for i in range(6)
        ]
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{model}.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def tokens(tmp_path, monkeypatch):
    """A scenario on records that keep tokens; what is imported goes to a folder of the test's."""
    monkeypatch.setattr("market.importers.cached.user_cache_path", lambda _: tmp_path / "cache")
    records(tmp_path / "records")
    file = tmp_path / "mine.toml"
    file.write_text(
        """
name = "mine"
ticks = 2
quality_tiers = { min = 0.3, max = 0.6, count = 3 }
population = { source = "records", folder = "records" }
providers = [{ name = "A", models = ["cheap"] }, { name = "B", models = ["dear"] }]
[[consumers]]
name = "teams"
size = 200
queries_per_tick = 1.0
price_sensitivity = 10
demand = { kind = "value", value = { kind = "lognormal", median = 0.2, sigma = 0.8 } }
""",
        encoding="utf-8",
    )
    return file


def with_hosts():
    """A second host of one model, one of worse weights of another, and two providers merged."""
    base = load("synthetic", set=SMALL)
    providers = [provider.model_dump() for provider in base.providers]
    twin = providers[2] | {"name": "Twin", "pricing": {"kind": "cost_plus", "markup": 0.4}}
    worse = providers[3] | {"name": "Worse", "solve_shift": -0.4}
    changes = {"providers": [*providers, twin, worse], "merge": ["North", "East"]}
    return override(base, changes | {"arbitrageurs.routers.host_choice": "price_power"})


@pytest.mark.parametrize("hosts", [False, True])
def test_a_factor_is_a_cheaper_source_of_which_marginal_costs_are_a_larger_share(hosts):
    base = with_hosts() if hosts else load("synthetic", set=SMALL)
    repriced = override(base, halved(dict.fromkeys(base.weights_of.values())))
    cheaper = override(
        base,
        {f"population.models.{m.name}.cost": m.cost / 2 for m in base.population.models}
        | {f"providers.{provider.name}.cost_ratio": 1.0 for provider in base.providers},
    )
    one, other = market.run(repriced), market.run(cheaper)
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name], rtol=1e-9)


@pytest.mark.parametrize("factor", [0.3, 1.7])
def test_what_an_attempt_costs_its_maker_stays(factor):
    base = load("swebench", set={"providers.Alibaba.cost_ratio": 0.4})
    before, after = (prepare(s) for s in (base, override(base, halved(base.models[1:3], factor))))
    cost = [
        population.cost_basis * population.population.list_cost for population in (before, after)
    ]
    np.testing.assert_allclose(*cost, rtol=1e-14)
    assert before.cost_basis.tolist() == [1.0] * 6
    assert after.cost_basis[[0, 3, 4, 5]].tolist() == [1.0] * 4


def test_prices_fall_against_the_market_at_the_source_s_prices_and_not_against_their_own():
    none = {"arbitrageurs.routers.count": 0, "providers.East.pricing": {"kind": "list"}}
    base = load("synthetic", set=SMALL | none | {"providers.North.pricing": {"kind": "list"}})
    repriced = override(base, halved(base.models))
    assert market.run(repriced, base=base).summary["price_index"] == pytest.approx(0.5)
    assert market.run(repriced).summary["price_index"] == pytest.approx(1.0)


def test_a_comparison_has_side_a_as_its_base():
    none = {"arbitrageurs.routers.count": 0, "providers.East.pricing": {"kind": "list"}}
    base = load("synthetic", set=SMALL | none | {"providers.North.pricing": {"kind": "list"}})
    found = market.compare(
        base, override(base, halved(base.models)), replicates=2, resample=False, jobs=1
    )
    row = found.measures.set_index("measure").loc["price_index"]
    assert (row["a"], row["b"]) == (pytest.approx(1.0), pytest.approx(0.5))


def test_a_student_costs_what_it_did_when_its_teacher_is_cheaper():
    base = load("distillation")
    before, after = (prepare(s).population for s in (base, override(base, halved(base.models))))
    np.testing.assert_array_equal(before.list_cost[:, 1], after.list_cost[:, 1])
    np.testing.assert_allclose(after.list_cost[:, 0], 0.5 * before.list_cost[:, 0], rtol=1e-15)
    np.testing.assert_array_equal(before.solve_prob, after.solve_prob)


def test_a_teacher_s_tokens_cost_as_much_less_as_its_attempts_and_their_maker_the_same():
    when = {"ticks": 1, "arbitrageurs.distiller.distillation.when": 0, "consumers.teams.size": 1}
    base = load("distillation", set=when)
    first = [market.run(s).providers.iloc[0] for s in (base, override(base, halved(base.models)))]
    assert first[0]["token_revenue"] == pytest.approx(1800 * 0.4)
    assert first[1]["token_revenue"] == pytest.approx(1800 * 0.4 / 2)
    for row in first:
        assert row["cost"] == pytest.approx(1800 * 0.4 * 0.5, rel=1e-3)  # and a query or two


def test_tokens_are_priced_as_the_command_prices_them(tokens):
    population = build_population(load(tokens, set=BY_TOKENS))
    first = np.array([2.0 * 1000 + 10.0 * 500, 2.0 * 3000 + 10.0 * 100]) / 1e6
    assert population.list_cost[0, 0] == pytest.approx(first.mean())
    assert population.list_cost[0, 1] == 0.03
    assert population.cost_of_failure[0, 0] == pytest.approx(first[0])
    assert population.cost_of_success[0, 0] == pytest.approx(first[1])
    assert population.cost_of_failure[0, 1] == 0.03


def test_a_price_by_tokens_is_of_the_problems_that_all_models_share(tokens):
    file = tokens.parent / "records" / "dear.jsonl"
    kept = file.read_text(encoding="utf-8").splitlines(keepends=True)[2:]
    file.write_text("".join(kept), encoding="utf-8")
    population = build_population(load(tokens, set=BY_TOKENS))
    first = np.array([2.0 * 3000 + 10.0 * 500, 2.0 * 3000 + 10.0 * 300]) / 1e6
    assert population.list_cost[0, 0] == pytest.approx(first.mean())


def test_a_price_by_tokens_stands_beside_a_model_that_is_added(tokens):
    added = {
        "added_models": [{"name": "new", "like": "dear", "solve_rate": 0.5, "cost": 0.01}],
        "providers": [{"name": "A", "models": ["cheap", "new"]}],
    }
    population = build_population(load(tokens, set=BY_TOKENS | added))
    alone = build_population(load(tokens, set=BY_TOKENS))
    np.testing.assert_array_equal(population.list_cost[:, 0], alone.list_cost[:, 0])
    assert population.weight @ population.list_cost[:, 1] == pytest.approx(0.01)


def test_by_tokens_the_mean_attempt_costs_its_maker_what_it_did(tokens):
    made = prepare(load(tokens, set=BY_TOKENS))
    now = made.cost_basis * (made.population.weight @ made.population.list_cost)
    np.testing.assert_allclose(now, [0.004, 0.03], rtol=1e-12)


def test_other_prices_leave_what_few_attempts_tell_of_the_models_as_it_is(tokens):
    before, after = (build_population(load(tokens, set=s)) for s in ({}, BY_TOKENS))
    assert before.strata > 1
    np.testing.assert_array_equal(before.solve_prob, after.solve_prob)
    assert after.list_cost.shape == before.list_cost.shape


def test_a_date_reprices_all_models_but_those_that_have_a_price_of_their_own(tokens):
    names = {"prices.names": {"cheap": "gpt-5-mini", "dear": "claude-sonnet-4-5"}}
    dated = names | {"prices.date": "2026-06-01", "prices.models.dear.factor": 2.0}
    with pytest.warns(market.MarketWarning, match="has no dates for cheap; taken at its latest"):
        population = build_population(load(tokens, set=dated))
    assert population.list_cost[0, 0] == pytest.approx((2000 * 0.25 + 300 * 2.0) / 1e6)
    assert population.list_cost[0, 1] == 0.06


def test_today_is_a_date_in_the_resolved_scenario(tokens):
    today = datetime.now(UTC).date().isoformat()
    spec = load(tokens, set={"prices.date": "today"})
    assert spec.prices.date in (today, datetime.now(UTC).date().isoformat())
    assert f'date = "{spec.prices.date}"' in to_toml(spec)


def test_a_date_may_be_one_of_toml_s_own(tokens):
    tokens.write_text(tokens.read_text() + "\n[prices]\ndate = 2026-06-01\n")
    assert load(tokens).prices.date == "2026-06-01"


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("swebench", {"prices.models.deepsek.factor": 0.5}, "did you mean 'deepseek'"),
        ("swebench", {"prices.models.deepseek.factor": 0}, "factor: must be above 0"),
        (
            "swebench",
            {"prices.models.deepseek.input": 1, "prices.models.deepseek.output": 1},
            "prices.models.deepseek: a calibrated pack has no tokens .*deepseek.factor = 0.5",
        ),
        ("synthetic", {"prices.date": "2026-01-01"}, "prices.date: a law has no tokens"),
        ("swebench", {"prices.date": "June"}, "prices.date: must be a date, YYYY-MM-DD"),
        ("swebench", {"prices.models.sonnet.input": 1}, "prices.models.sonnet: give either"),
        (
            "swebench",
            {"prices.models.sonnet": {"factor": 2, "input": 1, "output": 1}},
            "prices.models.sonnet: give either a factor, or input and output",
        ),
        ("swebench", {"prices.names.sonet": "claude"}, "prices.names.sonet: no provider sells it"),
    ],
)
def test_a_price_that_cannot_be_is_refused_with_its_path(name, changes, message):
    with pytest.raises(ScenarioError, match=message):
        load(name, set=changes)


def test_a_model_without_a_public_price_is_named_with_the_way_out(tokens):
    with pytest.raises(ScenarioError, match=r"^prices: cheap: genai-prices .*prices\.names\.cheap"):
        build_population(load(tokens, set={"prices.date": "today"}))


def test_records_without_tokens_take_a_factor_alone(tokens):
    file = tokens.parent / "records" / "cheap.jsonl"
    row = {"id": "p0", "attempts": [0, 1], "mean_cost": 0.004}
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"cheap.jsonl:1: cheap has no tokens .*cheap\.factor"):
        build_population(load(tokens, set=BY_TOKENS))
    repriced = build_population(load(tokens, set={"prices.models.cheap.factor": 0.5}))
    assert repriced.list_cost[:, 0].tolist() == [0.002] * repriced.size


def test_list_prices_do_not_change_during_a_run():
    with pytest.raises(ScenarioError, match="prices cannot change during a run; market compare"):
        load(
            "swebench",
            set={
                "interventions": [{"name": "x", "at": 3, "set": {"prices.models.sonnet.factor": 2}}]
            },
        )


def test_a_sweep_varies_a_factor():
    base = load("synthetic", set=SMALL | {"ticks": 2, "measure_every": 5})
    study = market.sweep(base, {"prices.models.sun.factor": [1.0, 0.5]}, replicates=1, jobs=1)
    rows = study.outcomes
    assert rows["status" if "status" in rows else "price_index"].notna().all()
    assert rows["price_index"].iloc[1] < rows["price_index"].iloc[0]
