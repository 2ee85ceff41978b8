"""The README's picture is drawn by its script."""

import runpy
import shutil
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "picture.py"


def test_the_script_draws_a_picture_of_the_size_it_says(tmp_path, capsys):
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        pytest.skip("no chromium with chromedriver here: apt-get install chromium chromium-driver")
    script = runpy.run_path(str(SCRIPT))
    target = tmp_path / "market.png"
    assert script["main"](target) == 0
    content = target.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    size = [int.from_bytes(content[at : at + 4], "big") for at in (16, 20)]
    assert size == [script["SCALE"] * script["WIDTH"], script["SCALE"] * script["HEIGHT"]]
    assert capsys.readouterr().out == f"{target}\n"


def test_without_a_browser_the_script_says_what_is_needed(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", "")
    assert runpy.run_path(str(SCRIPT))["main"](tmp_path / "market.png") == 1
    assert "needs chromium and chromedriver" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
