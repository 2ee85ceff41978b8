"""Nothing of anyone's is ever deleted: what is replaced, cleared or written over is ours alone."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import one_problem
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.foundation.atomic_files import whole_folder, write_whole
from market.foundation.errors import DataError, MarketError, RunError, ScenarioError
from market.foundation.formats import COMPARISON, RUN, STUDY, STUDY_KEYS
from market.foundation.random_streams import Streams
from market.population.pack_folders import SHIPPED
from market.population.packs import read_pack
from market.population.records import write_records
from market.report import read_subject, write_report
from market.results.run_result import RUN_TABLES
from market.studies.study_folder import StudyFolder
from market.studies.study_header import read_header

COUNT = "arbitrageurs.routers.count"


class StoppedError(Exception):
    """Raised in the middle of a sweep."""


def everything(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder, byte for byte; of a link, where it leads."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def result(short) -> market.RunResult:
    return market.run(short)


@pytest.fixture
def run_folder(result, tmp_path) -> Path:
    return result.save(tmp_path / "run")


@pytest.fixture(scope="module")
def stopped_once(short, tmp_path_factory) -> Path:
    """A study that was stopped after two of its four runs."""
    out = tmp_path_factory.mktemp("stopped") / "study"

    def stop(tally) -> None:
        if tally.ended == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        market.sweep(short, {COUNT: [0, 1]}, replicates=2, jobs=1, out=out, progress=stop)
    return out


@pytest.fixture
def home(tmp_path) -> Path:
    """Somebody's home, with files that must stay."""
    home = tmp_path / "home"
    for name in ("diary.txt", "photos/cat.jpg", "b1/notes.part", "b1/.notes.part", ".b1.part/x"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(name.encode())
    return home


@pytest.fixture
def stopped(stopped_once, home) -> Path:
    """The stopped study, in that home."""
    return Path(shutil.copytree(stopped_once, home / "study"))


def change(file: Path, **values: Any) -> dict[str, Any]:
    content = json.loads(file.read_text()) | values
    file.write_text(json.dumps(content))
    return content


def without_signature(file: Path) -> None:
    content = json.loads(file.read_text())
    del content["format"]
    file.write_text(json.dumps(content))


def refused(home: Path, act: Callable[[], Any], says: str, error=ScenarioError) -> None:
    """The act is refused with these words, and leaves everything as it was."""
    before = everything(home)
    with pytest.raises(error, match=says):
        act()
    assert everything(home) == before


# --- run ids that come from files


@pytest.mark.parametrize("run_id", ["..", "../../b1", "/", "", "b1", "0123456789ABCDEF", None, 7])
def test_a_run_id_that_is_none_is_refused_before_anything_is_written(home, stopped, run_id):
    runs = json.loads((stopped / "study.json").read_text())["runs"]
    for row, column in ((0, 0), (1, 1)):
        changed = [list(names) for names in runs]
        changed[row][column] = run_id
        change(stopped / "study.json", runs=changed)
        refused(home, lambda: market.resume(stopped, jobs=1), "is not a run id")
        refused(home, lambda: market.Study.read(stopped), "is not a run id")


def test_an_absolute_path_as_run_id_is_refused(home, stopped):
    change(stopped / "study.json", runs=[[str(home), str(home / "b1")]] * 2)
    refused(home, lambda: market.resume(stopped, jobs=1), "is not a run id")


def test_a_run_id_of_the_journal_that_is_none_is_refused_by_line(home, stopped):
    with (stopped / "journal.jsonl").open("a") as journal:
        journal.write('{"run": "../..", "error": null, "measures": {}}\n')
    refused(home, lambda: market.resume(stopped, jobs=1), "journal.jsonl:3: .* is not a run id")


def test_run_ids_that_are_not_those_of_the_design_are_refused(home, stopped):
    change(stopped / "study.json", runs=[["0" * 16, "1" * 16], ["2" * 16, "3" * 16]])
    refused(home, lambda: market.resume(stopped, jobs=1), "point 1 has 0000000000000000, but")


def test_an_earlier_study_s_run_ids_are_never_paths_outside_it(stopped):
    for name in json.loads((stopped / "study.json").read_text())["runs"][0]:
        folder = StudyFolder(stopped).run_folder(name)
        assert folder.resolve().is_relative_to(stopped.resolve())


# --- links inside a study's folder


def test_a_link_in_place_of_the_runs_is_refused(home, stopped):
    shutil.rmtree(stopped / "runs")
    (stopped / "runs").symlink_to(home)
    refused(home, lambda: market.resume(stopped, jobs=1), "runs: is a link")


def test_a_link_in_place_of_a_run_s_folder_is_refused(home, stopped):
    waiting = market.Study.read(stopped).runs.query("status == 'waiting'")["run_id"].iloc[0]
    link = stopped / "runs" / waiting[:2] / waiting
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(home / "photos")
    refused(home, lambda: market.resume(stopped, jobs=1), f"{waiting}: is a link")


@pytest.mark.parametrize("name", ["journal.jsonl", ".outcomes.parquet.part", "summary.parquet"])
def test_a_link_in_place_of_a_file_that_a_sweep_writes_is_refused(home, stopped, name):
    (stopped / name).unlink(missing_ok=True)
    (stopped / name).symlink_to(home / "diary.txt")
    refused(home, lambda: market.resume(stopped, jobs=1), f"{name}: ")


def test_a_link_in_place_of_the_first_draft_is_not_written_through(home, short):
    (home / "study").mkdir()
    (home / "study" / ".study.json.part").symlink_to(home / "diary.txt")
    refused(home, lambda: market.sweep(short, {COUNT: [0]}, out=home / "study"), "exists already")


def test_hidden_files_that_no_sweep_wrote_stay_when_it_goes_on(home, stopped):
    others = [stopped / ".film.part", stopped / "runs" / "aa" / ".film.part" / "reel"]
    for other in others:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(b"film")
    assert market.resume(stopped, jobs=1).counts["done"] == 4
    assert [other.read_bytes() for other in others] == [b"film", b"film"]


def test_a_file_in_a_folder_that_a_run_would_replace_is_refused_before_any_run(home, stopped):
    waiting = market.Study.read(stopped).runs.query("status == 'waiting'")["run_id"].iloc[0]
    folder = stopped / "runs" / waiting[:2] / waiting
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    refused(
        home, lambda: market.resume(stopped, jobs=1), "contains notes.txt, which no sweep wrote"
    )


@pytest.mark.parametrize("name", ["runs", "runs/5", "runs/5/run"])
def test_a_file_where_a_folder_goes_is_refused_before_any_run(home, stopped, name):
    waiting = market.Study.read(stopped).runs.query("status == 'waiting'")["run_id"].iloc[0]
    path = {"runs": "runs", "runs/5": f"runs/{waiting[:2]}"}.get(
        name, f"runs/{waiting[:2]}/{waiting}"
    )
    shutil.rmtree(stopped / path, ignore_errors=True)
    (stopped / path).parent.mkdir(exist_ok=True)
    (stopped / path).write_text("mine")
    refused(home, lambda: market.resume(stopped, jobs=1), f"{path}: is not a folder")


@pytest.mark.parametrize("name", ["journal.jsonl", "summary.parquet", ".manifest.json.part"])
def test_a_folder_where_a_file_goes_is_refused_before_any_run(home, stopped, name):
    (stopped / name).unlink(missing_ok=True)
    (stopped / name).mkdir()
    (stopped / name / "notes.txt").write_text("mine")
    refused(home, lambda: market.resume(stopped, jobs=1), f"{name}: ")


def test_a_folder_named_like_a_table_of_a_run_is_refused_before_any_run(home, stopped):
    waiting = market.Study.read(stopped).runs.query("status == 'waiting'")["run_id"].iloc[0]
    folder = stopped / "runs" / waiting[:2] / waiting
    (folder / "market.parquet").mkdir(parents=True)
    (folder / "market.parquet" / "notes.txt").write_text("mine")
    refused(home, lambda: market.resume(stopped, jobs=1), "contains market.parquet, which no")


@pytest.mark.parametrize("name", STUDY.tables)
def test_a_table_of_somebody_s_own_in_a_stopped_study_is_not_replaced(home, stopped, name):
    pd.DataFrame({"patient": [1]}).to_parquet(stopped / f"{name}.parquet")
    refused(home, lambda: market.resume(stopped, jobs=1), f"{name}.parquet: is not a table of a")


def test_a_study_that_was_killed_between_its_tables_is_resumed(stopped, tmp_path):
    whole = Path(shutil.copytree(stopped, tmp_path / "whole"))
    market.resume(whole, jobs=1)
    for name in STUDY.tables:
        shutil.copy(whole / f"{name}.parquet", stopped)
    assert market.resume(stopped, jobs=1).counts["done"] == 4


def test_a_manifest_of_something_else_does_not_make_a_study_complete(home, stopped):
    (stopped / "manifest.json").write_text('{"name": "My extension", "manifest_version": 3}')
    refused(home, lambda: market.resume(stopped, jobs=1), "is not the manifest of a study")


@pytest.mark.parametrize("notes", ["my notes, without an end of line", '{"patient": 1}'])
def test_a_journal_that_is_somebody_s_notes_is_not_cut(home, stopped, notes):
    (stopped / "journal.jsonl").write_text(notes)
    refused(home, lambda: market.resume(stopped, jobs=1), "its last line is not an entry")


# --- what --overwrite takes for ours


def browser_extension(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text('{"manifest_version": 3, "name": "mine"}')
    (folder / "background.js").write_text("run()")


def foreign_study(folder: Path) -> None:
    folder.mkdir()
    (folder / "study.json").write_text('{"study": "of patients"}')
    (folder / "journal.jsonl").write_text("patient 1\npatient 2")


FOREIGN = {"a browser extension": browser_extension, "a study of patients": foreign_study}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_a_folder_without_our_signature_is_not_replaced(home, result, short, make):
    make(home / "theirs")
    for act in (
        lambda: result.save(home / "theirs", overwrite=True),
        lambda: market.sweep(short, {COUNT: [0]}, out=home / "theirs", overwrite=True),
    ):
        refused(home, act, "holds something other than a result .*(manifest|study).json")


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_a_folder_without_our_signature_is_no_study(home, short, make):
    make(home / "theirs")
    refused(home, lambda: market.resume(home / "theirs"), r"contains no study|has no design")
    refused(
        home,
        lambda: market.sweep(short, {COUNT: [0]}, out=home / "theirs"),
        r"exists already|has no design",
    )


def test_a_file_beside_a_result_is_named_and_nothing_is_replaced(home, result):
    folder = result.save(home / "run")
    (folder / "patients.csv").write_text("1,2")
    refused(home, lambda: result.save(folder, overwrite=True), r"\(patients.csv\) and is not")


@pytest.mark.parametrize("name", ["patients.csv", "runs/patients.csv", "runs/ab/x/patients.csv"])
def test_a_file_in_a_study_is_named_and_nothing_is_replaced(home, stopped, short, name):
    (stopped / name).parent.mkdir(parents=True, exist_ok=True)
    (stopped / name).write_text("1,2")
    refused(
        home,
        lambda: market.sweep(short, {COUNT: [2]}, jobs=1, out=stopped, overwrite=True),
        r"patients.csv|runs/ab/x",
    )


def test_a_table_that_the_manifest_does_not_list_is_not_ours(home, result):
    folder = result.save(home / "run")
    (folder / "patients.parquet").write_text("1,2")
    tables = dict.fromkeys([*RUN_TABLES, "patients", "../diary"], 1)
    change(folder / "manifest.json", tables=tables)
    refused(home, lambda: result.save(folder, overwrite=True), r"\(patients.parquet\)")


def test_a_link_to_a_result_is_not_replaced(home, result):
    result.save(home / "run")
    (home / "latest").symlink_to(home / "run")
    refused(home, lambda: result.save(home / "latest", overwrite=True), "is a link")


def test_a_link_inside_a_result_is_not_ours(home, result):
    folder = result.save(home / "run")
    (folder / "market.parquet").unlink()
    (folder / "market.parquet").symlink_to(home / "diary.txt")
    refused(home, lambda: result.save(folder, overwrite=True), r"\(market.parquet\)")


def test_a_page_of_somebody_s_own_in_a_result_is_not_ours(home, result):
    folder = result.save(home / "run")
    (folder / "report.html").write_text("<h1>My thesis</h1>")
    refused(home, lambda: result.save(folder, overwrite=True), r"\(report.html\)")


def test_a_file_that_comes_into_the_folder_while_a_run_is_made_is_not_lost(home, result):
    folder = result.save(home / "run")

    def late() -> None:
        with whole_folder(folder, overwrite=True) as draft:
            (draft / "manifest.json").write_text("new")
            (folder / "late.txt").write_text("mine")

    before = everything(home)
    with pytest.raises(ScenarioError, match=r"\(late.txt\)"):
        late()
    assert everything(home) == before | {"run/late.txt": b"mine"}


def test_a_folder_beside_a_study_that_is_named_like_its_remains_stays(home, stopped, short):
    other = home / ".study-replaced" / "mine.txt"
    other.parent.mkdir()
    other.write_text("mine")
    market.sweep(short, {COUNT: [2]}, replicates=1, jobs=1, out=stopped, overwrite=True)
    assert other.read_text() == "mine"


def test_a_result_with_its_report_and_a_draft_that_a_kill_left_is_replaced(run_folder, result):
    write_report(read_subject(run_folder), run_folder / "report.html")
    (run_folder / ".report.html-abcd1234").write_text("<html>half")
    result.save(run_folder, overwrite=True)
    assert not (run_folder / "report.html").exists()
    assert [path.name for path in run_folder.parent.iterdir()] == ["run"]


def test_a_stopped_study_with_drafts_that_a_kill_left_is_replaced(home, stopped, short):
    waiting = market.Study.read(stopped).runs.query("status == 'waiting'")["run_id"].iloc[0]
    draft = stopped / "runs" / waiting[:2] / f".{waiting}.part"
    draft.mkdir(parents=True)
    (draft / "market.parquet").write_bytes(b"half")
    (stopped / ".outcomes.parquet.part").write_bytes(b"half")
    before = everything(home)
    market.sweep(short, {COUNT: [2]}, replicates=1, jobs=1, out=stopped, overwrite=True)
    after = everything(home)
    assert {name: after[name] for name in before if not name.startswith("study/")} == {
        name: content for name, content in before.items() if not name.startswith("study/")
    }
    assert set(after) - set(before) == {
        name for name in after if name.startswith("study/") and name not in before
    }


def test_a_study_that_is_not_complete_is_replaced_by_a_sweep_only(home, stopped, result):
    refused(home, lambda: result.save(stopped, overwrite=True), "study that is not complete")


def test_a_result_that_cannot_take_its_place_leaves_the_earlier_one(home, result, monkeypatch):
    folder = result.save(home / "run")
    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if target == folder:
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    refused(home, lambda: result.save(folder, overwrite=True), "Input/output error")


def test_a_result_is_kept_if_another_program_takes_its_place_meanwhile(home, result, monkeypatch):
    folder = result.save(home / "run")
    before, replace = everything(folder), Path.replace

    def taken(path: Path, target: Path) -> Path:
        if target == folder:
            folder.mkdir()
            (folder / "theirs.txt").write_text("theirs")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", taken)
    with pytest.raises(ScenarioError, match="cannot be written"):
        result.save(folder, overwrite=True)
    assert (folder / "theirs.txt").read_text() == "theirs"
    (aside,) = home.glob(".run-*-replaced")
    assert everything(aside) == before


# --- versions


def test_manifests_studies_and_packs_carry_their_format(run_folder, stopped):
    about = json.loads((SHIPPED / "swebench" / "pack.json").read_text())
    for content, name, version in (
        (json.loads((run_folder / "manifest.json").read_text()), "market run", 1),
        (json.loads((stopped / "study.json").read_text()), "market study", 1),
        (about, "market pack", 2),
    ):
        assert content["format"] == {"name": name, "version": version}


def test_a_complete_study_and_a_comparison_carry_their_format(home, stopped, short, tmp_path):
    market.resume(stopped, jobs=1)
    compared = market.compare(short, short, replicates=2, jobs=1).save(tmp_path / "compared")
    for folder, name in ((stopped, "market study"), (compared, "market comparison")):
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["format"] == {"name": name, "version": 1}


def test_a_result_of_version_0_1_is_read_and_overwritten(run_folder, result):
    without_signature(run_folder / "manifest.json")
    assert market.RunResult.read(run_folder).market.equals(result.market)
    result.save(run_folder, overwrite=True)
    assert "format" in json.loads((run_folder / "manifest.json").read_text())


def test_a_study_of_version_0_1_is_read_and_overwritten(stopped, short):
    complete = market.resume(stopped, jobs=1)
    for name in ("study.json", "manifest.json"):
        without_signature(stopped / name)
    pd.testing.assert_frame_equal(market.Study.read(stopped).outcomes, complete.outcomes)
    study = market.sweep(short, {COUNT: [2]}, replicates=1, jobs=1, out=stopped, overwrite=True)
    assert study.outcomes[COUNT].tolist() == [2]


def test_the_keys_of_version_0_1_without_its_files_are_not_ours(home, result):
    folder = result.save(home / "run")
    without_signature(folder / "manifest.json")
    (folder / "trades.parquet").unlink()
    refused(home, lambda: result.save(folder, overwrite=True), "something other than a result")


NEWER = {"name": "market run", "version": 3}


def test_a_result_of_a_newer_version_is_neither_read_nor_overwritten(home, result):
    folder = result.save(home / "run")
    change(folder / "manifest.json", format=NEWER)
    says = r"manifest.json: was written by a newer version of market \(format 3; .* up to 1\)"
    refused(home, lambda: result.save(folder, overwrite=True), says)
    refused(home, lambda: market.RunResult.read(folder), says)
    refused(home, lambda: read_subject(folder), says, DataError)


def test_a_study_of_a_newer_version_is_neither_read_nor_overwritten(home, stopped, short):
    change(stopped / "study.json", format={**NEWER, "name": "market study"})
    says = "study.json: was written by a newer version of market"
    for act in (
        lambda: market.Study.read(stopped),
        lambda: market.resume(stopped, jobs=1),
        lambda: market.sweep(short, {COUNT: [0]}, out=stopped),
        lambda: market.sweep(short, {COUNT: [0]}, out=stopped, overwrite=True),
    ):
        refused(home, act, says)


def test_a_pack_of_a_newer_version_is_refused(tmp_path):
    pack = Path(shutil.copytree(SHIPPED / "swebench", tmp_path / "pack"))
    change(pack / "pack.json", format={**NEWER, "name": "market pack"})
    with pytest.raises(DataError, match="was written by a newer version of market"):
        read_pack(pack)


def test_a_pack_without_a_format_is_read(tmp_path):
    pack = Path(shutil.copytree(SHIPPED / "swebench", tmp_path / "pack"))
    without_signature(pack / "pack.json")
    assert read_pack(pack).population.size == read_pack("swebench").population.size


@pytest.mark.parametrize("wrong", [2, "1", {"name": "market run"}, {"name": "web", "version": 1}])
def test_a_format_that_is_not_ours_is_refused(run_folder, wrong):
    change(run_folder / "manifest.json", format=wrong)
    with pytest.raises(ScenarioError, match=r'format: must be \{"name": "market run"'):
        market.RunResult.read(run_folder)


def test_the_files_of_a_format_are_those_that_are_written(result, stopped, short, tmp_path):
    complete = market.resume(stopped, jobs=1)
    compared = market.compare(short, short, replicates=2, jobs=1).save(tmp_path / "compared")
    ran = result.save(tmp_path / "ran")
    assert set(complete.tables()) == set(STUDY.tables)
    assert {file.name for file in compared.iterdir()} == COMPARISON.files
    assert {file.name for file in ran.iterdir()} == RUN.files - {"queries.parquet"}
    assert set(json.loads((ran / "manifest.json").read_text())) == RUN.keys | {"format"}
    assert set(json.loads((stopped / "study.json").read_text())) == STUDY_KEYS | {"format"}
    assert set(json.loads((stopped / "manifest.json").read_text())) == STUDY.keys | {"format"}


# --- a study's folder that goes while the sweep is at work


@pytest.mark.parametrize("keep", ["tables", "summary"])
@pytest.mark.parametrize("how", ["removed", "renamed", "replaced"])
def test_a_study_folder_that_goes_during_the_sweep_fails_it(short, tmp_path, keep, how):
    out = tmp_path / "study"

    def go(tally) -> None:
        if tally.ended == 1:
            out.rename(tmp_path / "elsewhere")
            if how == "removed":
                shutil.rmtree(tmp_path / "elsewhere")
            if how == "replaced":
                market.sweep(short, {COUNT: [5]}, replicates=1, jobs=1, out=out)

    with pytest.raises(RunError, match="was removed, moved or replaced during the sweep"):
        market.sweep(short, {COUNT: [0, 1]}, replicates=2, jobs=1, out=out, keep=keep, progress=go)
    assert out.exists() == (how == "replaced")


def test_a_study_folder_that_goes_after_the_last_run_fails_the_sweep(short, tmp_path):
    out = tmp_path / "study"

    def go(tally) -> None:
        if tally.ended == tally.total:
            shutil.rmtree(out)

    with pytest.raises(RunError, match="market sweep --resume"):
        market.sweep(short, {COUNT: [0]}, replicates=2, jobs=1, out=out, progress=go)
    assert not out.exists()


def test_the_command_ends_with_1_when_the_study_s_folder_goes(short, tmp_path, monkeypatch):
    from market.studies import study_folder

    out = tmp_path / "study"
    write = study_folder.write_run

    def gone(study, run_id, files) -> None:
        write(study, run_id, files)
        shutil.rmtree(out)

    monkeypatch.setattr(study_folder, "write_run", gone)
    settings = ["ticks=2", "consumers.teams.size=60", "population.problems=30"]
    ended = CliRunner().invoke(
        app,
        ["sweep", "synthetic", "--vary", f"{COUNT}=0", "--replicates", "2", "--jobs", "1"]
        + [part for setting in settings for part in ("--set", setting)]
        + ["--out", str(out)],
    )
    assert ended.exit_code == 1
    assert "was removed, moved or replaced during the sweep" in ended.stderr


def test_a_moved_study_goes_on_where_it_is(short, tmp_path):
    out, elsewhere = tmp_path / "study", tmp_path / "elsewhere"
    with pytest.raises(RunError):
        market.sweep(
            short,
            {COUNT: [0, 1]},
            replicates=2,
            jobs=1,
            out=out,
            progress=lambda tally: out.rename(elsewhere) if tally.ended == 2 else None,
        )
    assert market.resume(elsewhere, jobs=1).counts == {"done": 4, "failed": 0, "waiting": 0}


# --- files that are not as they were written


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"runs": 5}, "runs: must be a list"),
        ({"runs": [["0" * 16]]}, "runs: must be 2 rows of 2 run ids"),
        ({"points": [1, 2]}, "points: must be lists of values"),
        ({"points": [[1, 2], [3, 4]]}, "each must have 1 values"),
        ({"seeds": ["a", "b"]}, "seeds: must be whole numbers"),
        ({"baseline": 9}, r"baseline: must be one of the 2 points \(value: 9\)"),
        ({"keep": "all"}, "keep: must be 'tables' or 'summary'"),
        ({"scenario": []}, "scenario: must be a table"),
        ({"scenario": {}}, "not a valid design"),
        ({"sweep": {"vary": 3}}, "not a valid design"),
        ({"sampled": [["x"]]}, "not a valid design"),
        ({"code": None}, "code: must be a text"),
    ],
)
def test_a_study_that_was_changed_is_refused_by_key(home, stopped, values, says):
    change(stopped / "study.json", **values)
    for act in (lambda: market.Study.read(stopped), lambda: market.resume(stopped, jobs=1)):
        refused(home, act, f"study.json: .*{says}")


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "\xff", "[" * 100_000])
def test_files_that_are_no_json_object_are_refused_by_name(run_folder, stopped, text):
    for file, read in (
        (run_folder / "manifest.json", lambda: market.RunResult.read(run_folder)),
        (stopped / "study.json", lambda: market.Study.read(stopped)),
    ):
        file.write_text(text, encoding="latin-1")
        with pytest.raises(
            ScenarioError, match=r"\.json(:1)?: (cannot be read as JSON|holds|is not UTF-8)"
        ):
            read()


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "{}",
        '{"run": "0123456789abcdef", "error": 5, "measures": {}}',
        '{"run": "0123456789abcdef", "error": null, "measures": {"a": "b"}}',
    ],
)
def test_a_line_of_the_journal_that_is_no_outcome_is_refused_by_number(home, stopped, line):
    with (stopped / "journal.jsonl").open("a") as journal:
        journal.write(f"{line}\n")
    for act in (lambda: market.Study.read(stopped), lambda: market.resume(stopped, jobs=1)):
        refused(home, act, r"journal.jsonl:3: .*remove the line, and its run is repeated")


