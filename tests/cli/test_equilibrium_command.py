"""market equilibrium: what it prints, draws and refuses."""

import json

import pytest
from typer.testing import CliRunner

import market
from market.charts import equilibrium_chart, equilibrium_frames
from market.cli.app import app
from market.cli.print_answer import print_answer
from market.equilibrium import equilibrium
from market.equilibrium.as_json import equilibrium_as_json
from market.findings import of_equilibrium, parts_of_equilibrium

SMALL = ("--set", "consumers.teams.size=400", "--prices", "3", "--arbitrageurs", "0")


def rest(*words: str):
    return CliRunner().invoke(app, ["equilibrium", "collusion", *SMALL, *words])


def test_json_has_prices_panel_and_mergers_and_nothing_else_is_printed():
    done = rest("--merge", "OpenAI,DeepSeek", "--json")
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["by_arbitrageurs"]
    assert row["rest"]["equilibrium"]
    assert row["panel"]["price"] == row["rest"]["price"]
    (merger,) = row["mergers"]
    assert merger["providers"] == ["OpenAI", "DeepSeek"]
    assert min(merger["price"]) > max(row["rest"]["price"])
    # Lerner's rule
    for i, index in enumerate(row["panel"]["lerner"]):
        assert index == pytest.approx(-1 / row["panel"]["elasticity"][i][i], abs=1e-6)


def test_it_prints_a_verdict_tables_and_a_chart(tmp_path):
    chart = tmp_path / "rest.html"
    done = rest("--at", "today", "--chart", str(chart))
    assert done.exit_code == 0, done.output
    assert "With no arbitrageur prices come to rest at" in done.output
    assert "measures at today's prices" in done.output
    assert "residual demand of" in chart.read_text()


def test_numbers_of_arbitrageurs_stand_side_by_side_and_share_a_chart(capsys):
    changes = {"consumers.teams.size": 400, "arbitrageurs.router.count": 0}
    found = equilibrium(market.load("collusion", set=changes), prices=3)
    answer = equilibrium_as_json("collusion", [found])
    (row,) = answer["by_arbitrageurs"]
    answer["by_arbitrageurs"].append(row | {"arbitrageurs": 1})
    frames = equilibrium_frames(answer)
    chart = equilibrium_chart(frames, provider="DeepSeek")
    lines = [trace.name for trace in chart.data if trace.name]
    assert lines[:2] == ["no arbitrageur", "1 arbitrageur"]
    assert (frames["matrix"]["elasticity"].notna()).all()
    print_answer(of_equilibrium(answer), parts_of_equilibrium(answer))
    assert "own elasticity there, by number of arbitrageurs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--merge", "OpenAI"), "--merge OpenAI: name two providers"),
        (("--merge", "OpenAI,Nobody"), "--merge OpenAI,Nobody: Nobody sells nothing"),
        (("--merge", "OpenAI,OpenAI"), "one owner already"),
        (("--resamples", "3"), "3 resamples tell no 95% interval; give at least 40"),
        (("--resamples", "1000000000"), "equilibrium of collusion: needs about"),
        (("--chart", "picture.png"), "--chart picture.png"),
        (("--arbitrageurs", "0,x"), "give different whole numbers"),
        (("--at", "noon"), "noon"),
        (("--prices", "2"), "prices"),
    ],
)
def test_wrong_options_are_refused(words, says):
    done = rest(*words)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())
