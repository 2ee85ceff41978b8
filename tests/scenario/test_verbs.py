"""Verbs say in the words of the trade what fields say, and are refused where they cannot."""

import jsonschema
import pytest

import market
from market.foundation.errors import ScenarioError
from market.scenario.file_schema import json_schema
from market.scenario.files import arbitrageurs_override, load
from market.scenario.verbs import VERBS
from market.strategies.provider_pricing import CostPlus, ListPrice
from market.studies.design import resolve


def heir(folder, text, base="swebench"):
    file = folder / "heir.toml"
    file.write_text(f'extends = "{base}"\nname = "{base}"\n{text}', encoding="utf-8")
    return file


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_example_of_a_verb_changes_the_market(verb):
    assert load("swebench", set=[verb.example]) != load("swebench")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("price_factor.DeepSeek=0.5", ["prices.models.deepseek.factor=0.5"]),
        ("price_factor.deepseek=0.5", ["prices.models.deepseek.factor=0.5"]),
        ("tax=0.05", ["policy.routing_tax=0.05"]),
        ("ban=distillation", ["policy.distillation_ban=true"]),
        (
            "ban=resale",
            ['policy.gated=["mini-coder", "Alibaba", "OpenAI", "DeepSeek", "Anthropic"]'],
        ),
        ("enter.Alibaba=5", ["providers.Alibaba.active_from=5"]),
    ],
)
def test_a_verb_is_the_fields_that_it_stands_for(said, fields):
    assert load("swebench", set=[said]) == load("swebench", set=fields)


def test_a_price_halved_in_a_file_is_the_shipped_scenario_of_that(tmp_path):
    spec = load(heir(tmp_path, "price_factor = { DeepSeek = 0.5 }"))
    assert spec.prices == load("half_price").prices


def test_a_model_is_added_with_the_provider_that_sells_it(tmp_path):
    text = 'add.newcomer = { like = "gpt5mini", solve_rate = 0.6, cost = 0.022, at = 30 }'
    shipped, spec = load("newcomer"), load(heir(tmp_path, text))
    assert spec.added_models == shipped.added_models
    assert spec.providers[-1].models == shipped.providers[-1].models
    assert spec.providers[-1].active_from == 30


def test_what_is_written_has_fields_alone_and_loads_back(tmp_path):
    spec = load("swebench", set=["tax=0.05", "price_factor.DeepSeek=0.5"])
    file = tmp_path / "spec.toml"
    file.write_text(market.scenario.files.to_toml(spec), encoding="utf-8")
    assert "price_factor" not in file.read_text(encoding="utf-8")
    assert load(file) == spec


def test_a_heir_s_verb_stands_for_what_its_base_says(tmp_path):
    (tmp_path / "base.toml").write_text(
        'extends = "swebench"\nname = "base"\npolicy.routing_tax = 0.3\n', encoding="utf-8"
    )
    assert (
        load(heir(tmp_path, "tax = 0.1", "base.toml".removesuffix(".toml"))).policy.routing_tax
        == 0.1
    )


def test_a_verb_comes_at_a_tick(tmp_path):
    changes = '{ "price_factor.DeepSeek" = 0.5, tax = 0.1 }'
    text = f'[[interventions]]\nname = "cut"\nat = 3\nset = {changes}'
    spec = load(heir(tmp_path, text), set=["ticks=6", "consumers.teams.size=200"])
    result = market.run(spec)
    prices = result.models[result.models["model"] == "deepseek"].set_index("tick")
    assert prices["price_multiplier"].tolist() == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    assert (result.market["tax_revenue"].to_numpy()[:3] == 0).all()
    assert (result.market["tax_revenue"].to_numpy()[3:] > 0).all()


def test_list_price_times_a_factor_is_cost_plus_as_much():
    markup = 0.5 / load("swebench").providers[3].cost_ratio - 1
    view = type("View", (), {"cost_ratio": load("swebench").providers[3].cost_ratio})
    wanted = CostPlus(markup=markup).multiplier(view)
    assert ListPrice(factor=0.5).multiplier(view) == pytest.approx(wanted)


