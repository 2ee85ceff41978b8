"""The digest of a scenario: of what it says, not of how its file is written."""

from market.scenario.digest import scenario_digest
from market.scenario.files import load, to_toml
from market.scenario.population_source import Records


def test_the_digest_of_a_scenario_is_that_of_its_file_as_resolved(tmp_path):
    scenario = load("duopoly")
    (tmp_path / "scenario.toml").write_text(to_toml(scenario))
    assert scenario_digest(load(tmp_path / "scenario.toml")) == scenario_digest(scenario)


def test_comments_and_inheritance_do_not_count(tmp_path):
    (tmp_path / "same.toml").write_text('# the same\nextends = "duopoly"\nname = "duopoly"\n')
    assert scenario_digest(load(tmp_path / "same.toml")) == scenario_digest(load("duopoly"))


def test_a_value_that_is_the_default_does_not_count_and_which_rule_it_is_does():
    plain, default, other = (
        scenario_digest(load("duopoly", set=change))
        for change in (
            {},
            {"policy.transparency": False, "policy.routing_tax": 0.0},
            {"providers.OpenAI.pricing.kind": "best_response"},
        )
    )
    assert plain == default != other


def test_any_value_counts():
    digests = {
        scenario_digest(load("duopoly", set=change))
        for change in ({}, {"ticks": 9}, {"seed": 2}, {"arbitrageurs.router.count": 4})
    }
    assert len(digests) == 4


def test_where_records_are_does_not_count_but_their_name_does():
    def digest(folder: str) -> str:
        records = Records(source="records", folder=folder)
        return scenario_digest(load("duopoly").model_copy(update={"population": records}))

    assert digest("here/records") == digest("there/records") != digest("here/others")
