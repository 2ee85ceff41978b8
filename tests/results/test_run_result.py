import json
import math

import pytest

import market
from market.foundation.atomic_files import free_folder, whole_folder
from market.foundation.errors import ScenarioError
from market.foundation.json_values import finite


@pytest.fixture(scope="module")
def result() -> market.RunResult:
    return market.run(market.load("duopoly", set={"ticks": 9, "consumers.teams.size": 400}))


def test_a_saved_result_reads_back_the_same(result, tmp_path):
    again = market.RunResult.read(result.save(tmp_path / "r"))
    for name, table in result.tables.items():
        assert table.equals(again.tables[name])
    assert again.scenario == result.scenario
    assert again.summary == pytest.approx(result.summary, nan_ok=True)


def test_the_manifest_says_what_ran(result, tmp_path):
    manifest = json.loads((result.save(tmp_path / "r") / "manifest.json").read_text())
    assert manifest["seed"] == 1
    assert manifest["tables"]["market"] == 9
    assert {"market", "mesa", "numpy", "python"} <= set(manifest["versions"])


def test_the_summary_is_the_mean_of_the_last_quarter(result):
    last = result.market["price_index"].iloc[-3:]
    assert result.summary["price_index"] == pytest.approx(last.mean())
    fees = result.arbitrageurs[result.arbitrageurs["tick"] >= 6]["fees"]
    assert result.agents["router-1"]["revenue"] == pytest.approx(fees.mean())


def test_a_folder_without_a_result_is_not_read(tmp_path):
    with pytest.raises(ScenarioError, match="holds no result"):
        market.RunResult.read(tmp_path)


def test_a_draft_that_fails_leaves_nothing_and_keeps_what_was_there(result, tmp_path):
    target = result.save(tmp_path / "r")
    before = (target / "manifest.json").read_bytes()

    def fail() -> None:
        with whole_folder(target, overwrite=True) as draft:
            (draft / "manifest.json").write_text("new")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()
    assert (target / "manifest.json").read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_overwriting_replaces_the_whole_folder(result, tmp_path):
    target = tmp_path / "r"
    result.save(target)
    with whole_folder(target, overwrite=True) as draft:
        (draft / "manifest.json").touch()
        (draft / "other").touch()
    assert {path.name for path in target.iterdir()} == {"manifest.json", "other"}
    assert list(tmp_path.iterdir()) == [target]


def test_two_runs_do_not_take_the_same_name(tmp_path):
    target = tmp_path / "r"
    with whole_folder(target) as draft:
        (draft / "manifest.json").touch()
        with pytest.raises(ScenarioError, match="exists already"), whole_folder(target):
            raise AssertionError("not reached")
        assert free_folder(tmp_path, "r") == tmp_path / "r-1"
    assert (target / "manifest.json").exists()


def test_parents_that_were_made_for_nothing_are_removed(tmp_path):
    def fail() -> None:
        with whole_folder(tmp_path / "a" / "b" / "c"):
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()
    assert list(tmp_path.iterdir()) == []
    with whole_folder(tmp_path / "a" / "b" / "c"):
        pass
    assert (tmp_path / "a" / "b" / "c").is_dir()


@pytest.mark.parametrize("name", ["x/..", "/"])
def test_what_cannot_be_the_name_of_a_folder_is_refused_before_any_work(tmp_path, name):
    with (
        pytest.raises(ScenarioError, match="cannot be the name of a new folder"),
        whole_folder(tmp_path / name if name != "/" else name),
    ):
        raise AssertionError("not reached")


def test_a_free_folder_is_the_next_number(tmp_path):
    assert free_folder(tmp_path, "x").name == "x-1"
    (tmp_path / "x-1").mkdir()
    assert free_folder(tmp_path, "x").name == "x-2"


def test_what_json_does_not_know_becomes_null():
    assert finite({"a": [math.nan, 1.5, {"b": math.inf}], "c": "x"}) == {
        "a": [None, 1.5, {"b": None}],
        "c": "x",
    }
    assert finite(1.23456789, digits=3) == 1.23
