import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from market.foundation.errors import ScenarioError
from market.scenario import files as loading
from market.scenario.file_schema import json_schema
from market.scenario.files import load, shipped_scenarios, to_toml
from market.scenario.problems_on_sale import build_population
from market.scenario.schema import Scenario
from market.simulation.model import run
from market.strategies.arbitrageur_pricing import Undercut
from market.strategies.provider_pricing import CostPlus, ListPrice

SHIPPED = sorted(path.stem for path in (Path(__file__).parents[2] / "scenarios").glob("*.toml"))
BASE = """
name = "base"
ticks = 60
quality_tiers = { min = 0.4, max = 0.6, count = 3 }
[population]
source = "records"
folder = "runs"
[[providers]]
name = "OpenAI"
models = ["gpt"]
[[providers]]
name = "mini.coder"
models = ["mini"]
pricing = { kind = "cost_plus", markup = 0.4 }
[[arbitrageurs]]
name = "routers"
[[consumers]]
name = "teams"
size = 10
queries_per_tick = 1.0
price_sensitivity = 10
[consumers.demand]
kind = "fixed_quality"
quality = { kind = "uniform", low = 0.4, high = 0.6 }
budget = { kind = "lognormal", median = 0.2, sigma = 0.8 }
"""


@pytest.fixture
def base(tmp_path):
    file = tmp_path / "base.toml"
    file.write_text(BASE, encoding="utf-8")
    return file


def heir(base, text):
    file = base.with_name("heir.toml")
    file.write_text(f'extends = "base.toml"\n{text}', encoding="utf-8")
    return file


def problems(file, *overrides):
    """What is wrong, without the name of the file."""
    with pytest.raises(ScenarioError) as caught:
        load(file, set=overrides)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(str(file)) for line in lines)
    return [line.removeprefix(str(file)).removeprefix(" with --set").lstrip(": ") for line in lines]


# Finding and reading files


def test_shipped_scenarios_are_these():
    assert [s.name for s in shipped_scenarios()] == SHIPPED
    assert {"swebench", "price_response", "value_demand", "distillation", "entry"} <= set(SHIPPED)


@pytest.mark.parametrize("shipped", shipped_scenarios(), ids=lambda s: s.name)
class TestShipped:
    def test_it_loads_by_name_and_is_called_so(self, shipped):
        assert load(shipped.name).name == shipped.name

    def test_it_opens_with_the_question_it_asks(self, shipped):
        assert re.match("# .*[?]", shipped.path.read_text(encoding="utf-8").splitlines()[0])
        assert shipped.description.endswith("?")

    def test_its_population_has_all_models_sold(self, shipped):
        spec = load(shipped.name)
        assert build_population(spec).models == spec.models

    def test_it_loads_back_from_toml_as_it_is(self, shipped, tmp_path):
        file = tmp_path / "again.toml"
        file.write_text(to_toml(load(shipped.name)), encoding="utf-8")
        assert load(file) == load(shipped.name)

    def test_it_is_short_where_it_extends_another(self, shipped):
        lines = shipped.path.read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if line and not line.startswith("#")]
        assert len(said) <= 20 or not any(line.startswith("extends") for line in said)

    @pytest.mark.filterwarnings("ignore:.*still drawn at random")  # four ticks teach nothing
    def test_it_runs_for_four_ticks(self, shipped):
        spec = load(shipped.name)
        fewer = {f"consumers.{c.name}.size": 100 for c in spec.consumers}
        late = [change.model_dump() | {"at": 2} for change in spec.interventions]
        quick = {"ticks": 4, "menu_points": 6, "perturb_every": "never", **fewer}
        quick["interventions"] = late
        result = run(load(shipped.name, set=quick))
        assert result.market["tick"].tolist() == [0, 1, 2, 3]
        assert (result.market["queries_served"] > 0).all()
        assert (result.market["imbalance"] <= 1e-9).all()

    def test_it_satisfies_the_published_schema(self, shipped):
        validator = jsonschema.Draft202012Validator(json_schema())
        validator.validate(load(shipped.name).model_dump(mode="json"))


