import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from market.cli.app import app
from market.foundation.errors import DataError, MarketWarning
from market.foundation.formats import PACK
from market.population import pack_folders
from market.population.pack_folders import SHIPPED, find_pack, folder_for
from market.population.pack_list import list_packs
from market.population.packs import read_pack


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """The folder of the user's packs, with a copy of a shipped one called mine."""
    folder = tmp_path / "data" / "packs"
    monkeypatch.setattr(pack_folders, "own_folder", lambda: folder)
    monkeypatch.setattr("market.population.pack_list.own_folder", lambda: folder)
    shutil.copytree(SHIPPED / "swebench", folder / "mine")
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_pack_of_one_s_own_is_found_by_name(own):
    assert find_pack("mine") == own / "mine"
    assert read_pack("mine").population.size == 128


def test_a_folder_beside_goes_before_a_pack_of_one_s_own(own, tmp_path):
    shutil.copytree(SHIPPED / "swebench", tmp_path / "mine")
    assert find_pack("mine") == Path("mine")


def test_a_shipped_name_is_the_shipped_pack_and_the_clash_is_said(own):
    (own / "mine").rename(own / "swebench")
    with pytest.warns(MarketWarning, match="the shipped pack is used; your own in .* rename"):
        assert find_pack("swebench") == SHIPPED / "swebench"
    assert [pack.problem for pack in list_packs() if not pack.shipped] == [
        "a shipped pack has this name: rename the folder"
    ]


def test_an_unknown_pack_is_refused_with_all_names(own):
    with pytest.raises(DataError, match=r"shipped: mmlu, swebench; your own: mine"):
        find_pack("other")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("swebench", "name of a shipped pack"),
        ("mine", "exists already"),
        ("a/b", "cannot be the name"),
        (".x", "cannot be the name"),
        (" ", "cannot be the name"),
    ],
)
def test_a_name_that_cannot_be_saved_is_refused(own, name, said):
    with pytest.raises(DataError, match=said):
        folder_for(name)


def test_the_list_says_what_is_known_of_a_pack(own):
    answer = CliRunner().invoke(app, ["packs", "--json"])
    packs = {pack["name"]: pack for pack in json.loads(answer.stdout)}
    assert list(packs) == ["mmlu", "swebench", "mine"]
    assert packs["mmlu"]["licence"] == "Apache-2.0"
    assert packs["mmlu"]["problems"] == 14042
    assert len(packs["mmlu"]["domains"]) == 57
    assert packs["swebench"]["domains"][-1] == "other"
    assert packs["mine"]["shipped"] is False
    printed = CliRunner().invoke(app, ["packs"]).stdout
    assert "licence: Apache-2.0" in printed
    assert "mine (your own, " in printed


def test_a_pack_that_cannot_be_read_is_listed_with_the_reason(own):
    (own / "mine" / "pack.json").write_text("{")
    assert "cannot be read as JSON" in list_packs()[-1].problem


def test_a_pack_of_a_newer_format_is_refused(own):
    file = own / "mine" / "pack.json"
    about = json.loads(file.read_text())
    about["format"] = {"name": PACK.name, "version": PACK.version + 1}
    file.write_text(json.dumps(about))
    with pytest.raises(DataError, match=r"written by a newer version of market.*update market"):
        read_pack("mine")


@pytest.mark.parametrize("pack", ["mmlu", "swebench"])
def test_a_shipped_pack_says_where_its_records_are_from(pack):
    source = json.loads((SHIPPED / pack / "source.json").read_text())
    about = json.loads((SHIPPED / pack / "pack.json").read_text())
    assert all(len(file["sha256"]) == 64 for file in source["files"])
    models = {model["name"] for model in source["models"]}
    assert models == {model["name"] for model in about["models"]}
    assert about["licence"]


def write_answers(folder: Path) -> Path:
    for model, cost, solved in (("a", 0.001, (1, 0, 0, 1)), ("b", 0.1, (1, 1, 0, 1))):
        rows = [{"id": i, "mean_cost": cost, "attempts": [s]} for i, s in enumerate(solved)]
        file = folder / f"{model}.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_a_calibration_is_saved_and_used_by_its_name(own, tmp_path):
    records = write_answers(tmp_path / "records")
    made = CliRunner().invoke(
        app, ["calibrate", str(records), "--one-attempt", "--save", "answers"]
    )
    assert made.exit_code == 0, made.output
    assert (own / "answers" / "pack.json").is_file()
    found = CliRunner().invoke(app, ["frontier", "answers", "--draws", "0", "--folds", "0"])
    assert found.exit_code == 0, found.output
    assert "at most 1 attempt at a problem" in " ".join(found.stdout.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "x"], "--classes, --one-attempt: give one of them"),
        (["--classes", "2", "--one-attempt", "--out", "x"], "give one of them"),
        (["--classes", "2"], "--out, --save: give one of them"),
        (["--classes", "2", "--out", "x", "--save", "y"], "--out, --save: give one of them"),
        (["--classes", "2", "--save", "mmlu"], "name of a shipped pack"),
    ],
)
def test_options_of_calibrate_that_contradict_are_refused(own, tmp_path, options, said):
    records = write_answers(tmp_path / "records")
    answer = CliRunner().invoke(app, ["calibrate", str(records), *options])
    assert answer.exit_code == 2
    assert said in " ".join(answer.output.split())
    assert not (tmp_path / "x").exists()
