import json
import pickle
import re

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError

from market.foundation.errors import ScenarioError
from market.foundation.field_docs import field_docs
from market.frontier.budget_grid import TOLERANCE
from market.scenario import schema
from market.scenario.files import load, to_toml
from market.scenario.problems_on_sale import build_population
from market.scenario.schema import QualityTiers, Scenario
from market.strategies.arbitrageur_pricing import Undercut
from market.strategies.provider_pricing import ListPrice
from market.strategies.routing import CascadeRouting


def small(**changes):
    """A valid scenario, in the form a file gives it."""
    return {
        "name": "small",
        "ticks": 3,
        "quality_tiers": {"min": 0.3, "max": 0.6, "count": 4},
        "population": {
            "source": "synthetic",
            "problems": 20,
            "heterogeneity": 1.0,
            "unsolvable": 0.1,
            "models": [
                {"name": "little", "ability": -0.5, "cost": 0.01},
                {"name": "large", "ability": 0.5, "cost": 0.05},
            ],
        },
        "providers": [
            {"name": "A", "models": ["large"]},
            {"name": "B", "models": ["little"]},
        ],
        "consumers": [
            {
                "name": "teams",
                "size": 10,
                "queries_per_tick": 1.0,
                "price_sensitivity": 10,
                "demand": {
                    "kind": "fixed_quality",
                    "quality": {"kind": "constant", "value": 0.4},
                    "budget": {"kind": "constant", "value": 0.2},
                },
            }
        ],
        **changes,
    }


def write_records(folder, model, count=3):
    folder.mkdir(exist_ok=True)
    lines = [
        json.dumps({"id": f"p{i}", "mean_cost": 0.01 * (i + 1), "attempts": [0, 1]})
        for i in range(count)
    ]
    (folder / f"{model}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def provider(name="A", **changes):
    return {"name": name, "models": ["large"], **changes}


def test_what_is_left_out_takes_the_documented_defaults():
    spec = Scenario.model_validate(small(arbitrageurs=[{"name": "routers"}]))
    assert (spec.seed, spec.measure_every, spec.record_queries) == (1, 1, False)
    assert spec.description == ""
    assert spec.providers[0].cost_ratio == 0.5
    assert spec.providers[0].pricing == ListPrice()
    group = spec.arbitrageurs[0]
    assert (group.count, group.awareness) == (1, 1.0)
    assert group.routing == CascadeRouting()
    assert group.pricing == Undercut()
    assert spec.consumers[0].switching_cost == 0
    budget = spec.population.budget
    assert (budget.remainder, budget.tolerance, budget.high) == ("spent", TOLERANCE, None)


def test_arbitrageurs_may_be_left_out():
    assert Scenario.model_validate(small()).arbitrageurs == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"ticks": 0},
        {"seed": -1},
        {"measure_every": 0},
        {"name": ""},
        {"name": "../up"},
        {"name": "a b"},
        {"providers": []},
        {"consumers": []},
        {"providers": [provider(models=[])]},
        {"providers": [provider(cost_ratio=-0.1)]},
        {"providers": [provider(name="a/b")]},
        {"providers": [provider(name=" a")]},
        {"providers": [provider(name="")]},
        {"arbitrageurs": [{"name": "r", "count": -1}]},
        {"arbitrageurs": [{"name": "r", "awareness": 1.1}]},
        {"quality_tiers": {"min": 0.0, "max": 0.5, "count": 2}},
        {"quality_tiers": {"min": 0.5, "max": 1.0, "count": 2}},
        {"quality_tiers": {"min": 0.5, "max": 0.6, "count": 0}},
        {"quality_tiers": {"min": 0.5, "max": 0.5, "count": 2}},
        {"quality_tiers": {"min": 0.6, "max": 0.5, "count": 1}},
        {"population": {"source": "calibrated", "pack": ""}},
        {"population": {"source": "records"}},
        {"population": {"source": "records", "folder": "x", "budget": {"high": 0.0}}},
        {"population": {"source": "records", "folder": "x", "budget": {"tolerance": 0.0}}},
        {"population": {"source": "records", "folder": "x", "budget": {"tolerance": 1.0}}},
        {"population": {"source": "records", "folder": "x", "budget": {"remainder": "lost"}}},
        {"population": {"source": "records", "folder": "x", "budget": {"points": 50}}},
        {"population": {**small()["population"], "problems": 0}},
        {"population": {**small()["population"], "heterogeneity": -1}},
        {"population": {**small()["population"], "unsolvable": 1.0}},
        {"population": {**small()["population"], "models": []}},
        {"consumers": [{**small()["consumers"][0], "size": 0}]},
        {"consumers": [{**small()["consumers"][0], "queries_per_tick": 0}]},
        {"consumers": [{**small()["consumers"][0], "price_sensitivity": 0}]},
        {"consumers": [{**small()["consumers"][0], "switching_cost": -1}]},
    ],
)
def test_values_outside_their_range_are_refused(changes):
    with pytest.raises(ValidationError):
        Scenario.model_validate(small(**changes))


