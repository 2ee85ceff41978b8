"""`market cite`: what a paper states and cites, which is what CITATION.cff says."""

import contextlib
import json
import re
from pathlib import Path

import pytest
from conftest import SHORT
from frames import small_run
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.cli.citation import AUTHOR, LICENCE, PAPER, TITLE, YEAR
from market.foundation.formats import COMPARISON
from market.scenario.digest import scenario_digest

CFF = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")


def cite(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["cite", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def fields(entry: str) -> dict[str, str]:
    """Fields of a BibTeX entry, whose braces pair off."""
    assert entry.count("{") == entry.count("}")
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))


def stated(key: str, text: str = CFF) -> str:
    (found,) = re.findall(rf'^ *(?:- )?{key}: "?(.+?)"?$', text, re.MULTILINE)
    return found


def test_the_entry_of_the_program_is_what_citation_cff_says():
    own, _ = CFF.split("references:")
    assert (stated("title", own), stated("license", own)) == (TITLE, LICENCE)
    assert stated("name", own) == AUTHOR
    assert str(YEAR) == stated("date-released", own)[:4]
    program, _ = json.loads(cite("--json"))["bibtex"]
    assert fields(program)["version"] == stated("version", own) == market.__version__


def test_the_entry_of_the_paper_is_what_citation_cff_says():
    _, paper = CFF.split("references:")
    entry = fields(PAPER)
    assert entry["title"].replace("{", "").replace("}", "") == stated("title", paper)
    assert entry["year"] == stated("year", paper)
    assert f"arXiv:{entry['eprint']}" == stated("notes", paper)
    authors = entry["author"].replace(r"{\"o}", "ö").split(" and ")
    last, first = (re.findall(rf"{k}: (.+)", paper) for k in ("family-names", "given-names"))
    assert authors == [f"{a}, {b}" for a, b in zip(last, first, strict=True)]


def test_a_scenario_has_its_digest_and_its_data_with_their_licence():
    text = cite("swebench")
    assert f"digest {scenario_digest(market.load('swebench'))}" in text
    assert "pack swebench" in text
    assert "licence: none stated by the release" in text
    assert "Apache-2.0" in cite("chat")
    assert "no data" in cite("synthetic")


def test_the_digest_of_the_guide_is_that_of_the_command():
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^Scenario swebench, digest \w+, seed 1$", guide, re.MULTILINE)
    assert line in cite("swebench")


def test_a_run_is_cited_by_the_version_and_scenario_that_made_it(tmp_path):
    result = small_run(1)
    folder = result.save(tmp_path / "run")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["versions"]["market"] = "0.1.9"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    text = cite(folder)
    assert f"market 0.1.9, read by {market.__version__}" in text
    assert "version = {0.1.9}" in text
    assert scenario_digest(result.scenario) in text


def test_a_sweep_is_cited_by_its_scenario(tmp_path):
    with contextlib.chdir(tmp_path):
        sets = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
        sweep = ["sweep", "synthetic", *sets, "--vary", "ticks=2", "--replicates", "1"]
        assert CliRunner().invoke(app, [*sweep, "--jobs", "1", "--out", "s"]).exit_code == 0
        assert "Scenario synthetic, digest" in cite("s")


def test_names_are_written_out_for_latex():
    program, _ = json.loads(cite("open_weights", "--json"))["bibtex"]
    assert r"scenario open\_weights, digest" in fields(program)["note"]


@pytest.mark.parametrize("what", ["nowhere", "."])
def test_what_is_no_result_is_refused_with_the_way_out(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["cite", what])
    assert done.exit_code == 2
    assert "name one that does" in done.stderr or "choose from" in done.stderr


def test_a_comparison_without_its_scenarios_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"format": COMPARISON.signature}))
    done = CliRunner().invoke(app, ["cite", str(tmp_path)])
    assert done.exit_code == 2
    assert "holds no scenario file" in done.stderr
