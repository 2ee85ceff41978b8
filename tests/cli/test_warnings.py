"""What a user is warned of: once, in a line, by every command that makes runs."""

import contextlib
import json
from pathlib import Path

from conftest import SHORT
from typer.testing import CliRunner

import market
from market.cli.app import app

SETTINGS = {
    **SHORT,
    "ticks": 6,
    "arbitrageurs.routers.count": 0,
    "providers.South.pricing": '{kind="best_response", high=0.6}',
}
BOUND = [word for path, value in SETTINGS.items() for word in ("--set", f"{path}={value}")]
WARNING = "providers.South.pricing: what would pay South best is at the bound high = 0.6"


def command(*arguments: str, cwd: Path):
    with contextlib.chdir(cwd):
        done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    return done


def test_a_bound_that_binds_is_one_line_of_a_run(tmp_path):
    done = command("run", "synthetic", *BOUND, cwd=tmp_path)
    assert done.stderr.startswith(f"warning: {WARNING}")
    assert done.stderr.count("\n") == 1
    assert done.stdout.count(f"Warning: {WARNING}") == 1
    folder = tmp_path / "results" / "synthetic-1"
    assert [text.split(";")[0] for text in market.RunResult.read(folder).warnings] == [WARNING]


def test_a_bound_that_binds_is_in_the_json_of_a_run(tmp_path):
    done = command("run", "synthetic", *BOUND, "--json", cwd=tmp_path)
    assert [text.split(";")[0] for text in json.loads(done.stdout)["warnings"]] == [WARNING]


def test_a_bound_that_binds_in_many_runs_of_a_sweep_is_one_line(tmp_path):
    vary = ["--vary", "population.heterogeneity=0,1", "--replicates", "2", "--jobs", "1"]
    done = command("sweep", "synthetic", *BOUND, *vary, cwd=tmp_path)
    assert done.stderr.count(WARNING) == 1
    assert "MarketWarning" not in done.output


def test_no_bound_no_warning(tmp_path):
    free = [word.replace(", high=0.6", "") for word in BOUND]
    done = command("run", "synthetic", *free, cwd=tmp_path)
    assert done.stderr == ""
    assert "Warning" not in done.stdout