def test_single_attempt_solve_rates_of_synthetic_form_a_ladder():
    rates = build_population(load("synthetic")).solve_prob.mean(axis=0)
    assert np.all(np.diff(rates) > 0.08)
    assert rates[0] == pytest.approx(0.25, abs=0.05)
    assert rates[-1] == pytest.approx(0.6, abs=0.05)


def test_an_installed_package_has_its_scenarios_inside(base, monkeypatch):
    inside = base.parent / "market" / "scenarios"
    inside.mkdir(parents=True)
    (inside / "only.toml").write_text('description = "one?"', encoding="utf-8")
    monkeypatch.setattr(loading, "package_folder", lambda: inside.parent)
    assert [(s.name, s.description) for s in shipped_scenarios()] == [("only", "one?")]


def test_an_inherited_description_is_listed(base, monkeypatch):
    base.with_name("parent.toml").write_text('description = "one?"', encoding="utf-8")
    inside = base.parent / "scenarios"
    inside.mkdir()
    (inside / "heir.toml").write_text('extends = "../parent.toml"', encoding="utf-8")
    monkeypatch.setattr(loading, "package_folder", lambda: base.parent)
    assert [s.description for s in shipped_scenarios()] == ["one?"]


def test_a_path_may_be_given_as_text_or_path_and_without_its_ending(base):
    assert load(base) == load(str(base)) == load(base.with_suffix(""))


def test_a_shipped_name_wins_over_a_file_of_that_name(base, monkeypatch):
    base.rename(base.with_name("swebench.toml"))
    monkeypatch.chdir(base.parent)
    assert load("swebench").name == "swebench"
    assert load("./swebench").name == "base"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("swebenhc", "swebenhc: no such file or shipped scenario; did you mean 'swebench'?"),
        ("zzz.toml", f"choose from: {', '.join(SHIPPED)}"),
        (".", ".: is a folder; name the scenario file in it"),
        ("", "no scenario given"),
    ],
)
def test_a_source_that_is_not_there_is_answered_with_what_is(source, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=re.escape(says)):
        load(source)


