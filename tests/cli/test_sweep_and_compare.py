"""Sweeps and comparisons as a user meets them; how they take an interrupt and a kill."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import SHORT
from typer.testing import CliRunner

import market
from market.cli.app import app

COUNT = "arbitrageurs.routers.count"
QUICK = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
PATIENCE = 300  # seconds for what takes one or two
SWEEP = ["sweep", "synthetic", *QUICK, "--vary", f"{COUNT}=0:2", "--replicates", "3"]


def command(*arguments: str, cwd: Path):
    with contextlib.chdir(cwd):
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160"})


def succeed(*arguments: str, cwd: Path) -> str:
    done = command(*arguments, cwd=cwd)
    assert done.exit_code == 0, done.output
    return done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.fixture(scope="module")
def quiet(tmp_path_factory) -> Path:
    """The study of SWEEP, undisturbed."""
    folder = tmp_path_factory.mktemp("quiet")
    succeed(*SWEEP, "--jobs", "1", "--out", "s", cwd=folder)
    return folder / "s"


def test_a_sweep_prints_means_and_differences_and_where_it_is(tmp_path):
    printed = succeed(*SWEEP, "--jobs", "1", cwd=tmp_path)
    for words in (
        "3 design points × 3 replicates",
        "9 done",
        COUNT,
        "price index",
        "From 0 to 2 in the number of arbitrageurs (routers), ",
        "±",
    ):
        assert words in printed
    assert f"Paired differences from {COUNT}=0" in printed
    assert "Study: results/synthetic-sweep-1" in printed
    assert (tmp_path / "results" / "synthetic-sweep-1" / "summary.parquet").is_file()


def test_the_status_shows_what_the_sweep_printed(quiet):
    printed = succeed("sweep", "--status", "s", "--measures", "hhi,solve_rate", cwd=quiet.parent)
    assert "9 done" in printed
    assert "concentration (HHI)" in printed
    assert "welfare" not in printed.partition("Means of")[2]


def test_a_measure_may_be_asked_for_by_its_old_name_and_the_new_one_is_told(quiet):
    done = command(
        *("sweep", "--status", "s", "--measures", "marginal_revenue_per_query"), cwd=quiet.parent
    )
    assert done.exit_code == 0
    assert "providers' revenue," in done.stdout
    assert "$ per query" in done.stdout
    assert "is called revenue_per_query now" in done.stderr


def test_json_of_a_sweep_is_one_object_of_tidy_records(quiet):
    answer = json.loads(succeed("sweep", "--status", "s", "--json", cwd=quiet.parent))
    assert set(answer) == {
        *("folder", "summary", "differences", "elasticities", "sensitivity"),
        *("done", "failed", "waiting", "verdict"),
    }
    assert answer["done"] == 9
    row = next(row for row in answer["summary"] if row["measure"] == "arbitrage_margin")
    assert row[COUNT] == 0
    assert row["mean"] is None
    assert Path(answer["folder"]) == quiet


def test_csv_is_written_where_asked(quiet, tmp_path):
    succeed("sweep", "--status", str(quiet), "--csv", "csv", cwd=tmp_path)
    assert len(pd.read_csv(tmp_path / "csv" / "outcomes.csv")) == 9


def test_the_baseline_and_the_seed_are_taken_from_the_command_line(tmp_path):
    arguments = [*SWEEP, "--jobs", "1", "--baseline", f"{COUNT}=1", "--seed", "5", "--out", "s"]
    assert f"Paired differences from {COUNT}=1" in succeed(*arguments, cwd=tmp_path)
    assert market.Study.read(tmp_path / "s").design.seeds == (5, 6, 7)


def test_a_sampled_sweep_prints_sensitivities(tmp_path):
    vary = ["--vary", "consumers.teams.price_sensitivity=1:20", "--vary", f"{COUNT}=0:2"]
    arguments = ["--design", "morris", "--samples", "2", "--replicates", "1", "--jobs", "1"]
    printed = succeed("sweep", "synthetic", *QUICK, *vary, *arguments, cwd=tmp_path)
    assert "Sensitivity (Morris)" in printed
    assert "size of effect (μ*)" in printed


def test_a_sweep_with_failed_runs_says_so_and_ends_with_1(tmp_path, monkeypatch):
    from market.studies import run_task

    def run(spec, *, base=None):
        raise ValueError(f"seed {spec.seed} is bad")

    monkeypatch.setattr(run_task, "run", run)
    done = command(*SWEEP, "--jobs", "1", "--out", "s", cwd=tmp_path)
    assert done.exit_code == 1
    assert "9 runs failed; the first, " in done.stderr
    assert "ValueError: seed 1 is bad" in done.stderr
    again = command("sweep", "--resume", "s", cwd=tmp_path)  # it is complete, with its failures
    assert again.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sweep"], "give one of SCENARIO"),
        (["sweep", "swebench", "--resume", "x"], "give one of SCENARIO"),
        (["sweep", "--status", "x"], "x: contains no study"),
        (["sweep", "--resume", "x"], "x: contains no study"),
        (["sweep", "--resume", "x", "--replicates", "9"], "--resume --replicates: a study keeps"),
        (["sweep", "--status", "x", "--set", "ticks=2"], "--status --set: a study keeps"),
        (["sweep", "swebench", "--vary", f"{COUNT}=-1"], f"{COUNT}: must be at least 0"),
        (["sweep", "swebench", "--design", "square"], "sweep.design: "),
        (["sweep", "swebench", "--keep", "all"], "must be 'tables' or 'summary'"),
        (["sweep", "swebench", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["sweep", "swebench", "--baseline", "ticks"], "write PATH=VALUE"),
        (["compare", "swebench"], "nothing to compare it with"),
        (["compare", "swebench", "nowhere"], "nowhere: no such file or shipped scenario"),
        (
            ["compare", "swebench", "duopoly", "swebench", "--set", "tax=0.05"],
            "Write --set-all tax=0.05 to set it in all, or --set-in B tax=0.05 in B, duopoly",
        ),
        (
            ["compare", "swebench", "duopoly", "--set-in", "duopoli", "tax=0.05"],
            "no such side of A (swebench), B (duopoly); did you mean 'duopoly'?",
        ),
        (["compare", "swebench", "duopoly", "--set-in", "B"], "write --set-in NAME PATH=VALUE"),
        (["compare", "swebench", "--set-all", "ticks=3"], "nothing to compare it with"),
        (["compare", "swebench", "--set-in", "B", "taxes=1"], "taxes"),
        (
            ["sweep", "swebench", "--vary", f"{COUNT}=0:2", "--arbitrageurs", "3"],
            f"--arbitrageurs 3: --vary {COUNT} sets it, too; give one of them",
        ),
    ],
)
def test_wrong_input_ends_with_its_message_and_2(tmp_path, arguments, says):
    done = command(*arguments, cwd=tmp_path)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_compare_says_who_gains_and_who_loses(tmp_path):
    arguments = ["compare", "duopoly", "--replicates", "5", "--jobs", "1", "--out", "c"]
    arguments += ["--set", "arbitrageurs.router.count=0"]
    (tmp_path / "duopoly.toml").write_text(
        'extends = "duopoly"\nticks = 4\n[[consumers]]\nname = "teams"\nsize = 8000\n'
    )
    arguments[1] = "duopoly.toml"
    printed = succeed(*arguments, cwd=tmp_path)
    for words in ("A: duopoly.toml", "B: duopoly.toml with arbitrageurs.router.count=0"):
        assert words in printed
    lines = {line.split()[0]: line for line in printed.splitlines() if line.split()}
    assert "gains" in lines["DeepSeek"]
    assert "loses" in lines["router-1"]
    assert "DeepSeek gains" in " ".join(printed.partition("A: ")[0].split())
    assert len(printed.partition("A: ")[2].splitlines()) <= 50  # one screen
    assert "Comparison: c" in printed
    assert len(pd.read_parquet(tmp_path / "c" / "agents.parquet")) == 3 * 3


def test_json_of_a_comparison_has_its_frames(tmp_path):
    arguments = ["compare", "synthetic", "synthetic", *QUICK, "--replicates", "1", "--json"]
    answer = json.loads(succeed(*arguments, "--jobs", "1", cwd=tmp_path))
    assert set(answer) == {"verdict", "unlike", "measures", "agents", "segments", "folder"}
    assert answer["unlike"][0] == "ticks: 40 in A, 2 in B"
    assert answer["folder"] is None
    assert answer["agents"][0]["low"] is None


def test_several_markets_stand_beside_each_other(tmp_path):
    every = [word.replace("--set", "--set-all") for word in QUICK]
    sides = ["compare", "synthetic", "synthetic", "synthetic", *every]
    sides += ["--set-in", "B", f"{COUNT}=0", "--set-in", "synthetic (3)", "tax=0.05"]
    sides += ["--replicates", "2", "--jobs", "1"]
    printed = succeed(*sides, "--out", "c", cwd=tmp_path)
    for words in (
        "A: synthetic\n",
        f"B: synthetic with {COUNT}=0\n",
        "C: synthetic with tax=0.05\n",
        "B − A",
        "C − A",
        "With C in place of A",
    ):
        assert words in printed
    assert "sides differ" not in printed
    assert market.load(tmp_path / "c" / "c.toml").policy.routing_tax == 0.05
    succeed(*sides, "--out", "c", "--overwrite", cwd=tmp_path)


def test_what_makes_sides_unlike_is_said_first(tmp_path):
    arguments = ["compare", "synthetic", "synthetic", *QUICK, "--set-in", "A", "ticks=1"]
    printed = succeed(*arguments, "--replicates", "1", "--jobs", "1", cwd=tmp_path)
    first, *told = printed.splitlines()
    assert first.startswith("The sides differ in more than what is compared")
    assert "  ticks: 1 in A, 2 in B" in told[:4]


def begun(folder: Path, *more: str) -> subprocess.Popen[str]:
    """A sweep in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "market.cli", *SWEEP, "--replicates", "400", "--out", "s", *more],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that an interrupt goes to it and its workers alone
    )


