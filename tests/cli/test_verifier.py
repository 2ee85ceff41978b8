"""`market frontier` with a verifier: what it prints, and how it refuses what cannot be."""

import json

import pytest
from typer.testing import CliRunner

from market.cli.app import app

QUICK = ("--draws", "0", "--folds", "0", "--quality", "0.3:0.6:4")


def told(*options: str) -> dict[str, object]:
    ended = CliRunner().invoke(app, ["frontier", "duopoly", *QUICK, *options, "--json"])
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_several_values_of_one_option_are_compared_over_the_same_solve_rates():
    found = told("--false-accept", "0,0.2", "--check-price", "0.001")["by_verifier"]
    assert found["varied"] == "false_accept"
    assert [row["value"] for row in found["rows"]] == [0.0, 0.2]
    assert all(len(row["margin"]) == len(found["quality"]) for row in found["rows"])
    rates = [row["max_quality"]["cascade"] for row in found["rows"]]
    assert rates[0] > rates[1]


def test_what_is_accepted_and_the_attempts_worth_making_are_printed():
    options = ("--false-accept", "0.2", "--worth", "1", "--unchecked-buyers")
    text = CliRunner().invoke(app, ["frontier", "duopoly", *QUICK, *options]).stdout
    assert "Answers accepted, by solve rate of right ones" in text
    assert "Attempts, where a right answer is worth $1.00" in text


def test_no_option_is_no_verifier():
    assert "verification" not in told()
    assert told("--false-accept", "0")["margin"] == told()["margin"]


def test_a_scenario_s_own_verifier_is_the_default():
    set_ = ("--set", "verifier.false_accept=0.2")
    assert told(*set_)["margin"] == told("--false-accept", "0.2")["margin"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--false-accept", "2"), "--false-accept: 2 is not from 0 to 1"),
        (("--check-price", "cheap"), "--check-price 'cheap': must be a number"),
        (
            ("--false-accept", "0,1", "--check-price", "0,1"),
            "--false-accept and --check-price: give several values of one of them only",
        ),
    ],
)
def test_what_cannot_be_is_refused(options, says):
    ended = CliRunner().invoke(app, ["frontier", "duopoly", *QUICK, *options])
    assert ended.exit_code == 2
    assert says in " ".join(ended.output.split())