def test_broken_toml_is_named_by_file_line_and_column(tmp_path):
    file = tmp_path / "broken.toml"
    file.write_text('name = "x"\nticks = = 3\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"broken\.toml: not valid TOML: .*line 2, column 9"):
        load(file)


def test_a_file_that_is_not_utf8_is_refused_by_name(tmp_path):
    file = tmp_path / "latin.toml"
    file.write_bytes('ticks = 3\nname = "café"'.encode("latin-1"))
    with pytest.raises(ScenarioError, match=r"latin\.toml:2: is not UTF-8 text \(byte 0xe9\)"):
        load(file)


def test_a_byte_order_mark_does_no_harm(base):
    plain = load(base)
    base.write_text(BASE, encoding="utf-8-sig")
    assert load(base) == plain


def test_a_file_that_cannot_be_read_is_refused_by_name(base, monkeypatch):
    def refuse(self, **_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ScenarioError, match=r"base\.toml: cannot be read: Permission denied"):
        load(base)


def test_a_relative_folder_is_relative_to_the_file(base, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert load(base).population.folder == str(base.parent.resolve() / "runs")


def test_a_relative_folder_in_an_override_is_relative_to_the_current_one(base, monkeypatch):
    here = base.parent / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    spec = load(base, set=["population.folder=other"])
    assert spec.population.folder == str(here.resolve() / "other")


def test_an_inherited_relative_folder_is_relative_to_the_file_that_says_it(base):
    below = base.parent / "below"
    below.mkdir()
    file = below / "heir.toml"
    file.write_text('extends = "../base.toml"', encoding="utf-8")
    assert load(file).population.folder == str(base.parent.resolve() / "runs")


def test_a_pack_beside_the_file_is_found_from_anywhere(base, monkeypatch, tmp_path_factory):
    (base.parent / "mine").mkdir()
    (base.parent / "mine" / "pack.json").write_text("{}", encoding="utf-8")
    file = heir(base, 'population = { source = "calibrated", pack = "mine" }')
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert load(file).population.pack == str(base.parent.resolve() / "mine")


def test_the_name_of_a_shipped_pack_stays_a_name(base):
    file = heir(base, 'population = { source = "calibrated", pack = "swebench" }')
    assert load(file).population.pack == "swebench"


# Inheriting


def test_tables_merge_key_by_key(base):
    spec = load(heir(base, "ticks = 5\nquality_tiers = { count = 9 }"))
    assert (spec.name, spec.ticks) == ("base", 5)
    tiers = spec.quality_tiers
    assert (tiers.min, tiers.max, tiers.count) == (0.4, 0.6, 9)


def test_lists_of_named_tables_merge_by_name_and_new_names_follow(base):
    text = """
    [[providers]]
    name = "New"
    models = ["new"]
    [[providers]]
    name = "OpenAI"
    cost_ratio = 0.9
    """
    spec = load(heir(base, text))
    assert [p.name for p in spec.providers] == ["OpenAI", "mini.coder", "New"]
    assert spec.providers[0].cost_ratio == 0.9
    assert spec.providers[0].models == ("gpt",)


def test_two_entries_of_one_name_are_not_merged_into_one(base):
    entry = '[[consumers]]\nname = "new"\nsize = 5\n'
    found = problems(heir(base, entry + entry))
    assert "consumers.new.demand: is missing" in found
    assert len([line for line in found if line.endswith("demand: is missing")]) == 2


def test_an_inherited_entry_is_met_by_one_entry_only(base):
    entry = '[[arbitrageurs]]\nname = "routers"\n'
    assert problems(heir(base, entry + entry)) == [
        "arbitrageurs.routers: 2 entries have this name; rename all but one"
    ]


def test_other_lists_replace(base):
    spec = load(heir(base, '[[providers]]\nname = "OpenAI"\nmodels = ["a", "b"]'))
    assert spec.providers[0].models == ("a", "b")


def test_an_empty_list_clears_the_inherited_one(base):
    assert load(heir(base, "arbitrageurs = []")).arbitrageurs == ()


def test_a_rule_of_another_kind_replaces_the_inherited_table_whole(base):
    text = '[[providers]]\nname = "mini.coder"\npricing = { kind = "list" }'
    assert load(heir(base, text)).providers[1].pricing == ListPrice()


def test_a_rule_of_the_same_kind_merges(base):
    text = """
    [[consumers]]
    name = "teams"
    [consumers.demand.budget]
    kind = "lognormal"
    sigma = 0.1
    """
    budget = load(heir(base, text)).consumers[0].demand.budget
    assert (budget.median, budget.sigma) == (0.2, 0.1)


def test_another_source_of_population_replaces_the_inherited_one(base):
    text = 'population = { source = "calibrated", pack = "swebench" }'
    assert load(heir(base, text)).population.source == "calibrated"


def test_a_shipped_scenario_is_extended_by_name(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('extends = "swebench"\nname = "mine"\nticks = 2', encoding="utf-8")
    spec, shipped = load(file), load("swebench")
    assert (spec.name, spec.ticks) == ("mine", 2)
    assert spec.providers == shipped.providers


def test_extending_goes_over_several_files(base):
    heir(base, "ticks = 5\nseed = 7")
    file = base.with_name("grandchild.toml")
    file.write_text('extends = "heir"\nticks = 6', encoding="utf-8")
    spec = load(file)
    assert (spec.name, spec.ticks, spec.seed) == ("base", 6, 7)


def test_extends_is_resolved_away(base):
    assert "\nextends =" not in "\n" + to_toml(load(heir(base, "")))


def test_files_that_extend_each_other_are_refused(base):
    base.write_text('extends = "heir.toml"', encoding="utf-8")
    says = r"extends: heir\.toml extends base\.toml extends heir\.toml"
    with pytest.raises(ScenarioError, match=says):
        load(heir(base, ""))


def test_a_parent_that_is_not_there_is_named_with_the_file_that_asks_for_it(tmp_path):
    file = tmp_path / "orphan.toml"
    file.write_text('extends = "swebenhc"', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"orphan\.toml: extends: swebenhc: .*'swebench'"):
        load(file)


def test_a_file_that_is_nested_too_deep_is_named(tmp_path):
    file = tmp_path / "deep.toml"
    file.write_text(f"a = {'[' * 3000}{']' * 3000}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"deep\.toml: 'a = \[+… is nested too deep"):
        load(file)


def test_a_number_of_too_many_digits_is_named_with_its_key(tmp_path):
    file = tmp_path / "long.toml"
    file.write_text(f"seed = 1\nticks = {'9' * 5000}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"long\.toml: ticks has 9+…, a number of 5000 digits"):
        load(file)


def test_a_line_of_very_many_heirs_is_refused(tmp_path):
    for i in range(100):
        (tmp_path / f"h{i}.toml").write_text(f'extends = "h{i + 1}.toml"\n', encoding="utf-8")
    (tmp_path / "h100.toml").write_text('extends = "duopoly"\n', encoding="utf-8")
    assert load(tmp_path / "h90.toml").name == "duopoly"
    with pytest.raises(ScenarioError, match=r"h64\.toml: extends: h0\.toml extends this file"):
        load(tmp_path / "h0.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"providers={'[' * 2000}{']' * 2000}",
            r"--set providers: 'value = \[+… is nested too deep",
        ),
        (f"{'.'.join(['a'] * 5000)}=1", "a path of 5000 names"),
        (f"ticks={'9' * 5000}", "--set ticks: value has 9+…, a number of 5000 digits"),
        ("ticks=" + "a=" * 5000, r"duopoly.*: ticks: must be a whole number"),
        ("a b" * 5000, r"--set a ba ba b.*…: has no value; write PATH=VALUE"),
    ],
    ids=["value", "path", "number", "text", "no value"],
)
def test_an_override_that_is_too_long_or_too_deep_is_refused_in_short(text, message):
    with pytest.raises(ScenarioError, match=message) as caught:
        load("duopoly", set=[text])
    assert len(str(caught.value)) < 300


def test_extends_must_be_text(tmp_path):
    file = tmp_path / "odd.toml"
    file.write_text("extends = 3", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"odd\.toml: extends: must be a name or path \(value"):
        load(file)


# Overriding


def test_overrides_reach_tables_and_named_entries(base):
    spec = load(base, set=["ticks=5", "quality_tiers.count=9", "arbitrageurs.routers.count=3"])
    assert (spec.ticks, spec.quality_tiers.count, spec.arbitrageurs[0].count) == (5, 9, 3)


def test_one_override_need_not_be_in_a_list(base):
    assert load(base, set="ticks=5").ticks == 5


def test_a_name_with_a_dot_is_quoted_in_an_override(base):
    for quote in ('"', "'"):
        spec = load(base, set=[f"providers.{quote}mini.coder{quote}.cost_ratio=0.25"])
        assert spec.providers[1].cost_ratio == 0.25


def test_overrides_reach_what_the_file_leaves_out(base):
    spec = load(
        base,
        set=[
            "measure_every=2",
            "arbitrageurs.routers.pricing.step=0.1",
            "population.budget.tolerance=0.05",
        ],
    )
    assert spec.measure_every == 2
    assert spec.arbitrageurs[0].pricing == Undercut(step=0.1)
    assert spec.population.budget.tolerance == 0.05


def test_values_that_are_not_toml_are_text(base):
    assert load(base, set=["description=what now?"]).description == "what now?"
    assert load(base, set=["name=2026-03-01"]).name == "2026-03-01"
    assert load(base, set=['description=a "quoted" = b']).description == 'a "quoted" = b'
    assert load(base, set=["description=1\nticks = 2"]).description == "1\nticks = 2"


def test_values_may_be_lists_and_tables(base):
    spec = load(
        base,
        set=[
            'providers.OpenAI.models=["a", "b"]',
            'providers.OpenAI.pricing={ kind = "cost_plus", markup = 0.2 }',
        ],
    )
    assert spec.providers[0].models == ("a", "b")
    assert spec.providers[0].pricing == CostPlus(markup=0.2)


def test_python_callers_give_values_by_path(base):
    spec = load(
        base,
        set={
            "ticks": np.int64(5),
            "providers.OpenAI.cost_ratio": np.float32(0.5),
            "record_queries": np.bool_(True),
            "providers.OpenAI.models": ("a",),
            "providers.OpenAI.pricing": CostPlus(markup=0.2),
            "population.folder": base.parent / "there",
        },
    )
    assert (spec.ticks, spec.record_queries) == (5, True)
    assert spec.providers[0].models == ("a",)
    assert spec.providers[0].pricing == CostPlus(markup=0.2)
    assert spec.population.folder == str(base.parent.resolve() / "there")


def test_text_from_python_stays_text(base):
    assert load(base, set={"name": "12"}).name == "12"


def test_a_new_kind_alone_takes_its_own_defaults(base):
    pricing = load(base, set=['providers."mini.coder".pricing.kind=list']).providers[1].pricing
    assert pricing == ListPrice()


def test_a_kind_given_again_keeps_what_is_set(base):
    pricing = load(base, set=['providers."mini.coder".pricing.kind=cost_plus']).providers[1].pricing
    assert pricing == CostPlus(markup=0.4)


def test_the_order_of_a_kind_and_its_keys_does_not_matter(base):
    pair = ["providers.OpenAI.pricing.markup=0.2", "providers.OpenAI.pricing.kind=cost_plus"]
    assert load(base, set=pair) == load(base, set=pair[::-1])
    assert load(base, set=pair).providers[0].pricing == CostPlus(markup=0.2)


def test_the_last_of_two_overrides_of_one_path_holds(base):
    assert load(base, set=["ticks=5", "ticks=6"]).ticks == 6


def test_the_seed_given_apart_wins(base):
    assert load(base, seed=9).seed == 9
    assert load(base, set=["seed=8"], seed=9).seed == 9


def test_overrides_may_complete_a_file_that_lacks_something(base):
    base.write_text(BASE.replace("ticks = 60", ""), encoding="utf-8")
    assert problems(base) == ["ticks: is missing"]
    assert load(base, set=["ticks=4"]).ticks == 4


def test_an_override_is_the_same_as_writing_it_in_the_file(base):
    changed = load(base, set=["ticks=5"])
    base.write_text(BASE.replace("ticks = 60", "ticks = 5"), encoding="utf-8")
    assert load(base) == changed


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("ticks", "--set ticks: has no value; write PATH=VALUE"),
        ("=3", "--set =3: write PATH=VALUE"),
        ("a..b=3", "--set a..b=3: write PATH=VALUE"),
        ('providers."OpenAI.cost_ratio=3', "write PATH=VALUE"),
        ("ticks.count=3", "--set ticks.count=3: ticks is 60, not a table"),
        (
            "providers.OpenIA.cost_ratio=1",
            "--set providers.OpenIA.cost_ratio=1: providers has no entry 'OpenIA'; "
            "did you mean 'OpenAI'?",
        ),
        ("consumers.x.size=1", "consumers has no entry 'x'; choose from: teams"),
        (
            "providers.OpenAI.models.gpt=1",
            "providers.OpenAI.models has no entry 'gpt'; set the whole list",
        ),
    ],
)
def test_an_override_that_leads_nowhere_is_refused(base, override, says):
    with pytest.raises(ScenarioError, match=re.escape(says)):
        load(base, set=[override])


def test_an_empty_path_from_python_is_refused(base):
    with pytest.raises(ScenarioError, match="write PATH=VALUE"):
        load(base, set={"": 1})


# Saying what is wrong


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("ticks=0", "ticks: must be at least 1 (value: 0)"),
        ("ticks=60.0", "ticks: must be a whole number (value: 60.0)"),
        ('ticks="60"', 'ticks: must be a whole number (value: "60")'),
        ("ticks=true", "ticks: must be a whole number (value: true)"),
        ("record_queries=1", "record_queries: must be true or false (value: 1)"),
        ("name=5", "name: must be text in quotes (value: 5)"),
        (
            "name=a/b",
            "name: must be letters, digits, '.', '_' and '-', the first a letter or a digit "
            '(value: "a/b")',
        ),
        ("quality_tiers.min=nan", "quality_tiers.min: must be a finite number (value: nan)"),
        ("quality_tiers.min=0", "quality_tiers.min: must be above 0 (value: 0)"),
        ("quality_tiers.max=1.0", "quality_tiers.max: must be below 1 (value: 1.0)"),
        ("quality_tiers.min=0.7", "quality_tiers: min 0.7 must be below max 0.6"),
        ("quality_tiers=3", "quality_tiers: must be a table (value: 3)"),
        ("population.folder=''", 'population.folder: must not be empty (value: "")'),
        ("providers=[]", "providers: must not be empty (value: [])"),
        ("providers=3", "providers: must be a list (value: 3)"),
        ("providers.OpenAI.models=[1]", "providers.OpenAI.models[0]: must be text in quotes"),
        ("providers.OpenAI.name=a/b", "providers.a/b.name: must be a name: no slash"),
        (
            "arbitrageurs.routers.awareness=2",
            "arbitrageurs.routers.awareness: must be at most 1 (value: 2)",
        ),
        (
            'providers."mini.coder".pricing.markup=-1',
            'providers."mini.coder".pricing.markup: must be at least 0 (value: -1)',
        ),
        (
            'providers."mini.coder".pricing.markup="0.3"',
            'providers."mini.coder".pricing.markup: must be a number (value: "0.3")',
        ),
        (
            "consumers.teams.demand.budget.sigma=-1",
            "consumers.teams.demand.budget.sigma: must be at least 0 (value: -1)",
        ),
        (
            "consumers.teams.demand.quality.low=0.7",
            "consumers.teams.demand.quality: low 0.7 is above high 0.6",
        ),
        (
            "providers.OpenAI.pricing.kind=lits",
            "providers.OpenAI.pricing.kind: unknown kind 'lits'; did you mean 'list'?",
        ),
        (
            "providers.OpenAI.pricing={}",
            "providers.OpenAI.pricing.kind: is missing; choose from: list, cost_plus",
        ),
        ("providers.OpenAI.pricing=list", "providers.OpenAI.pricing: must be a table"),
        (
            "population.source=record",
            "population.source: unknown source 'record'; did you mean 'records'?",
        ),
        ("measure_evry=2", "measure_evry: unknown key; did you mean 'measure_every'?"),
        (
            "providers.OpenAI.pricng.markup=1",
            "providers.OpenAI.pricng: unknown key; did you mean 'pricing'?",
        ),
        ("providers.OpenAI.kind=x", "providers.OpenAI.kind: unknown key; choose from: name, "),
    ],
)
def test_a_problem_is_told_with_its_dotted_path_in_plain_words(base, override, says):
    (line,) = problems(base, override)
    assert line.startswith(says)