def runs_done(folder: Path) -> int:
    try:
        return (folder / "journal.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize(("moment", "presses"), [("workers start", 1), ("runs are done", 3)])
def test_an_interrupt_keeps_what_is_done_and_says_how_to_resume(tmp_path, moment, presses):
    process = begun(tmp_path, "--jobs", "2", "--keep", "summary")
    there = (tmp_path / "s" / "journal.jsonl").exists
    while not (there() if moment == "workers start" else runs_done(tmp_path / "s")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    for _ in range(presses):
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to the workers too
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "of 1200 runs are kept. Resume with: market sweep --resume s" in said
    assert said.count("\n") == 1
    assert market.Study.read(tmp_path / "s").counts["done"] == int(said.split()[1])


def test_a_killed_sweep_goes_on_and_ends_as_if_it_had_not_been(quiet, tmp_path):
    # the same study as `quiet`, but killed amid its runs; `make kill` tries many other moments
    arguments = [sys.executable, "-m", "market.cli", *SWEEP, "--jobs", "1", "--out", "s"]
    process = subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.DEVNULL)
    while runs_done(tmp_path / "s") < 3 and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.wait()
    for table in (tmp_path / "s" / "runs").glob("[0-9a-f][0-9a-f]/[0-9a-f]*/*.parquet"):
        pd.read_parquet(table)
    succeed("sweep", "--resume", "s", "--jobs", "1", cwd=tmp_path)
    assert files(tmp_path / "s") == files(quiet)