def test_tiers_are_evenly_spaced_from_min_to_max():
    values = QualityTiers(min=0.4, max=0.7, count=4).values()
    np.testing.assert_allclose(values, [0.4, 0.5, 0.6, 0.7])


def test_a_single_tier_may_have_equal_ends():
    assert QualityTiers(min=0.5, max=0.5, count=1).values().tolist() == [0.5]


def test_models_come_in_the_order_of_their_providers():
    assert Scenario.model_validate(small()).models == ("large", "little")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"providers": [provider(), provider(models=["little"])]},
            "providers.A: 2 entries have this name",
        ),
        (
            {"arbitrageurs": [{"name": "r"}, {"name": "r"}]},
            "arbitrageurs.r: 2 entries have this name",
        ),
        ({"consumers": small()["consumers"] * 3}, "consumers.teams: 3 entries have this name"),
        (
            {"providers": [provider(models=["large", "large"])]},
            "providers.A.models: 'large' stands there 2 times; once is enough",
        ),
        (
            {"providers": [provider("r-2")], "arbitrageurs": [{"name": "r", "count": 2}]},
            "providers.r-2: an arbitrageur of 'r' has this name too",
        ),
        ({"providers": [provider("treasury")]}, "providers.treasury: this name is reserved"),
        (
            {
                "population": {
                    **small()["population"],
                    "models": [{"name": "large", "ability": 0, "cost": 1}] * 2,
                }
            },
            "population.models.large: 2 entries have this name",
        ),
        (
            {
                "population": {
                    **small()["population"],
                    "models": [{"name": "problems", "ability": 0, "cost": 1}],
                }
            },
            "population.models.problems: this name is reserved",
        ),
        (
            {
                "population": {
                    **small()["population"],
                    "models": [{"name": n, "ability": 0, "cost": 1} for n in ("large", "r-1")],
                },
                "providers": [provider(models=["large", "r-1"])],
                "arbitrageurs": [
                    {
                        "name": "r",
                        "distillation": {
                            "teacher": "large",
                            "tokens": 1e8,
                            "token_price": 1,
                            "training_price": 1,
                        },
                    }
                ],
            },
            "arbitrageurs.r.name: a student is named after its owner, and 'r-1' is also a model",
        ),
    ],
)
def test_parts_that_do_not_agree_are_named_by_their_dotted_path(changes, says):
    with pytest.raises(ValidationError, match=re.escape(says)):
        Scenario.model_validate(small(**changes))


@pytest.mark.parametrize("name", ["r", "r-3", "r-0", "r-01", "r-x", "r-²"])
def test_a_provider_may_have_any_name_that_no_arbitrageur_has(name):
    given = small(providers=[provider(name)], arbitrageurs=[{"name": "r", "count": 2}])
    assert Scenario.model_validate(given).providers[0].name == name


def test_a_name_with_a_dot_is_quoted_in_a_path():
    assert schema.dotted(("providers", "mini.coder", "models")) == 'providers."mini.coder".models'
    assert schema.dotted(("a\tb\nc", 'say "x"')) == r'"a\tb\nc"."say \"x\""'
    assert schema.dotted(("x" * 100, "y" * 3000)) == f"{'x' * 100}.{'y' * 99}…"


def test_every_field_of_the_schema_says_what_it_is():
    parts = [
        value
        for value in vars(schema).values()
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__ == schema.__name__
    ]
    assert Scenario in parts
    bare = [
        f"{part.__name__}.{name}"
        for part in parts
        for name in part.model_fields
        if not field_docs(part).get(name)
    ]
    assert bare == []


