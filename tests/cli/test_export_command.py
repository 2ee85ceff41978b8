"""`market export`, as it is called: files of a result, whole or not at all."""

import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from frames import comparison_frames, write_folder
from typer.testing import CliRunner

from market.cli.app import app


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "c"
    return write_folder(folder, comparison_frames(), {"comparison": ["none", "two"]})


def export(result: Path, *options: str):
    return CliRunner().invoke(app, ["export", str(result), *options])


def test_tables_are_written_and_listed(result, tmp_path):
    done = export(result, "--tables", "csv,tex", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"measures.csv", "measures.tex", "agents.csv"} <= names
    assert all(name in done.stdout for name in names)


def test_json_lists_the_files(result, tmp_path):
    done = export(result, "--tables", "csv", "--out", str(tmp_path / "out"), "--json")
    answer = json.loads(done.stdout)
    assert Path(answer["folder"]) == (tmp_path / "out").resolve()
    assert "measures.csv" in answer["files"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "say what to write"),
        (("--tables", "doc"), "--tables 'doc': must be among csv, xlsx, tex"),
        (("--figures", "gif"), "--figures 'gif': must be among svg, pdf, png"),
        (("--tables", "csv", "--figure", "x"), "--figure: chooses among figures"),
        (("--tables", "csv", "--measures", "welfar"), "--measures welfar: no such measure"),
        (("--figures", "svg", "--figure", "none"), "--figure 'none': no such chart; there are"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(result, tmp_path, options, says):
    if "svg" in options:
        pytest.importorskip("kaleido")
    done = export(result, *options, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_not_touched(result, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = export(result, "--tables", "csv", "--out", str(tmp_path))
    assert done.exit_code == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("module", "options", "extra"),
    [("kaleido", ("--figures", "pdf"), "figures"), ("openpyxl", ("--tables", "xlsx"), "tables")],
)
def test_without_its_extra_an_export_says_how_to_get_it(
    result, tmp_path, monkeypatch, module, options, extra
):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = export(result, *options, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert f"'.[{extra}]'" in done.stderr


def test_a_browser_that_fails_leaves_nothing(result, tmp_path, monkeypatch):
    pytest.importorskip("kaleido")
    monkeypatch.setenv("BROWSER_PATH", "/bin/false")
    done = export(result, "--figures", "svg", "--tables", "csv", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2, done.output
    assert "leave out --figures" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_a_browser_the_message_names_the_ways_out(result, tmp_path, monkeypatch):
    pytest.importorskip("kaleido")
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chrome")
    done = export(result, "--figures", "svg", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2, done.output
    assert "BROWSER_PATH" in done.stderr
    assert "tables need none" in done.stderr


def test_a_chart_over_lists_of_names_has_room_for_its_lines(tmp_path):
    pytest.importorskip("kaleido")
    if shutil.which("chromium") is None:
        pytest.skip("no chromium here: apt-get install chromium")
    names = [[f"host {n}" for n in range(k, 11)] for k in (2, 3, 4)]
    rows = [
        {"remove": json.dumps(some), "measure": "price_index", "mean": 0.9 + len(some) / 100}
        | {"standard_error": 0.01, "low": 0.9, "high": 1.0, "replicates": 3}
        for some in names
    ]
    folder = write_folder(tmp_path / "s", {"summary": pd.DataFrame(rows)}, {"study": "hosts"})
    name = "how-does-the-price-index-depend-on-remove"
    done = export(folder, "--figures", "svg", "--figure", name, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "out").iterdir()
    drawn = file.read_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "host 2, host 3" in drawn
    assert "host 4, host 5" in drawn


def test_figures_are_what_they_are_called(result, tmp_path):
    pytest.importorskip("kaleido")
    if shutil.which("chromium") is None:
        pytest.skip("no chromium here: apt-get install chromium")
    name = "who-gains-and-who-loses"
    out = tmp_path / "out"
    done = export(result, "--figures", "svg,pdf,png", "--figure", name, "--out", str(out))
    assert done.exit_code == 0, done.output
    begins = {"svg": b"<svg", "pdf": b"%PDF", "png": b"\x89PNG"}
    for form, mark in begins.items():
        assert (out / f"{name}.{form}").read_bytes().startswith(mark)
    assert b"Who gains" in (out / f"{name}.svg").read_bytes()
    assert len(list(out.iterdir())) == 3