@pytest.mark.parametrize(
    "tables", [None, {}, [], {"../diary": 1}, dict.fromkeys(["x", *RUN_TABLES], 1)]
)
def test_tables_of_a_manifest_that_are_not_a_run_s_are_refused(run_folder, tables):
    change(run_folder / "manifest.json", tables=tables)
    with pytest.raises(ScenarioError, match="tables: must name the tables of a run"):
        market.RunResult.read(run_folder)


def test_a_table_that_is_gone_is_named(run_folder, stopped):
    market.resume(stopped, jobs=1)
    (run_folder / "market.parquet").unlink()
    (stopped / "runs.parquet").write_text("nothing")
    with pytest.raises(ScenarioError, match=r"market.parquet: cannot be read as a table"):
        market.RunResult.read(run_folder)
    with pytest.raises(ScenarioError, match=r"runs.parquet: cannot be read as a table"):
        market.Study.read(stopped)


def test_a_complete_study_with_runs_of_another_is_refused(stopped):
    market.resume(stopped, jobs=1)
    runs = pd.read_parquet(stopped / "runs.parquet")
    runs.assign(run_id="../..").to_parquet(stopped / "runs.parquet", index=False)
    with pytest.raises(ScenarioError, match=r"runs.parquet does not hold the runs of study.json"):
        market.Study.read(stopped)


