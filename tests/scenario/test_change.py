"""`scenario.change` makes another scenario, checked as `--set` checks."""

import pytest

import market


@pytest.fixture(scope="module")
def scenario():
    return market.load("duopoly")


def test_names_and_dotted_paths_set_values(scenario):
    changed = scenario.change({"policy.routing_tax": 0.1}, ticks=9)
    assert (changed.policy.routing_tax, changed.ticks) == (0.1, 9)


def test_the_scenario_itself_stays(scenario):
    before = scenario.model_dump()
    scenario.change(ticks=9)
    assert scenario.model_dump() == before


def test_a_change_is_what_set_makes(scenario):
    path = "arbitrageurs.router.count"
    assert scenario.change({path: 3}) == market.load("duopoly", set={path: 3})


def test_a_misspelt_key_is_refused_with_the_nearest(scenario):
    with pytest.raises(market.ScenarioError, match=r"tickz.*did you mean 'ticks'"):
        scenario.change(tickz=3)


def test_a_verb_changes_too(scenario):
    assert scenario.change(tax=0.05).policy.routing_tax == 0.05
