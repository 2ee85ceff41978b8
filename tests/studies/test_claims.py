"""The claims: what each experiment is, and how a verdict is reached."""

import numpy as np
import pytest

from market.foundation.errors import ScenarioError
from market.population.packs import read_pack
from market.scenario.files import load
from market.studies.claims import CLAIMS, Claim, Contrast, judge
from market.studies.claims.experiments import ClaimMarket, Curve
from market.studies.claims.list import DEMANDS
from market.studies.claims.markdown import tally, to_markdown
from market.studies.claims.similarity import made_alike, margin_draws
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


def test_every_market_that_is_claimed_about_loads():
    for claim in CLAIMS:
        for experiment in claim.experiments:
            if isinstance(experiment, Contrast):
                for side in (experiment.market, experiment.against):
                    if isinstance(side, ClaimMarket):
                        load(side.scenario, set={"perturb_every": "never", **side.set})


def test_both_kinds_of_demand_are_asked():
    asked = {e.demand for claim in CLAIMS for e in claim.experiments if isinstance(e, Contrast)}
    assert asked == set(DEMANDS)


def test_a_claim_and_its_contrary_get_contrary_verdicts():
    claims = [
        Claim("prices fall", "nobody", (contrast(0, 2, -1),)),
        Claim("prices rise", "nobody", (contrast(0, 2, 1),)),
    ]
    report = judge(claims, replicates=8, jobs=1)
    (falls,), (rises,) = (findings for _, findings in report.findings)
    assert (falls.verdict, rises.verdict) == (HOLDS, REVERSED)
    assert falls.difference == rises.difference < 0
    assert report.runs == 16  # each market once


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
    assert alone.findings[-1][1] == after.findings[-1][1]


def test_the_answer_is_the_same_twice():
    claims = [Claim("prices fall", "nobody", (contrast(0, 1, -1),))]
    one, other = (to_markdown(judge(claims, replicates=2, jobs=1)) for _ in range(2))
    assert one == other
    assert "prices fall" in one


def test_one_seed_has_no_interval_and_is_refused():
    with pytest.raises(ScenarioError, match="at least 2"):
        judge(replicates=1)


def test_models_half_alike_earn_less_and_the_same_model_nothing():
    as_they_are, half, same = (
        margin_draws((), 0.4, "mean", alike, 1)[0] for alike in (0.0, 0.5, 1.0)
    )
    assert as_they_are > 1.5 * half > 0
    assert same == pytest.approx(0, abs=1e-9)


def test_made_alike_models_keep_their_mean_log_odds():
    population = read_pack("swebench").population
    same = made_alike(population, 1.0)
    assert (same.solve_prob == same.solve_prob[:, :1]).all()
    assert (same.list_cost == same.list_cost[:, :1]).all()
    np.testing.assert_allclose(
        np.log(same.list_cost[:, 0]), np.log(population.list_cost).mean(axis=1)
    )
    assert made_alike(population, 0.0) is population


def test_bootstrap_draws_scatter_about_the_pack_s_own_margin():
    point, draws = margin_draws(("gpt5mini", "deepseek"), 0.68, "mean", 0.0, 12)
    assert draws.min() < point * 1.2
    assert draws.max() > point * 0.8
    assert draws.std() > 0


def test_the_page_counts_verdicts():
    curve = Curve("margin", "mean", 0.68, ("gpt5mini", "deepseek"), sign=1)
    report = judge([Claim("it pays", "nobody", (curve,), "Because.")], replicates=2, jobs=1)
    ((_, findings),) = report.findings
    assert tally(findings) == (1, 0, 0)
    page = to_markdown(report)
    assert "| 1. it pays | 1 | 0 | 0 |" in page
    assert "Because." in page
