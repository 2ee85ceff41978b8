"""`market fit`: what it writes and what it refuses, before any run is made."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import market
from market.cli.app import app

SHIPPED = Path(__file__).parents[2] / "scenarios" / "duopoly.toml"
SMALL = ["--set", "ticks=2", "--set", "consumers.teams.size=60", "--set", "menu_points=8"]
ASKED = ["--target", "arbitrage_share=0.3", "--free", "arbitrageurs.router.awareness=0.1:1"]


def run(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["fit", *arguments])
    return found.exit_code, found.stdout, found.stderr


def test_json_scenario_chart_and_a_note_come_of_one_fit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    change = 'name = "known", at = 1, set = { "arbitrageurs.router.awareness" = 0.5 }'
    Path("mine.toml").write_text(f'extends = "duopoly"\ninterventions = [{{ {change} }}]\n')
    files = ["--out", "fitted.toml", "--chart", "fit.html"]
    code, out, err = run(
        *("mine.toml", *SMALL, *ASKED, *files),
        *("--jobs", "1", "--replicates", "2", "--json"),
    )
    assert code == 0
    answer = json.loads(out)
    spec = market.load("fitted.toml")
    assert spec.arbitrageurs[0].awareness == answer["parameters"][0]["value"]
    assert spec.consumers[0].size == 60
    assert 'extends = "mine.toml"' in Path("fitted.toml").read_text()
    assert answer["file"] == str(tmp_path / "fitted.toml")
    assert "standard error of a tenth is assumed" in " ".join(answer["verdict"])
    assert "loss above the least" in Path("fit.html").read_text()
    assert "the intervention 'known' sets arbitrageurs.router.awareness" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["duopoly", *ASKED[2:]], "--target: give at least one figure to reach"),
        (["duopoly", *ASKED[:2]], "--free arbitrageurs.router.awareness=0:1"),
        (["duopoli", *ASKED], "did you mean 'duopoly'?"),
        (["duopoly", *ASKED, "--out", "fitted"], "name a file that ends in .toml"),
        (["duopoly", *ASKED, "--out", "nowhere/fitted.toml"], "No such file or directory"),
        (["duopoly", *ASKED, "--out", "there.toml"], "exists already"),
        (["mine.toml", *ASKED, "--out", "mine.toml", "--overwrite"], "is the scenario itself"),
        (["duopoly", *ASKED, "--chart", "fit.png"], "name a file that ends in .html"),
        (["duopoly", *ASKED, "--replicates", "1"], "2"),
        (["duopoly", *ASKED, "--folder", "full"], "holds something other than kept runs"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_run(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("market.studies.executors.run_task", lambda task: pytest.fail("a run"))
    shutil.copy(SHIPPED, "mine.toml")
    Path("there.toml").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thing").write_text("")
    code, out, err = run(*arguments, "--jobs", "1")
    assert code == 2
    assert says in err
    assert out == ""