def test_every_problem_is_told_on_a_line_of_its_own(base):
    text = """
    tickz = 3
    seed = -1
    quality_tiers = { cuont = 2, steps = 1, max = 2 }
    [[providers]]
    models = []
    [[arbitrageurs]]
    name = "routers"
    pricing = { kind = "undercut", stepp = 0.1 }
    routing = { budget = 3 }
    """
    assert sorted(problems(heir(base, text))) == [
        "arbitrageurs.routers.pricing.stepp: unknown key; did you mean 'step'?",
        "arbitrageurs.routers.routing.kind: is missing; "
        "choose from: cascade, signal, single, oracle",
        "providers[0].models: must not be empty (value: [])",
        "providers[0].name: is missing",
        "quality_tiers.cuont: unknown key; did you mean 'count'?",
        "quality_tiers.max: must be below 1 (value: 2)",
        "quality_tiers.steps: unknown key; choose from: min, max, count",
        "seed: must be at least 0 (value: -1)",
        "tickz: unknown key; did you mean 'ticks'?",
    ]


def test_parts_that_do_not_agree_are_told_on_lines_of_their_own(base):
    found = problems(
        base,
        'providers."mini.coder".models=["gpt", "gpt"]',
        "arbitrageurs.routers.name=OpenAI",
        "providers.OpenAI.name=OpenAI-1",
    )
    assert found == [
        "providers.OpenAI-1: an arbitrageur of 'OpenAI' has this name too; rename one",
        "providers.\"mini.coder\".models: 'gpt' stands there 2 times; once is enough",
    ]


