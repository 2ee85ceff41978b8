"""The page for what-if work without a browser: controls, settings, runs and words."""

import math
import re
import shlex
import socket
import threading
import time

import pytest
from money_scales import run_at
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.explore.background_runs import Failed, Runs, Underway
from market.explore.before_after_charts import pictures
from market.explore.before_after_text import change, earners, measures
from market.explore.controls import ChoiceControl, Condition, Lines, Number, Option
from market.explore.scenario_controls import controls_of, offered, settings_of
from market.explore.settings import WhatIf, setting
from market.foundation.errors import DataError, MarketError, ScenarioError
from market.scenario.files import shipped_scenarios
from market.scenario.overrides import parse
from market.simulation.model import run

SMALL = ("ticks=4", "consumers.teams.size=200", "population.problems=30", "quality_tiers.count=3")
PATIENCE = 300  # seconds for what takes a moment
COUNT = "arbitrageurs.routers.count"


@pytest.fixture(scope="module")
def question() -> WhatIf:
    return WhatIf("synthetic", SMALL)


@pytest.fixture(scope="module")
def groups(question):
    return offered(question.before())


@pytest.fixture(scope="module")
def sides(question):
    after = question.after([f"{COUNT}=0"])
    return [market.run(scenario) for scenario in (question.before(), after)]


@pytest.fixture
def runs():
    found = Runs(make=run)
    yield found
    found.close()


def ended(runs: Runs, key: str):
    while isinstance(state := runs.state(key), Underway):
        time.sleep(0.01)
    return state


@pytest.mark.parametrize("name", [s.name for s in shipped_scenarios()])
def test_controls_left_as_they_are_set_nothing(name):
    groups = offered(market.load(name))
    starts = {control.key: control.start for control in controls_of(groups)}
    assert settings_of(groups, starts) == []
    assert settings_of(groups, {}) == []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({COUNT: "4"}, [f"{COUNT}=4"]),
        ({"arbitrageurs.routers.awareness": "0.35"}, ["arbitrageurs.routers.awareness=0.35"]),
        ({"consumers.teams.price_sensitivity": "30"}, ["consumers.teams.price_sensitivity=30"]),
        ({"policy.routing_tax": "0.1"}, ["policy.routing_tax=0.1"]),
        (
            {"arbitrageurs.routers.routing": "oracle"},
            ['arbitrageurs.routers.routing.kind="oracle"'],
        ),
        (
            {"arbitrageurs.routers.routing": "signal"},
            [
                'arbitrageurs.routers.routing.kind="signal"',
                "arbitrageurs.routers.routing.accuracy=0.5",
            ],
        ),
        ({"policy.gated": ["West", "North"]}, ['policy.gated=["North", "West"]']),
        ({"providers.pricing": ["East"]}, ['providers.East.pricing.kind="best_response"']),
        ({"other": " seed=3 \n\nticks=5"}, ["seed=3", "ticks=5"]),
    ],
)
def test_an_answer_sets_its_path(groups, answers, expected):
    assert settings_of(groups, answers) == expected


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({COUNT: "4"}, lambda s: s.arbitrageurs[0].count == 4),
        (
            {"arbitrageurs.routers.routing": "signal"},
            lambda s: s.arbitrageurs[0].routing.accuracy == 0.5,
        ),
        ({"policy.gated": ["West"]}, lambda s: s.policy.gated == ("West",)),
        (
            {"providers.pricing": ["East"]},
            lambda s: (
                [p.pricing.kind for p in s.providers] == ["list", "list", "best_response", "list"]
            ),
        ),
        (
            {"consumers.teams.demand": "value"},
            lambda s: s.consumers[0].demand.value.median == 0.5,  # ten times the budget's
        ),
    ],
)
def test_settings_mean_in_the_scenario_what_the_control_says(question, groups, answers, found):
    assert found(question.after(settings_of(groups, answers)))


def test_buyers_of_any_quality_can_be_made_to_need_one():
    question = WhatIf("value_demand")
    groups = offered(question.before())
    after = question.after(settings_of(groups, {"consumers.teams.demand": "fixed_quality"}))
    assert after.consumers[0].demand.quality.high == after.quality_tiers.max


def test_a_provider_that_answers_with_its_price_can_be_made_to_keep_to_its_list():
    question = WhatIf("price_response")
    groups = offered(question.before())
    ticked = ["mini-coder", "Alibaba", "DeepSeek", "Anthropic"]
    assert settings_of(groups, {"providers.pricing": ticked}) == [
        'providers.OpenAI.pricing.kind="list"'
    ]


