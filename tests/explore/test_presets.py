"""Questions to begin with, and the page's state in its address."""

import pytest

from market.explore.address import answers_in, search_of
from market.explore.controls import beside_controls
from market.explore.presets import presets
from market.explore.scenario_controls import controls_of, offered, settings_of
from market.explore.settings import BEFORE_AFTER, WITHOUT_WITH, WhatIf
from market.findings.of_results import change_verdict
from market.foundation.errors import ScenarioError
from market.scenario.files import shipped_scenarios
from market.simulation.model import run


@pytest.mark.parametrize("name", [s.name for s in shipped_scenarios()])
def test_every_question_changes_the_scenario_and_is_valid(name):
    question = WhatIf(name)
    before = question.before()
    asked = presets(before)
    groups = offered(before)
    changed = [question.after(settings_of(groups, one.answers)) for one in asked]
    assert all(after != before for after in changed)
    assert len({one.words for one in asked}) == len(asked)


@pytest.mark.parametrize(
    ("name", "words", "offered_there"),
    [
        ("swebench", "DeepSeek halves its price", True),
        ("swebench", "No distillation", False),
        ("distillation", "No distillation", True),
        ("weak_tests", "Tests without error", True),
        ("swebench", "One more arbitrageur", True),
        ("swebench", "Weak tests: 10% of wrong answers pass", True),
        ("learning_router", "Weak tests: 10% of wrong answers pass", False),
    ],
)
def test_a_question_is_offered_where_it_applies(name, words, offered_there):
    asked = {one.words for one in presets(WhatIf(name).before())}
    assert (words in asked) == offered_there


def test_a_halved_price_leaves_the_marginal_cost():
    question = WhatIf("swebench")
    (half,) = (p for p in presets(question.before()) if p.words.startswith("DeepSeek"))
    after = question.after(settings_of(offered(question.before()), half.answers))
    assert after.prices.models["deepseek"].factor == 0.5
    assert after.providers == question.before().providers


def test_what_the_address_says_is_read_back():
    controls = list(controls_of(offered(WhatIf("swebench").before())))
    answers = {
        "arbitrageurs.routers.count": "3",
        "policy.gated": ["OpenAI", "DeepSeek"],
        "providers.pricing": [],
        "other": "ticks=8\nseed=2",
    }
    address = "http://127.0.0.1/" + search_of(answers) + "&nothing.here=1"
    assert answers_in(address, controls) == answers


def test_without_changes_the_page_shows_the_market_with_against_without_arbitrageurs():
    question = WhatIf("swebench")
    first = question.pair([])
    assert first.names == WITHOUT_WITH
    assert [s.arbitrageurs[0].count for s in (first.one, first.other)] == [0, 2]
    changed = question.pair(["policy.routing_tax=0.1"])
    assert (changed.names, changed.one) == (BEFORE_AFTER, question.before())


def test_an_error_stands_beside_its_field_in_the_words_of_the_page():
    controls = list(controls_of(offered(WhatIf("swebench").before())))
    with pytest.raises(ScenarioError) as caught:
        WhatIf("swebench").after(["arbitrageurs.routers.count=many"])
    left, beside = beside_controls(str(caught.value), controls)
    assert left == ""
    assert beside == {
        "arbitrageurs.routers.count": 'how many: must be a whole number (value: "many")'
    }


def test_an_error_of_no_field_stands_above():
    controls = list(controls_of(offered(WhatIf("swebench").before())))
    assert beside_controls("ticks: too many", controls) == ("ticks: too many", {})


def test_a_change_that_changes_nothing_moves_nothing():
    small = ("ticks=12", "consumers.teams.size=200", "population.problems=30")
    result = run(WhatIf("synthetic", (*small, "quality_tiers.count=3")).before())
    assert "With this change, nothing moves." in change_verdict(result, result).text
