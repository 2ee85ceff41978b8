"""Names that would command a terminal: refused where they are read, written out where printed."""

import json

import pytest
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.foundation.errors import DataError, ScenarioError
from market.population.pack_folders import folder_for
from market.population.packs import read_pack
from market.population.records import read_records

ESCAPE = "\x1b]0;owned\x07"
BAD = [ESCAPE, "\x7f", "\x9b31m", "\u202e", "\u2028"]
ROW = {"id": "p", "mean_cost": 1.0, "attempts": [0, 1]}


def call(*words):
    return CliRunner().invoke(app, list(words))


def harmless(text):
    return all(c == "\n" or c.isprintable() for c in text)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    "path",
    ["providers.North.name", "consumers.teams.name", "providers.North.models", "population.models"],
)
def test_a_scenario_names_nothing_unseen(bad, path):
    name = f"North{bad}"
    value = {
        "providers.North.models": [name],
        "population.models": [{"name": name, "ability": 0.0, "cost": 1.0}],
    }.get(path, name)
    with pytest.raises(ScenarioError) as found:
        market.load("synthetic", set={path: value})
    assert harmless(str(found.value)), str(found.value)


@pytest.mark.parametrize("name", ["CON", "aux.x", "ends."])
def test_a_scenario_is_not_called_what_no_folder_can_be(name):
    with pytest.raises(ScenarioError, match="folders are named after it"):
        market.load("synthetic", set={"name": name})


@pytest.mark.parametrize("bad", BAD)
def test_records_name_neither_models_nor_domains_unseen(tmp_path, bad):
    (tmp_path / f"m{bad}.jsonl").write_text(json.dumps(ROW))
    with pytest.raises(DataError, match="model's name has the character U"):
        read_records(tmp_path)
    (tmp_path / f"m{bad}.jsonl").rename(tmp_path / "m.jsonl")
    (tmp_path / "m.jsonl").write_text(json.dumps({**ROW, "domain": f"d{bad}"}))
    with pytest.raises(DataError, match=r"m\.jsonl:1: domain is 'd\\.* with the character U"):
        read_records(tmp_path)


def test_a_pack_names_no_model_unseen(tmp_path):
    about = {"models": [{"name": f"m{ESCAPE}"}]}
    (tmp_path / "pack.json").write_text(json.dumps(about))
    (tmp_path / "table.csv").write_text("weight\n1\n")
    with pytest.raises(DataError, match=r"models: the name .* has the character U\+001B"):
        read_pack(tmp_path)


@pytest.mark.parametrize("name", ["nul", "mine.", f"mine{ESCAPE}"])
def test_a_pack_is_not_saved_under_a_name_that_no_folder_can_have(name):
    with pytest.raises(DataError, match="choose another name"):
        folder_for(name)


@pytest.mark.parametrize("bad", BAD)
def test_an_import_names_no_model_unseen(tmp_path, bad):
    file = tmp_path / "a.csv"
    file.write_text(f"problem,model,solved,cost\np,m,1,1\nq,m{bad},1,1\n".replace("\u2028", "\x1e"))
    found = call("import", str(file), "--out", str(tmp_path / "out"))
    assert found.exit_code == 2
    assert "with the character U+" in found.stderr
    assert harmless(found.stderr)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("model", ["con", "openai/gpt."])
def test_an_import_makes_no_file_that_windows_cannot_have(tmp_path, model):
    file = tmp_path / "a.csv"
    file.write_text(f"problem,model,solved,cost\np,{model},1,1\n")
    found = call("import", str(file), "--out", str(tmp_path / "out"))
    assert found.exit_code == 2
    assert "rename it in the source" in found.stderr


COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("bad", [ESCAPE, "\x9b\u202e"])
def test_no_command_repeats_what_commands_a_terminal(command, bad):
    for words in ([f"x{bad}"], [f"--{bad}"], ["--jobs", f"2{bad}"], ["--set", f"a{bad}=1"]):
        found = call(command, *words)
        assert found.exit_code == 2
        assert harmless(found.output), found.output


@pytest.mark.parametrize(
    "words",
    [
        ["check", "{0}"],
        ["run", "{0}"],
        ["frontier", "--data", "{1}"],
        ["calibrate", "--data", "{1}", "--out", "nowhere"],
        ["import", "{1}", "--dry-run"],
        ["explore", "{0}", "--no-open"],
        ["sweep", "{0}", "--vary", "seed=1:2"],
    ],
)
def test_errors_write_out_what_a_file_says(tmp_path, words):
    (tmp_path / "s.toml").write_text('extends = "no\\u001b]0;x\\u0007such\\u009b\\u202e"\n')
    data = tmp_path / "data"
    data.mkdir()
    (data / "m\x1b]0;x\x07.jsonl").write_text("{}")
    found = call(*(word.format(tmp_path / "s.toml", data) for word in words))
    assert found.exit_code == 2, found.output
    assert harmless(found.output), found.output


def test_what_is_printed_of_a_description_is_written_out(tmp_path):
    (tmp_path / "s.toml").write_text(
        'extends = "synthetic"\nname = "s"\nticks = 2\ndescription = "\\u001b]0;x\\u0007\\u202e"\n'
        '[[consumers]]\nname = "teams"\nsize = 20\n'
    )
    found = call("run", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out"), "--no-baseline")
    assert found.exit_code == 0, found.output
    assert harmless(found.output), found.output