def test_what_a_sweep_writes_is_read_back(stopped):
    assert read_header(stopped / "study.json")["keep"] == "tables"


def test_a_report_of_a_manifest_that_was_changed_is_refused(run_folder):
    change(run_folder / "manifest.json", versions=["1.0"])
    with pytest.raises(DataError, match="versions: must be a table"):
        read_subject(run_folder)


# --- single files that are written


def test_a_page_of_claims_replaces_no_other_file(home, monkeypatch):
    from market.studies import claims

    monkeypatch.setattr(claims, "judge", None)  # refused before any run
    before = everything(home)
    ended = CliRunner().invoke(app, ["claims", "--out", str(home / "diary.txt")])
    assert ended.exit_code == 2
    assert "diary.txt: is not a page of market claims and is not replaced" in ended.stderr
    assert everything(home) == before


def test_a_page_of_claims_has_the_mark_by_which_it_is_known():
    from market.studies.claims import Report
    from market.studies.claims.markdown import MARK, to_markdown

    page = Path(__file__).parents[2] / "docs" / "claims.md"
    assert MARK in to_markdown(Report((), 1, 1))[:200]
    assert MARK in page.read_text(encoding="utf-8")[:200]


def test_csv_files_replace_none_of_another_kind(home, stopped):
    (home / "summary.csv").write_text("patient,dose\n1,2\n")
    study = market.Study.read(stopped)
    refused(home, lambda: study.to_csv(home), "summary.csv: is not a table of a study")


