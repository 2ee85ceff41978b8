"""The page "Your own data", run command by command: what it prints is what the page shows."""

import re
import shutil
from pathlib import Path

from typer.testing import CliRunner

from market.cli.app import app
from market.population.packs import read_pack

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "your_own_data.md").read_text(encoding="utf-8")
PACKS = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")


def written(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_commands_of_the_page_print_what_it_shows(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples" / "support_runs", tmp_path / "support_runs")
    monkeypatch.chdir(tmp_path)
    command, commands = "", 0
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        if language == "toml":
            Path("mine.toml").write_text(text)
        elif language == "text":
            answer = CliRunner().invoke(app, command.split()[1:])
            assert answer.exit_code == 0, answer.output
            assert written(answer.stdout) == written(text), command
            commands += 1
        else:
            command = text
    assert commands == 5
    assert Path("result/report.html").is_file()


def test_the_figures_of_the_shipped_packs_are_those_that_they_state():
    about = read_pack("swebench").about["fit"]
    for quality, error in zip(about["quality"], about["price_error"], strict=True):
        assert f"| market price at {quality:g} | {100 * error:+.1f}% |" in PACKS
    about = read_pack("mmlu").about["fit"]
    prices = zip(about["quality"], about["records"]["price"], about["pack"]["price"], strict=True)
    for quality, records, pack in prices:
        row = f"| market price at {quality:g} | {1000 * records:.3g} | {1000 * pack:.3g} |"
        assert row in PACKS
    for name in ("swebench", "mmlu"):
        for margin in read_pack(name).about["fit"]["sure"]["margins"]:
            told = (margin[key] for key in ("records", "low", "high", "held_out", "pack"))
            assert "| {:.1%} | {:.1%} to {:.1%} | {:.1%} | {:.1%} |".format(*told) in PACKS