def test_the_accuracy_of_a_signal_matters_only_where_there_is_a_signal(groups):
    answers = {"arbitrageurs.routers.routing.accuracy": "0.9"}
    assert settings_of(groups, answers) == []


def test_a_signal_of_the_scenario_keeps_its_rule_when_only_its_accuracy_moves():
    groups = offered(market.load("routing_knowledge"))
    answers = {"arbitrageurs.router.routing.accuracy": "0.9"}
    assert settings_of(groups, answers) == ["arbitrageurs.router.routing.accuracy=0.9"]


def test_a_new_rule_gets_a_number_that_its_scenario_has_for_another_rule():
    rule = ChoiceControl(
        "rule", "", {"a": Option("", "r.kind=a"), "b": Option("", "r.kind=b")}, "a"
    )
    number = Number(("r", "x"), "", 0, 1, 0.1, 0.5, only=Condition(rule, ("a", "b")))
    assert number.settings({}) == []
    assert number.settings({"rule": "b"}) == ["r.x=0.5"]


def test_a_scenario_with_a_router_of_one_model_offers_it():
    scenario = market.load("synthetic", set={"arbitrageurs.routers.routing": {"kind": "single"}})
    routing = next(c for c in controls_of(offered(scenario)) if c.key.endswith("routing"))
    assert (routing.start, "single" in routing.options) == ("single", True)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({COUNT: "many"}, f'{COUNT}: must be a whole number (value: "many")'),
        ({COUNT: ""}, f'{COUNT}: must be a whole number (value: "")'),
        ({COUNT: None}, f'{COUNT}: must be a whole number (value: "")'),
        ({COUNT: "true"}, f"{COUNT}: must be a whole number (value: true)"),
        ({COUNT: "-1"}, f"{COUNT}: must be at least 0 (value: -1)"),
        ({COUNT: "1e9"}, f"{COUNT}: must be a whole number"),
        ({COUNT: "2\nticks = 9"}, f"{COUNT}: must be a whole number"),
        ({"policy.routing_tax": "nan"}, "policy.routing_tax: must be a finite number"),
        ({"policy.routing_tax": "7"}, "policy.routing_tax: must be at most 1 (value: 7)"),
        ({"other": "colour=red"}, "colour: unknown key"),
        ({"other": "ticks"}, "--set ticks: has no value"),
        ({"other": "="}, "write PATH=VALUE"),
        ({"other": "population.folder=/etc"}, "population.folder: unknown key"),
        ({"other": ["ticks=3"]}, "other: write one PATH=VALUE"),
        ({"arbitrageurs.routers.routing": "magic"}, "choose one of cascade, signal, oracle"),
        ({"policy.gated": ["Nobody"]}, "policy.gated: 'Nobody' is not one of"),
        ({"policy.gated": "West"}, "policy.gated: choose from North"),
        ({"policy.gated": 10**30}, "policy.gated: choose from North"),
        ({COUNT: "999"}, "arbitrageurs: 999 is too many for the page (at most 50)"),
        ({"other": "ticks=100000"}, "ticks: 100000 is too many"),
        ({"other": "consumers.teams.size=100000000"}, "consumers: 100000000 is too many"),
        ({"other": "quality_tiers.count=900"}, "quality_tiers.count: 900 is too many"),
        ({"other": "consumers.teams.queries_per_tick=1000000"}, "too long for the page"),
        ({"other": "population.problems=100000"}, "population.problems: 100000 is too many"),
    ],
)
def test_nonsense_is_refused_with_its_path_and_value(question, groups, answers, says):
    with pytest.raises(ScenarioError, match=re.escape(says)):
        question.after(settings_of(groups, answers))


def test_arbitrageurs_that_come_at_mid_run_count_as_well():
    question = WhatIf("synthetic", SMALL)
    later = (
        'interventions=[{ name = "crowd", at = 2, set = { "arbitrageurs.routers.count" = 60 } }]'
    )
    with pytest.raises(ScenarioError, match="arbitrageurs: 60 is too many"):
        question.after([later])


@pytest.mark.parametrize(
    "value",
    [
        4,
        0.1,
        1e-7,
        True,
        "text with spaces",
        'a "quoted" one',
        ["a", "b"],
        [],
        {"kind": "x", "n.o": 1},
    ],
)
def test_a_setting_is_read_as_it_was_written(value):
    read = parse(setting(("a", "b.c"), value))
    assert (read.path, read.value) == (("a", "b.c"), value)


def test_the_command_line_gives_the_scenario_of_the_page(question, groups):
    answers = {
        COUNT: "3",
        "arbitrageurs.routers.routing": "signal",
        "consumers.teams.demand": "value",
        "policy.gated": ["North"],
        "other": 'description=what if it is "so"',
    }
    settings = settings_of(groups, answers)
    words = shlex.split(question.command(settings))
    assert words[:3] == ["market", "run", "synthetic"]
    assert set(words[3::2]) == {"--set"}
    assert market.load(words[2], set=words[4::2]) == question.after(settings)