def test_csv_files_replace_those_of_an_earlier_study(stopped, tmp_path):
    study = market.resume(stopped, jobs=1)
    study.to_csv(tmp_path / "csv")
    first = everything(tmp_path / "csv")
    study.to_csv(tmp_path / "csv")
    assert everything(tmp_path / "csv") == first
    assert len(first) == len(STUDY.tables)


def test_csv_files_that_would_replace_others_are_refused_before_any_run(home, tmp_path):
    (home / "runs.csv").write_text("kilometres\n10\n")
    before = everything(home)
    ended = CliRunner().invoke(
        app, ["sweep", "synthetic", "--out", str(tmp_path / "s"), "--csv", str(home)]
    )
    assert ended.exit_code == 2
    assert "runs.csv: is not a table of a study" in ended.stderr
    assert everything(home) == before
    assert not (tmp_path / "s").exists()


def test_a_link_to_nowhere_is_no_report_and_is_not_replaced(run_folder, tmp_path):
    (tmp_path / "report.html").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match="is not a report and is not replaced"):
        write_report(read_subject(run_folder), tmp_path / "report.html")
    assert (tmp_path / "report.html").is_symlink()


def test_records_of_a_model_that_is_named_like_a_path_are_not_written(home):
    population = one_problem([0.5], [1.0])
    object.__setattr__(population, "models", ("../diary",))
    refused(
        home,
        lambda: write_records(population, 1, home / "records", Streams(1)),
        "cannot be the name of a file",
        MarketError,
    )


def test_a_draft_that_somebody_else_made_is_not_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("market.foundation.atomic_files.secrets.token_hex", lambda size: "same")
    (tmp_path / ".out-same").mkdir()
    (tmp_path / ".out-same" / "letter.txt").write_text("mine")
    with pytest.raises(ScenarioError, match="cannot be written"), whole_folder(tmp_path / "out"):
        raise AssertionError("not reached")
    assert (tmp_path / ".out-same" / "letter.txt").read_text() == "mine"
    (tmp_path / ".page.html-same").write_text("mine, too")
    with pytest.raises(ScenarioError, match="cannot be written"):
        write_whole(tmp_path / "page.html", "new")
    assert (tmp_path / ".page.html-same").read_text() == "mine, too"