def test_a_scenario_can_be_hashed_and_pickled():
    spec = Scenario.model_validate(small())
    assert hash(spec) == hash(Scenario.model_validate(small()))
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_a_synthetic_population_has_the_models_sold_in_their_order():
    population = build_population(Scenario.model_validate(small()))
    assert population.models == ("large", "little")
    assert population.size == 20


def test_a_synthetic_population_is_the_same_for_the_same_seed_only():
    first, again, other = (
        build_population(Scenario.model_validate(small(seed=seed))) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.solve_prob, again.solve_prob)
    assert not np.array_equal(first.solve_prob, other.solve_prob)


def test_a_model_that_nobody_sells_moves_no_draw_of_the_others():
    given = small()
    extra = {"name": "extra", "ability": 0.0, "cost": 0.02}
    wider = {**given["population"], "models": [extra, *given["population"]["models"]]}
    without = build_population(Scenario.model_validate(given))
    beside = build_population(Scenario.model_validate(small(population=wider)))
    assert beside.models == without.models
    np.testing.assert_array_equal(beside.solve_prob, without.solve_prob)
    np.testing.assert_array_equal(beside.list_cost, without.list_cost)


def test_records_are_read_for_the_models_sold_only(tmp_path):
    write_records(tmp_path / "runs", "large", count=5)
    write_records(tmp_path / "runs", "little", count=4)
    write_records(tmp_path / "runs", "other", count=2)
    source = {"source": "records", "folder": str(tmp_path / "runs")}
    population = build_population(Scenario.model_validate(small(population=source)))
    assert population.models == ("large", "little")
    assert population.problems == 4


def test_a_model_without_records_is_named_with_the_nearest_that_has_them(tmp_path):
    write_records(tmp_path / "runs", "largo")
    write_records(tmp_path / "runs", "little")
    source = {"source": "records", "folder": str(tmp_path / "runs")}
    with pytest.raises(ScenarioError) as caught:
        build_population(Scenario.model_validate(small(population=source)))
    assert str(caught.value) == (
        "providers.A.models: the population has no prices for 'large'; did you mean 'largo'?"
    )


def test_every_model_without_prices_is_named_at_its_provider():
    given = small(providers=[provider("x.y", models=["lage"]), provider("B", models=["tiny"])])
    with pytest.raises(ScenarioError) as caught:
        build_population(Scenario.model_validate(given))
    first, second = str(caught.value).splitlines()
    assert first.startswith(
        "providers.\"x.y\".models: the population has no prices for 'lage'; did"
    )
    assert second.startswith("providers.B.models: the population has no prices for 'tiny'; choose")


def test_a_folder_that_is_not_there_is_an_error_at_population_folder(tmp_path):
    source = {"source": "records", "folder": str(tmp_path / "none")}
    with pytest.raises(ScenarioError, match=r"^population\.folder: .*none: no such folder"):
        build_population(Scenario.model_validate(small(population=source)))


def test_a_bad_line_in_the_records_is_an_error_at_population_folder(tmp_path):
    write_records(tmp_path / "runs", "large")
    write_records(tmp_path / "runs", "little")
    (tmp_path / "runs" / "little.jsonl").write_text("{", encoding="utf-8")
    source = {"source": "records", "folder": str(tmp_path / "runs")}
    with pytest.raises(ScenarioError, match=r"^population\.folder: .*little\.jsonl:1: not a JSON"):
        build_population(Scenario.model_validate(small(population=source)))


def test_a_pack_that_is_not_there_is_an_error_at_population_pack():
    given = small(population={"source": "calibrated", "pack": "no-such-pack"})
    with pytest.raises(ScenarioError, match=r"^population\.pack: no-such-pack: no calibrated pack"):
        build_population(Scenario.model_validate(given))


def test_a_resolved_scenario_builds_the_same_population(tmp_path):
    spec = Scenario.model_validate(small())
    file = tmp_path / "again.toml"
    file.write_text(to_toml(spec), encoding="utf-8")
    np.testing.assert_array_equal(
        build_population(load(file)).solve_prob, build_population(spec).solve_prob
    )