def test_what_the_user_adds_overrules_what_the_command_line_gave():
    question = WhatIf("synthetic", ("seed=1",))
    assert question.after(["seed=2"]).seed == 2


def test_lines_that_are_empty_say_nothing():
    assert Lines("other", "").settings({"other": "\n  \n"}) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (2.0, 1.5, "falls by 25.0%"),
        (2.0, 2.5, "rises by 25.0%"),
        (-2.0, -3.0, "falls by 50.0%"),
        (2.0, 2.0, "stays the same"),
        (2.0, 2.0001, "hardly changes"),
        (0.0, 1.0, "rises from 0"),
        (0.0, -1.0, "falls below 0"),
        (0.0, 0.0, "stays the same"),
        (float("nan"), 1.0, "is new"),
        (1.0, float("nan"), "has no value any more"),
        (float("nan"), float("nan"), "–"),
    ],
)
def test_a_change_is_said_in_words(before, after, says):
    assert change(before, after) == says


def test_tables_hold_both_markets(sides):
    rows = {row.name: row for row in measures(*sides)}
    shares = rows["arbitrage share of queries"]
    assert (shares.after, shares.change) == ("0", "falls by 100.0%")
    assert float(shares.before) == pytest.approx(sides[0].summary["arbitrage_share"], abs=5e-4)


def test_a_seller_that_is_gone_has_a_dash(sides):
    rows = {row.name: row for row in earners(*sides)}
    assert (rows["routers-1"].after, rows["routers-1"].change) == ("–", "has no value any more")


def test_nothing_changes_between_a_market_and_itself(sides):
    assert {row.change for row in measures(sides[0], sides[0])} <= {"stays the same", "–"}


def test_charts_come_in_pairs_on_one_scale(sides):
    for found in pictures(*sides):
        ranges = {c.layout.yaxis.range for c in found.charts if not isinstance(c, str)}
        assert len(found.charts) == 1 or len(ranges) == 1, found.question


def test_charts_side_by_side_have_one_unit_of_money(sides):
    before, after = sides[0], run_at(sides[0], 1e-4)
    for found in pictures(before, after):
        titles = {c.layout.yaxis.title.text for c in found.charts if not isinstance(c, str)}
        assert len(found.charts) == 1 or len(titles) == 1, found.question


def test_what_cannot_be_drawn_is_said(sides):
    said = [c for found in pictures(*sides) for c in found.charts if isinstance(c, str)]
    assert said == ["no arbitrageur posts a price"]


def test_pairs_have_axes_of_the_same_height(sides):
    for found in pictures(*sides):
        heights = {
            c.layout.height - c.layout.margin.t - c.layout.margin.b
            for c in found.charts
            if not isinstance(c, str)
        }
        assert len(heights) == 1, found.question


def test_a_run_of_the_page_has_the_figures_of_market_run(runs, question):
    scenario = question.before()
    found = ended(runs, runs.start(scenario))
    told = market.run(scenario).summary
    unmeasured = {name for name, value in found.summary.items() if math.isnan(value)}
    assert unmeasured == {"revenue_elasticity"}
    assert all(found.summary[name] == told[name] for name in told if name not in unmeasured)


def test_a_market_that_is_there_is_not_run_again(question):
    made = []

    def make(scenario, tell, *, base):
        made.append(scenario)
        return market.run(scenario, tell)

    runs = Runs(make=make)
    keys = {runs.start(question.before()) for _ in range(3)}
    ended(runs, *keys)
    assert runs.start(question.before()) in keys
    runs.close()
    assert len(made) == 1


def test_the_market_after_is_compared_with_the_base_market_before(question, runs):
    before, after = question.before(), question.after(["population.heterogeneity=0"])
    found = ended(runs, runs.start(after, base=before))
    told = market.run(after, base=before).market["price_index"]
    assert found.market["price_index"].tolist() == told.tolist()
    assert told.tolist() != market.run(after).market["price_index"].tolist()


def test_a_market_with_the_base_market_of_another_is_run_once(question, runs):
    after = question.after([f"{COUNT}=0"])
    assert runs.start(after) == runs.start(after, base=question.before())


def test_progress_is_told_in_ticks(question):
    halfway, go_on = threading.Event(), threading.Event()

    def make(scenario, tell, *, base):
        tell(2)
        halfway.set()
        go_on.wait(PATIENCE)
        return market.run(scenario)

    runs = Runs(make=make)
    key = runs.start(question.before())
    assert halfway.wait(PATIENCE)
    assert runs.state(key) == Underway(2, 4)
    go_on.set()
    runs.close()


