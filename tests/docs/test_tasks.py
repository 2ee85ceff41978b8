"""The tasks of examples/ run as they are written, on small markets, and are in the guide."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from market.cli.app import app

ROOT = Path(__file__).parents[2]
TASKS = (ROOT / "examples" / "tasks.sh").read_text(encoding="utf-8")
LINES = [line for line in TASKS.splitlines() if line.startswith("market ")]
COMPARED = [line for line in LINES if line.startswith("market compare")]
SMALL = [
    *("ticks=2", "menu_points=12", "consumers.teams.size=60", "quality_tiers.count=3"),
    "perturb_every=never",
]
QUICK = [
    *(word for value in SMALL for word in ("--set-all", value)),
    *("--replicates", "1", "--jobs", "1", "--no-resample"),
]


def answer(line: str) -> str:
    _, *words = shlex.split(line)
    done = CliRunner().invoke(app, [*words, *(QUICK if words[0] == "compare" else [])])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("line", COMPARED)
def test_a_task_is_answered(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printed = answer(line)
    assert printed.startswith("With ")
    assert "Who gains and who loses" in printed
    assert "The sides differ" not in printed


def test_three_scenarios_are_in_one_chart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    *_, compared, reported = LINES
    answer(compared)
    answer(reported)
    page = (tmp_path / "results" / "three" / "report.html").read_text(encoding="utf-8")
    assert all(f"From A to {side}" in page for side in "BC")


@pytest.mark.parametrize("line", LINES)
def test_a_task_is_in_the_guide(line):
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert line in re.sub(r" {2,}", " ", guide)