def test_the_source_is_named_before_each_problem(base):
    base.write_text(BASE.replace("ticks = 60", "ticks = 0"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=rf"^{re.escape(str(base))}: ticks: must be at least 1"):
        load(base)


def test_whole_numbers_are_taken_for_numbers(base):
    spec = load(base, set=["providers.OpenAI.cost_ratio=1"])
    assert isinstance(spec.providers[0].cost_ratio, float)


# Writing


def test_any_scenario_loads_back_from_its_toml(base, tmp_path):
    overrides = {
        "description": 'with "quotes",\na second line and ünïcode',
        "seed": 2**70,
        "population.budget.tolerance": 1e-17,
        "population.budget.high": 1e17,
        "providers.OpenAI.cost_ratio": 0.1 + 0.2,
        "arbitrageurs": [],
    }
    spec = load(base, set=overrides)
    file = tmp_path / "elsewhere.toml"
    file.write_text(to_toml(spec), encoding="utf-8")
    assert load(file) == spec


def test_the_schema_is_valid_draft_2020_12():
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_schema_takes_a_file_that_extends_another():
    validator = jsonschema.Draft202012Validator(json_schema())
    assert validator.is_valid({"extends": "swebench", "ticks": 3})
    assert not validator.is_valid({"ticks": 3})


@pytest.mark.parametrize("changes", [{"ticks": 0}, {"tickz": 3}, {"providers": []}])
def test_the_schema_refuses_what_loading_refuses(changes):
    validator = jsonschema.Draft202012Validator(json_schema())
    assert not validator.is_valid({**load("swebench").model_dump(mode="json"), **changes})


def test_the_schema_leaves_the_model_untouched():
    json_schema()
    assert "extends" not in Scenario.model_fields
    assert "required" in Scenario.model_json_schema()


def test_the_schema_takes_a_file_that_changes_a_part_of_another():
    schema = json_schema()
    change = {
        "extends": "duopoly",
        "quality_tiers": {"count": 3},
        "consumers": [{"name": "teams", "size": 100}],
        "providers": [{"name": "OpenAI", "pricing": {"markup": 0.1}}],
    }
    jsonschema.validate(change, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({k: v for k, v in change.items() if k != "extends"}, schema)
    with pytest.raises(jsonschema.ValidationError, match="sise"):
        jsonschema.validate({**change, "consumers": [{"name": "teams", "sise": 1}]}, schema)


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("swebench", "ticks", 10**30),
        ("swebench", "quality_tiers.count", 10**11),
        ("swebench", "arbitrageurs.routers.count", 10**8),
        ("swebench", "consumers.teams.size", 10**12),
        ("swebench", "consumers.teams.queries_per_tick", 1e30),
        ("synthetic", "population.problems", 10**12),
        ("distillation", "arbitrageurs.distiller.distillation.horizon", 10**400),
        ("price_response", "providers.OpenAI.pricing.count", 10**12),
    ],
)
def test_numbers_beyond_what_a_run_can_hold_are_refused(name, path, value):
    with pytest.raises(ScenarioError, match="must be at most") as caught:
        load(name, set={path: value})
    assert path in str(caught.value)


def test_a_wrong_key_of_a_rule_called_like_a_key_is_named(tmp_path):
    file = tmp_path / "named.toml"
    file.write_text(
        'extends = "value_demand"\n[[consumers]]\nname = "teams"\n'
        '[consumers.demand]\nkind = "value"\n'
        '[consumers.demand.value]\nkind = "lognormal"\nmedian = 2.0\nmode = 1\n',
        encoding="utf-8",
    )
    with pytest.raises(
        ScenarioError, match=r"named\.toml: consumers\.teams\.demand\.value\.mode: unknown key"
    ):
        load(file)


def test_braces_in_a_name_are_no_places_to_fill(tmp_path):
    file = tmp_path / "braces.toml"
    file.write_text('extends = "duopoly"\nremove = ["{0} {x"]\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"remove: no provider '\{0\} \{x'"):
        load(file)
