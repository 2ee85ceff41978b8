"""`market claims`: what it prints, what it is given, and how it ends when it is stopped."""

import json

import pytest
from typer.testing import CliRunner

from market.cli.app import app
from market.cli.print_claims import print_claims
from market.studies import claims
from market.studies.claims import CLAIMS, Claim, Contrast, Finding, Report
from market.studies.claims.experiments import ClaimMarket

MARKET = ClaimMarket("duopoly")
EXPERIMENT = Contrast("`welfare`, 2 against none", "welfare", MARKET, MARKET, 1)


def found(verdict: str = "holds", **other: object) -> Finding:
    numbers = (2.5e6, 2.4e6, 1e5, 9e4, 1.1e5, 5)
    return Finding("`welfare`, 2 against none", "fixed needs", *numbers, verdict, **other)


def report(*findings: Finding) -> Report:
    experiments = len(findings) * (EXPERIMENT,)
    return Report(((Claim("Welfare rises", "nobody", experiments), findings),), 5, 10)


@pytest.fixture
def judged(monkeypatch) -> dict[str, object]:
    """What the command asks for; the answer is ready."""
    asked: dict[str, object] = {}

    def judge(**given: object) -> Report:
        asked.update(given)
        return report(found(across={"β 0.1": found("reversed")}))

    monkeypatch.setattr(claims, "judge", judge)
    return asked


def test_runs_are_kept_in_the_folder_that_is_named(judged, tmp_path):
    ended = CliRunner().invoke(app, ["claims", "--folder", str(tmp_path / "runs"), "--jobs", "1"])
    assert ended.exit_code == 0
    assert (judged["folder"], judged["jobs"], judged["replicates"]) == (tmp_path / "runs", 1, 5)


def test_some_claims_alone_are_put_into_the_page_of_all(judged, tmp_path):
    page = tmp_path / "claims.md"
    assert CliRunner().invoke(app, ["claims", "--out", str(page)]).exit_code == 0
    before = page.read_text()
    ended = CliRunner().invoke(app, ["claims", "--only", "3,1", "--out", str(page)])
    assert ended.exit_code == 0, ended.output
    assert judged["claims"] == (CLAIMS[0], CLAIMS[2])
    assert page.read_text().startswith(before.partition("## In short")[0])
    assert "tested apart from the others" in page.read_text()


@pytest.mark.parametrize("only", ["0", "99", "1,1", "first"])
def test_what_is_no_list_of_claims_is_refused(judged, only):
    ended = CliRunner().invoke(app, ["claims", "--only", only])
    assert ended.exit_code == 2
    assert f"--only {only}" in ended.stderr
    assert judged == {}


def test_the_answer_has_verdict_marks_and_what_is_robust(judged):
    text = CliRunner().invoke(app, ["claims"]).stdout
    assert "1. Welfare rises (1 hold)" in text
    assert "✓✗–––––––––––––" in text
    assert "Of 1 experiments in which either outcome is possible, 0 hold under all" in text


def test_json_has_each_column_and_the_same_in_words(judged):
    answer = json.loads(CliRunner().invoke(app, ["claims", "--json"]).stdout)
    ((experiment,),) = (claim["experiments"] for claim in answer["claims"])
    assert experiment["across"]["β 0.1"]["verdict"] == "reversed"
    assert experiment["in_words"] == "turns when β 0.1"
    assert experiment["counted"] is True
    assert answer["verdicts"] == 2


def test_a_command_that_is_stopped_says_that_runs_are_kept(monkeypatch, tmp_path):
    def judge(**given: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(claims, "judge", judge)
    ended = CliRunner().invoke(app, ["claims", "--folder", str(tmp_path)])
    assert ended.exit_code == 130
    assert "repeat the command to resume" in ended.stderr


def test_what_is_printed_fits_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    findings = [
        Finding(e.says, "buyers choose quality", 1, 0, 1, 0.5, 1.5, 5, "undecided")
        for claim in CLAIMS
        for e in claim.experiments
    ]
    experiments = tuple(e for claim in CLAIMS for e in claim.experiments)
    print_claims(Report(((Claim(80 * "x ", "nobody", experiments), tuple(findings)),), 5, 10))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