def test_a_run_that_nobody_looks_at_is_given_up(question):
    left, next_one = question.before(), question.after(["seed=2"])

    def make(scenario, tell, *, base):
        while scenario.seed == left.seed:
            tell(1)
        return market.run(scenario)

    runs = Runs(patience=0.05, make=make)
    key = runs.start(left)
    while not isinstance(runs.state(runs.start(next_one)), market.RunResult):
        time.sleep(0.001)  # one thread makes all runs: the next waits for the first
    runs.close()
    assert runs.state(key) is None


def test_only_so_many_ended_runs_are_kept(question):
    runs = Runs(kept=2, make=lambda scenario, tell, *, base: market.run(scenario))
    keys = []
    for seed in range(4):
        keys.append(runs.start(question.after([f"seed={seed}"])))
        ended(runs, keys[-1])
    runs.start(question.after(["seed=4"]))
    runs.close()
    assert [runs.state(key) is None for key in keys] == [True, True, False, False]


def test_of_more_runs_than_may_wait_the_one_asked_for_longest_ago_is_given_up(question):
    begun, go_on = threading.Event(), threading.Event()

    def make(scenario, tell, *, base):
        begun.set()
        go_on.wait(PATIENCE)
        return market.run(scenario)

    runs = Runs(make=make, waiting=2)
    keys = [runs.start(question.before())]
    assert begun.wait(PATIENCE)
    keys += [runs.start(question.after([f"seed={seed}"])) for seed in (2, 3, 4)]
    assert [runs.state(key) is None for key in keys] == [False, True, False, False]
    go_on.set()
    runs.close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(DataError("no such pack"), "no such pack"), (ValueError("odd"), "ValueError: odd")],
)
def test_a_run_that_fails_says_why(question, error, reason):
    def make(scenario, tell, *, base):
        raise error

    runs = Runs(make=make)
    assert ended(runs, runs.start(question.before())) == Failed(reason)
    runs.close()


def test_the_command_says_how_to_install_what_is_missing(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = CliRunner().invoke(app, ["explore", "swebench", "--no-open"])
    assert found.exit_code == 2
    assert "pip install '.[explore]'" in found.stderr


def test_the_command_refuses_a_scenario_that_is_not_there():
    found = CliRunner().invoke(app, ["explore", "swebenhc", "--no-open"])
    assert found.exit_code == 2
    assert "did you mean 'swebench'?" in found.stderr


@pytest.fixture
def visitor(tmp_path, runs):
    """What a browser gets of the page of a file, which is there to be edited."""
    pytest.importorskip("dash")
    from market.explore.server import app as page_of

    file = tmp_path / "mine.toml"
    file.write_text('extends = "synthetic"\nname = "mine"\n')
    return page_of(WhatIf(str(file)), runs).server.test_client(), file


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8050", 200), ("localhost:8050", 200), ("localhost", 200), ("elsewhere.org", 403)],
)
def test_a_site_whose_name_points_here_is_refused(visitor, host, status):
    assert visitor[0].get("/", headers={"Host": host}).status_code == status


def test_the_page_names_no_address_beyond_its_own(visitor):
    page = visitor[0].get("/").get_data(as_text=True)
    assert "_dash-component-suites" in page
    assert "://" not in page


def test_a_file_that_is_edited_while_its_page_is_open_is_read_anew(visitor):
    client, file = visitor
    assert "mine" in client.get("/_dash-layout").get_data(as_text=True)
    file.write_text('extends = "synthetic"\nname = "yours"\n')
    assert "yours" in client.get("/_dash-layout").get_data(as_text=True)


def test_a_file_that_is_broken_while_its_page_is_open_says_what_is_wrong(visitor):
    client, file = visitor
    file.write_text('extends = "synthetic"\nname = "mine"\ntick = 3\n')
    assert (
        "did you mean 'ticks'?"
        in client.get("/_dash-layout").get_json()["props"]["children"][1]["props"]["children"]
    )


def test_the_command_refuses_a_port_that_is_taken():
    pytest.importorskip("dash")
    from market.explore.server import serve

    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(MarketError, match="cannot be used"),
    ):
        serve(WhatIf("synthetic"), taken.getsockname()[1], print)


def test_a_page_of_another_site_cannot_send_anything(visitor):
    for origin, status in (("http://127.0.0.1:8050", 200), ("http://elsewhere.org", 403)):
        headers = {"Host": "127.0.0.1:8050", "Origin": origin}
        assert visitor[0].get("/", headers=headers).status_code == status