def test_a_sweep_varies_a_verb():
    spec = load("duopoly").model_copy(update={"sweep": None})
    vary = market.scenario.sweep_schema.Sweep.model_validate(
        {"vary": {"price_factor.DeepSeek": [1.0, 0.5]}, "replicates": 1}
    )
    design = resolve(spec.model_copy(update={"sweep": vary}))
    factors = [design.at(point, 1).prices.models["deepseek"].factor for point in (0, 1)]
    assert factors == [1.0, 0.5]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("price_factor.DeepSek=0.5", r"price_factor\.DeepSek: no such provider or model; did you"),
        ("price_factor=3", r"price_factor: must be by name, such as price_factor\.DeepSeek=0\.5"),
        ("price_factor.DeepSeek=0", r"price_factor\.DeepSeek: must be a number above 0"),
        ("price_factor.DeepSeek=true", r"price_factor\.DeepSeek: must be a number above 0"),
        ("tax=2", r"policy\.routing_tax: must be at most 1"),
        ("ban=cars", 'ban: must be "distillation" or "resale"'),
        ("enter.Nobody=3", r"enter\.Nobody: no such provider"),
        ("enter.Alibaba=-3", r"providers\.Alibaba\.active_from: must be at least 0"),
        ("add.x=3", r"add\.x: must be a table"),
        (
            'add.x={ like = "gpt5mini", solve_rate = 0.6, cost = 0.02, by = "OpenAI" }',
            r"add\.x\.by: a provider is called 'OpenAI' already",
        ),
    ],
)
def test_a_verb_that_cannot_be_is_refused_with_the_way_out(said, message):
    with pytest.raises(ScenarioError, match=message):
        load("swebench", set=[said])


@pytest.mark.parametrize(
    "both",
    [
        ["tax=0.1", "policy.routing_tax=0.2"],
        ["price_factor.DeepSeek=0.5", "prices.models.deepseek.factor=2"],
    ],
)
def test_a_verb_beside_its_field_is_refused(both, tmp_path):
    with pytest.raises(ScenarioError, match="too; give one of them"):
        load("swebench", set=both)
    with pytest.raises(ScenarioError, match="too; give one of them"):
        load(heir(tmp_path, "\n".join(both)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('"enter.Alibaba" = 5', "enter cannot come at a tick"),
        ('"price_factor.gpt5mini" = 0.5', "does not sell at list price"),
        ('"price_factor.Nobody" = 0.5', "no such provider or model"),
    ],
)
def test_an_intervention_is_refused_a_verb_that_cannot_come_at_a_tick(change, message, tmp_path):
    text = f'[[interventions]]\nname = "x"\nat = 3\nset = {{ {change} }}'
    with pytest.raises(ScenarioError, match=message):
        load(heir(tmp_path, text, "price_response"))


def test_the_schema_for_editors_knows_verbs():
    schema = json_schema()
    jsonschema.validate({"extends": "swebench", "tax": 0.1, "ban": "resale"}, schema)
    for wrong in ({"tax": 3}, {"ban": "cars"}, {"price_factor": {"x": 0}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"extends": "swebench", **wrong}, schema)


def test_the_number_of_arbitrageurs_is_that_of_the_one_group(tmp_path):
    assert arbitrageurs_override("swebench", 3, "--arbitrageurs") == "arbitrageurs.routers.count=3"
    with pytest.raises(ScenarioError, match=r"--arbitrageurs 3: .* 2 groups of arbitrageurs; set"):
        arbitrageurs_override(
            heir(tmp_path, '[[arbitrageurs]]\nname = "more"'), 3, "--arbitrageurs"
        )


def test_a_name_with_a_dot_is_quoted(tmp_path):
    file = heir(tmp_path, '[[providers]]\nname = "x.ai"\nmodels = ["sonnet"]\nactive_from = 1')
    file.write_text(
        file.read_text().replace("[[providers]]", 'remove = ["Anthropic"]\n[[providers]]'), "utf-8"
    )
    with pytest.raises(ScenarioError, match="quote"):
        load(file, set=["price_factor.x.ai=0.5"])
    with pytest.raises(ScenarioError, match=r'quote a name that holds a dot: "x\.ai"'):
        load(file, set=["providers.x.ai.active_from=2"])
    assert load(file, set=['price_factor."x.ai"=0.5']).prices is not None


@pytest.mark.parametrize(
    ("said", "meant"), [("taxx=0.05", "tax"), ("price_factr.DeepSeek=0.5", "price_factor")]
)
def test_a_misspelt_verb_is_refused_with_the_one_that_is_meant(said, meant):
    with pytest.raises(ScenarioError, match=f"unknown key; did you mean '{meant}'"):
        load("swebench", set=[said])


def test_a_misspelt_verb_of_an_intervention_is_refused_with_the_one_that_is_meant():
    change = {"name": "x", "at": 5, "set": {"taxx": 0.05}}
    with pytest.raises(ScenarioError, match="the scenario has no 'taxx'; did you mean 'tax'"):
        load("swebench", set={"interventions": [change]})
