"""The claims: what each experiment is, and how a verdict is reached."""

from dataclasses import replace

import numpy as np
import pytest

import market
from market.foundation.errors import ScenarioError
from market.studies import measurements
from market.studies.claims import Claim, Contrast, judge
from market.studies.claims.assumptions import Assumptions
from market.studies.claims.experiments import ClaimMarket, Curve
from market.studies.claims.markdown import tally, to_markdown
from market.studies.claims.verdicts import HOLDS, REVERSED, UNDECIDED
from market.studies.claims.verdicts import verdict as verdict_of

SMALL = {"ticks": 6, "consumers.teams.size": 300}


def contrast(few: int, many: int, sign: int) -> Contrast:
    def market(count: int) -> ClaimMarket:
        return ClaimMarket("duopoly", {**SMALL, "arbitrageurs.router.count": count})

    return Contrast("a test", "price_index", market(many), market(few), sign)


@pytest.mark.parametrize(
    ("low", "high", "sign", "verdict"),
    [
        (0.1, 0.3, 1, HOLDS),
        (0.1, 0.3, -1, REVERSED),
        (-0.3, -0.1, -1, HOLDS),
        (-0.3, -0.1, 1, REVERSED),
        (-0.1, 0.1, 1, UNDECIDED),
        (0.0, 0.1, 1, UNDECIDED),
        (np.nan, np.nan, 1, UNDECIDED),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(low, high, sign, verdict):
    assert verdict_of(low, high, sign) == verdict


def test_a_claim_and_its_contrary_get_contrary_verdicts():
    claims = [
        Claim("prices fall", "nobody", (contrast(0, 2, -1),)),
        Claim("prices rise", "nobody", (contrast(0, 2, 1),)),
    ]
    report = judge(claims, replicates=4, jobs=1)
    (falls,), (rises,) = (findings for _, findings in report.findings)
    assert (falls.verdict, rises.verdict) == (HOLDS, REVERSED)
    assert falls.difference == rises.difference < 0
    assert report.runs == 8  # each market once


def test_the_same_market_twice_differs_by_nothing():
    report = judge([Claim("same", "nobody", (contrast(1, 1, 1),))], replicates=2, jobs=1)
    ((_, (finding,)),) = report.findings
    assert finding.difference == 0
    assert finding.verdict == UNDECIDED


def test_what_is_found_in_a_market_does_not_depend_on_the_claims_before_it():
    other = ClaimMarket("swebench", {"ticks": 2, "consumers.teams.size": 50})
    before = Claim("of six models", "nobody", (Contrast("a test", "hhi", other, 0.0, 1),))
    asked = Claim("of two", "nobody", (contrast(0, 1, -1),))
    alone, after = (judge(claims, replicates=2, jobs=1) for claims in ([asked], [before, asked]))
    ((_, (one,)), (_, (other,))) = (report.findings[-1] for report in (alone, after))
    # a verdict is corrected for how many there are, what was found is not
    assert one == replace(other, corrected=one.corrected, verdict=one.verdict)


def test_the_answer_is_the_same_twice():
    claims = [Claim("prices fall", "nobody", (contrast(0, 1, -1),))]
    one, other = (to_markdown(judge(claims, replicates=2, jobs=1)) for _ in range(2))
    assert one == other
    assert "prices fall" in one


def test_one_seed_has_no_interval_and_is_refused():
    with pytest.raises(ScenarioError, match="at least 2"):
        judge(replicates=1)


def test_the_page_counts_verdicts():
    curve = Curve("margin", "mean", 0.68, ("gpt5mini", "deepseek"), sign=1)
    report = judge([Claim("it pays", "nobody", (curve,), "Because.")], replicates=2, jobs=1)
    ((_, findings),) = report.findings
    assert tally(findings) == (1, 0, 0)
    page = to_markdown(report)
    assert "| 1. it pays | 1 | 0 | 0 | 1 | 0 |" in page
    assert "Because." in page


def of_sensitivity(assumptions: Assumptions) -> dict[str, float]:
    return {"consumers.teams.price_sensitivity": assumptions.price_sensitivity}


def test_an_experiment_is_tried_under_the_columns_that_it_names():
    one, none = (
        ClaimMarket("duopoly", {**SMALL, "arbitrageurs.router.count": n}, of_sensitivity)
        for n in (1, 0)
    )
    contrast = Contrast(
        "a test", "served_share", one, none, -1, across=("β 1.1", "undercut"), forced=("undercut",)
    )
    report = judge([Claim("prices fall", "nobody", (contrast,))], replicates=2, jobs=1)
    ((_, (finding,)),) = report.findings
    assert list(finding.across) == ["β 1.1", "undercut"]
    assert finding.verdicts["undercut"] == "by construction"
    assert finding.across["β 1.1"].value != finding.value
    assert report.counted == 2
    assert report.runs == 8


def test_a_difference_of_differences_is_nothing_where_both_are_the_same():
    few, many = contrast(0, 1, 1).market, contrast(0, 2, 1).market
    twice = Contrast("a test", "price_index", many, many, 1, less=(few, few))
    ((_, (finding,)),) = judge([Claim("same", "nobody", (twice,))], replicates=2, jobs=1).findings
    assert finding.difference == 0
    assert finding.value < 0  # with two arbitrageurs against one


def test_two_agents_of_one_market_are_compared():
    market = contrast(0, 1, 1).market
    pair = Contrast(
        "a test", "OpenAI: revenue", market, market, 1, against_measure="DeepSeek: revenue"
    )
    back = Contrast(
        "a test", "DeepSeek: revenue", market, market, 1, against_measure="OpenAI: revenue"
    )
    report = judge([Claim("unlike", "nobody", (pair, back))], replicates=2, jobs=1)
    ((_, (one, other)),) = report.findings
    assert one.difference == -other.difference != 0
    assert report.runs == 2


def test_an_experiment_may_measure_something_else_than_a_run(monkeypatch):
    def awareness(scenario: market.Scenario) -> dict[str, float]:
        return {"known": scenario.arbitrageurs[0].awareness * scenario.seed}

    monkeypatch.setattr(measurements, "MEASUREMENTS", {"who knows": awareness})
    known, half = (
        ClaimMarket("duopoly", {"arbitrageurs.router.awareness": share}, asks="who knows")
        for share in (1.0, 0.5)
    )
    claim = Claim("known", "nobody", (Contrast("a test", "known", half, known, -1),))
    report = judge([claim], replicates=3, jobs=1)
    ((_, (finding,)),) = report.findings
    assert (finding.value, finding.against, report.runs) == (1.0, 2.0, 6)
    assert "expectations" in to_markdown(report)


def test_what_a_better_model_would_earn_is_measured_by_its_name():
    set_ = {**SMALL, "ticks": 2, "perturb_every": "end"}
    measured = ClaimMarket("duopoly", set_)
    one = Contrast("a test", "gpt5mini: marginal_revenue_capability", measured, 0.0, 1)
    ((_, (finding,)),) = judge([Claim("pays", "nobody", (one,))], replicates=2, jobs=1).findings
    runs = [market.run(market.load("duopoly", set={**set_, "seed": seed})) for seed in (1, 2)]
    last = [run.models.query("model == 'gpt5mini'").iloc[-1] for run in runs]
    slopes = [row["marginal_revenue_capability"] for row in last]
    assert finding.value == pytest.approx(np.mean(slopes))


def test_a_verdict_that_alone_is_sure_is_not_among_many():
    alone = Claim("prices fall", "nobody", (contrast(0, 2, -1),))
    ((_, (finding,)),) = judge([alone], replicates=3, jobs=1).findings
    assert finding.verdict == HOLDS
    many = int(0.05 / finding.chance) + 1
    crowd = Claim("prices fall", "nobody", many * (contrast(0, 2, -1),))
    ((_, findings),) = judge([crowd], replicates=3, jobs=1).findings
    assert {f.verdict for f in findings} == {UNDECIDED}


def test_what_holds_by_construction_is_shown_and_not_counted():
    curve = Curve("margin", "mean", 0.68, alike=1, by_construction="all are the same")
    report = judge([Claim("none", "nobody", (curve,))], replicates=2, jobs=1)
    ((_, (finding,)),) = report.findings
    assert report.counted == 0
    assert tally([finding]) == (0, 0, 0)
    assert "By construction (row 1): all are the same." in to_markdown(report)


class StoppedError(Exception):
    """Raised in the middle of a test of claims."""


def test_claims_that_were_stopped_are_resumed_with_the_same_answer(tmp_path):
    claims = [Claim("prices fall", "nobody", (contrast(0, 1, -1),))]
    told = []

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise StoppedError

    with pytest.raises(StoppedError):
        judge(claims, replicates=2, jobs=1, folder=tmp_path, progress=stop)
    resumed = judge(
        claims, replicates=2, jobs=1, folder=tmp_path, progress=lambda *tally: told.append(tally)
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert resumed == judge(claims, replicates=2, jobs=1)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    claims = [Claim("prices fall", "nobody", (contrast(0, 1, -1),))]
    with pytest.raises(ScenarioError, match=r"something other than kept runs \(diary.txt\)"):
        judge(claims, replicates=2, jobs=1, folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]
