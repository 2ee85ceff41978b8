"""Disks that are full, read-only or not there, and files that are none."""

import errno
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.foundation import atomic_files
from market.foundation.errors import DataError, MarketError, RunError, ScenarioError
from market.foundation.parquet_rows import require_rows
from market.report import read_subject
from market.studies import run_comparison, run_sweep

SMALL = ("--set", "ticks=2", "--set", "consumers.teams.size=60")
VARY = ("--vary", "arbitrageurs.router.count=0:1", "--replicates", "1")
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def run_once(tmp_path_factory, short) -> Path:
    return market.run(short).save(tmp_path_factory.mktemp("run") / "r")


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def full_disk(monkeypatch, *names: str) -> None:
    """Let the disk be full for files with these in their names."""
    write_new = atomic_files.write_new

    def full(file: Path, content: bytes) -> None:
        if any(name in file.name for name in names):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_new(file, content)

    monkeypatch.setattr(atomic_files, "write_new", full)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def endless_link(path: Path) -> None:
    path.symlink_to(path.name)


def socket_file(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # relative: the whole path may be too long for a socket
    if not path.exists():
        Path(path.name).rename(path)


ODD: list[tuple[Callable[[Path], None], str]] = [
    (pipe, "is a pipe"),
    (device, "is a device"),
    (socket_file, "is a socket"),
    (endless_link, "cannot be read: Too many levels of symbolic links"),
]


# --- files that are none


@pytest.mark.parametrize(("make", "says"), ODD)
def test_what_is_no_file_is_refused_by_what_it_is(here, run_once, make, says):
    for name in ("a.toml", "prices.csv", "log.jsonl", "log.parquet", "page.json"):
        make(here / name)
    pack = here / "pack"
    for folder, name in ((pack, "pack.json"), (here / "st", "study.json"), (here / "r", "x")):
        folder.mkdir()
        make(folder / (name if name != "x" else "manifest.json"))
    (here / "records").mkdir()
    make(here / "records" / "m.jsonl")
    for arguments in (
        ("check", "a.toml"),
        ("run", "a"),
        ("frontier", "a.toml"),
        ("frontier", "pack"),
        ("frontier", "r"),
        ("frontier", "records"),
        ("sweep", "--status", "st"),
        ("sweep", "--resume", "st"),
        ("report", "r"),
        ("report", "page.json"),
        ("cite", "r"),
        ("import", "log.parquet", "--out", "records2"),
        ("router", "log.jsonl", "--records", "mmlu"),
    ):
        done = command(*arguments)
        assert (done.exit_code, done.stdout) == (2, ""), (arguments, done.output)
        assert says in done.stderr or "Too many levels" in done.stderr, (arguments, done.stderr)


def test_a_pipe_in_place_of_a_table_or_a_scenario_of_a_result_is_refused(here, run_once):
    for name in ("market.parquet", "scenario.toml", "providers.parquet"):
        folder = here / name.partition(".")[0]
        folder.mkdir()
        for file in run_once.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
        with pytest.raises(DataError, match=f"{name}: is a pipe"):
            read_subject(folder)


def test_a_pipe_in_place_of_a_journal_is_no_empty_journal(here, short):
    market.sweep(short, {"ticks": [1]}, replicates=1, jobs=1, out=here / "s")
    (here / "s" / "manifest.json").unlink()
    os.mkfifo(here / "s" / "journal.jsonl")
    with pytest.raises(ScenarioError, match=r"journal\.jsonl: is a pipe"):
        market.Study.read(here / "s")


@pytest.mark.parametrize("make", [pipe, device])
def test_a_chart_is_not_written_into_what_is_no_chart(here, make):
    make(here / "chart.html")
    (here / "log.csv").write_text("query_id,model,cost,solved\n")
    done = command("router", "log.csv", "--records", "mmlu", "--chart", "chart.html")
    assert done.exit_code == 2
    assert (
        "--chart chart.html: is not a chart that this program wrote and is not replaced"
        in done.stderr
    )


def test_a_small_table_that_unpacks_to_very_many_rows_is_not_unpacked(here, run_once):
    folder = here / "r"
    folder.mkdir()
    for file in run_once.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    rows = 1_000_000
    pd.DataFrame({"tick": [0] * rows}).to_parquet(folder / "market.parquet")
    assert (folder / "market.parquet").stat().st_size < 10_000
    says = r"market\.parquet: has 1,000,000 rows, but manifest\.json says 2"
    with pytest.raises(DataError, match=says):
        read_subject(folder)
    with pytest.raises(ScenarioError, match=says):
        market.RunResult.read(folder)
    with pytest.raises(ScenarioError, match="no such file"):
        require_rows(here / "none.parquet", 3)


# --- where nothing can be written


@pytest.fixture
def no_work(monkeypatch) -> None:
    """Any run fails: what cannot be written is found out before."""

    def work(*_: object, **__: object) -> None:
        raise AssertionError("work was done")

    monkeypatch.setattr(run_sweep, "sweep", work)
    monkeypatch.setattr(run_comparison, "compare", work)
    monkeypatch.setattr("market.simulation.model.run", work)
    monkeypatch.setattr("market.studies.claims.judge", work)
    monkeypatch.setattr("market.explore.export.paired_runs", work)
    monkeypatch.setattr("market.frontier.router_worth.judge_router", work)


LONG = "n" * 300
WRITERS = [
    ("run", "duopoly", "--out", "{}"),
    ("compare", "duopoly", "--arbitrageurs", "0", "--out", "{}"),
    ("sweep", "duopoly", *VARY, "--out", "s", "--csv", "{}"),
    ("claims", "--out", "{}/page.md"),
    ("explore", "duopoly", *VARY[:2], "--export", "{}/page.html"),
    ("import", "records", "--out", "{}"),
    ("calibrate", "records", "--one-attempt", "--out", "{}"),
    ("export", "r", "--tables", "csv", "--out", "{}"),
    ("router", "log.csv", "--records", "mmlu", "--chart", "{}/chart.html"),
]


@pytest.mark.parametrize("arguments", WRITERS, ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("place", "says"),
    [("file/out", "Not a directory"), (f"{LONG}", "File name too long"), ("closed/out", "")],
)
def test_what_cannot_be_written_is_found_out_before_the_work(
    here, no_work, monkeypatch, arguments, place, says
):
    (here / "file").write_text("")
    (here / "closed").mkdir()
    access = os.access
    monkeypatch.setattr(  # a super-user may write anywhere
        os, "access", lambda path, mode: "closed" not in str(path) and access(path, mode)
    )
    before = sorted(path.name for path in here.iterdir())
    done = command(*(word.format(place) for word in arguments))
    assert done.exit_code == 2, done.output
    assert says in done.stderr or "there is no folder" in done.stderr
    assert place[:40] in done.stderr  # a name longer than any file may have is cut
    assert sorted(path.name for path in here.iterdir()) == before


def test_the_longest_name_of_a_folder_is_no_obstacle(here):
    name = "n" * 255
    with atomic_files.whole_folder(here / name) as draft:
        (draft / "manifest.json").write_text("{}")
    atomic_files.write_whole(here / ("m" * 255), "page")
    assert sorted(len(path.name) for path in here.iterdir()) == [255, 255]


# --- full disks


def test_a_full_disk_loses_the_report_and_not_the_run(here, monkeypatch):
    full_disk(monkeypatch, "report.html")
    done = command("run", "duopoly", *SMALL, "--no-baseline", "--out", "r", "--report")
    assert done.exit_code == 1
    assert done.stderr == (
        "error: r/report.html: cannot be written (No space left on device); the result is kept: "
        "free some space, then: market report r\n"
    )
    assert "welfare" in done.stdout
    assert len(market.RunResult.read(here / "r").market) == 2
    assert {path.name for path in here.iterdir()} == {"r"}


def test_a_full_disk_takes_the_report_and_not_the_answer(here, monkeypatch):
    full_disk(monkeypatch, "page.html")
    quick = ("--queries", "400", "--batches", "10", "--streams", "2", "--levels", "3")
    done = command("regret", "learning_router", *quick, "--report", "page.html", "--json")
    assert done.exit_code == 1
    assert "page.html: cannot be written (No space left on device)" in done.stderr
    assert "--report" in done.stderr
    assert json.loads(done.stdout)["verdict"]
    assert list(here.iterdir()) == []


def test_a_full_disk_takes_the_tables_and_not_the_answer(here, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    done = command("run", "duopoly", *SMALL, "--no-baseline", "--out", "r", "--json")
    assert done.exit_code == 1
    assert "r: cannot be written (No space left on device); free some space" in done.stderr
    answer = json.loads(done.stdout)
    assert answer["folder"] is None
    assert answer["summary"]["welfare"] > 0
    done = command("compare", "duopoly", *SMALL, "--replicates", "2", "--jobs", "1", "--out", "c")
    assert done.exit_code == 1
    assert "c: cannot be written (No space left on device)" in done.stderr
    assert "welfare" in done.stdout
    assert list(here.iterdir()) == []


def test_a_full_disk_takes_the_csv_files_and_not_the_study(here, monkeypatch):
    full_disk(monkeypatch, ".csv")
    done = command("sweep", "duopoly", *SMALL, *VARY, "--jobs", "1", "--out", "s", "--csv", "c")
    assert done.exit_code == 1
    assert "summary.csv: cannot be written" in done.stderr or "outcomes.csv" in done.stderr
    assert "arbitrageurs" in done.stdout
    assert market.Study.read(here / "s").counts["done"] == 2


def test_a_full_disk_is_no_fault_of_the_input():
    assert isinstance(atomic_files.unwritten("x", OSError(errno.ENOSPC, "full")), RunError)
    assert isinstance(atomic_files.unwritten("x", OSError(errno.EROFS, "read-only")), ScenarioError)


def test_a_comparison_that_was_stopped_is_resumed_from_its_folder(here, short, monkeypatch):
    def compare() -> market.Comparison:
        return market.compare(short, short, replicates=2, jobs=1, folder=here / "runs")

    whole = compare()
    journal = here / "runs" / "journal.jsonl"
    (first, *rest) = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + rest[0][:20])
    pd.testing.assert_frame_equal(compare().measures, whole.measures)
    assert journal.read_bytes().splitlines(keepends=True) == [first, *rest]
    with pytest.raises(MarketError, match="holds something other than kept runs"):
        market.compare(short, short, replicates=2, jobs=1, folder=here)
