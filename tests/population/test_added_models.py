"""A model without records: what is stated of it is met, and nothing else moves."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import item_response
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import spearmanr

from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.appraisal import appraise
from market.frontier.pass_curves import estimated
from market.population.added_models import PublicFigures, with_added_model
from market.population.domains import domain_shares
from market.population.packs import read_pack
from market.population.population import Population
from market.population.records import read_records, write_records
from market.population.stated_rates import MET

PACK = read_pack("swebench").population


def z_of(population: Population, seed: int = 1):
    return np.random.default_rng(seed).standard_normal(population.size)


def added(population=PACK, rate=0.6, cost=0.02, like="gpt5mini", alike=1.0, seed=1):
    figures = PublicFigures(rate, cost, like, alike)
    return with_added_model(population, "new", figures, z_of(population, seed))


def rate_of(population: Population) -> float:
    return float(population.weight @ population.solve_prob[:, -1])


@given(
    rate=st.floats(0.001, 0.73),
    alike=st.sampled_from([0.0, 0.25, 0.7, 1.0]),
    like=st.sampled_from(["gpt5mini", "deepseek"]),
)
def test_the_stated_rate_and_cost_are_met(rate, alike, like):
    found = added(rate=rate, alike=alike, like=like, cost=0.03)
    assert abs(rate_of(found) - rate) < MET
    assert float(found.weight @ found.list_cost[:, -1]) == pytest.approx(0.03, rel=1e-12)


def test_at_alike_1_logits_move_by_one_number_and_problems_keep_their_order():
    found, like = added(), PACK.solve_prob[:, PACK.index("gpt5mini")]
    new, free = found.solve_prob[:, -1], like > 0
    np.testing.assert_allclose(np.ptp(logit(new[free]) - logit(like[free])), 0, atol=1e-9)
    assert (new[~free] == 0).all()
    np.testing.assert_array_equal(np.argsort(new, kind="stable"), np.argsort(like, kind="stable"))


def test_a_model_with_the_rate_and_cost_of_the_like_one_is_that_model():
    column = PACK.index("gpt5mini")
    rate, cost = (float(PACK.weight @ a[:, column]) for a in (PACK.solve_prob, PACK.list_cost))
    found = added(rate=rate, cost=cost)
    np.testing.assert_array_equal(found.solve_prob[:, -1], PACK.solve_prob[:, column])
    np.testing.assert_allclose(found.list_cost[:, -1], PACK.list_cost[:, column], rtol=1e-14)
    tiers = np.linspace(0.45, 0.73, 8)
    with_clone = appraise(found.select(["gpt5mini", "deepseek", "new"]), quality=tiers, draws=0)
    without = appraise(PACK.select(["gpt5mini", "deepseek"]), quality=tiers, draws=0)
    np.testing.assert_allclose(with_clone.margin, without.margin, atol=1e-9)


def test_the_less_alike_the_larger_the_margin_over_the_like_model_and_the_fewer_agree():
    tiers = np.linspace(0.45, 0.72, 7)
    margins, agree = [], []
    for alike in (1.0, 0.6, 0.25, 0.0):
        two = added(rate=0.56, cost=0.023, alike=alike).select(["gpt5mini", "new"])
        margins.append(np.nanmean(appraise(two, quality=tiers, draws=0).margin))
        agree.append(spearmanr(*two.solve_prob.T).statistic)
    assert margins == sorted(margins)
    assert agree == sorted(agree, reverse=True)
    assert margins[0] < 0.005
    assert margins[-1] > 0.05


def test_at_alike_0_two_models_have_in_common_what_models_of_the_source_have():
    """Of a law with many models, whose mean tells what is hard for all."""
    from market.population.item_response import synthetic

    streams, names = Streams(3), [f"m{i}" for i in range(12)]
    law = synthetic(
        dict.fromkeys(names, 0.0),
        dict.fromkeys(names, 0.01),
        problems=4000,
        heterogeneity=1.0,
        unsolvable=0.0,
        rng={name: streams.generator("x", name) for name in (*names, "problems")},
    )
    found = added(law, rate=0.5, like="m0", alike=0.0)
    pairs = np.corrcoef(logit(found.solve_prob).T)
    usual = pairs[0, 1:-1].mean()
    assert pairs[-1, 0] == pytest.approx(usual, abs=0.04)
    assert pairs[-1, 1:-1].mean() == pytest.approx(usual, abs=0.04)
    np.testing.assert_allclose(  # its probabilities are the like model's, at other problems
        np.sort(found.solve_prob[:, -1]), np.sort(added(law, rate=0.5, like="m0").solve_prob[:, -1])
    )


def test_what_no_model_solves_stays_unsolved():
    population = item_response(problems=200)
    dead = (population.solve_prob == 0).all(axis=1)
    found = added(population, like="middle", alike=0.0, rate=0.5)
    assert dead.sum() == 20
    assert (found.solve_prob[dead, -1] == 0).all()
    assert (found.solve_prob[~dead, -1] > 0).all()


@pytest.mark.parametrize("rate", [0.75, 0.999])
def test_a_rate_beyond_what_the_like_model_can_ever_solve_is_refused_with_the_range(rate):
    with pytest.raises(DataError, match=r"solve_rate: .* 0\.2563 never.*between 0 and 0\.7437"):
        added(rate=rate)


def test_a_rate_below_what_the_like_model_always_solves_is_refused():
    population = replace(PACK, solve_prob=np.where(PACK.solve_prob > 0.9, 1.0, PACK.solve_prob))
    with pytest.raises(DataError, match="always"):
        added(population, rate=0.05)


def test_rates_by_domain_are_met_where_classes_are_of_several_domains():
    names, share = domain_shares(PACK)
    within = PACK.weight[:, None] * share
    before = within.T @ PACK.solve_prob[:, PACK.index("gpt5mini")] / within.sum(axis=0)
    wanted = dict(zip(names, 0.95 * before, strict=True)) | {names[0]: 1.05 * before[0]}
    found = added(rate=wanted)
    rates = within.T @ found.solve_prob[:, -1] / within.sum(axis=0)
    np.testing.assert_allclose(rates, list(wanted.values()), atol=MET)


def test_rates_by_domain_are_met_where_problems_have_one_each():
    population = replace(
        item_response(problems=90), domain=tuple("abc"[i % 3] for i in range(90)), traits=None
    )
    wanted = {"a": 0.2, "b": 0.5, "c": 0.8}
    found = added(population, like="large", rate=wanted, alike=0.5)
    for k, domain in enumerate("abc"):
        assert found.solve_prob[k::3, -1].mean() == pytest.approx(wanted[domain], abs=MET)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ({"djungle": 0.5}, "no domain 'djungle'; there are: "),
        ({"django": 0.5}, "no rate for .*; give one for each domain, or solve_rate"),
    ],
)
def test_a_domain_that_is_not_there_or_left_out_is_named(rates, message):
    with pytest.raises(DataError, match=f"solve_rates: .*{message}"):
        added(rate=rates)


def test_problems_without_domains_have_no_rates_by_domain():
    with pytest.raises(DataError, match="solve_rates: the problems have no domains"):
        added(item_response(), like="large", rate={"a": 0.5})


def test_rates_that_classes_of_several_domains_cannot_tell_apart_are_refused():
    names, _ = domain_shares(PACK)
    with pytest.raises(DataError, match="cannot be met"):
        added(rate=dict.fromkeys(names, 0.05) | {names[0]: 0.7})


def test_one_model_alone_does_not_tell_how_models_differ():
    alone = item_response().select(["large"])
    alone = replace(alone, traits=alone.solve_prob, difficulty=None)
    with pytest.raises(DataError, match=r"alike: 0\.5 is below 1, but nothing"):
        added(alone, like="large", alike=0.5, rate=0.5)
    assert rate_of(added(alone, like="large", rate=0.5)) == pytest.approx(0.5)


def test_failed_and_solved_attempts_keep_their_ratio():
    population = replace(PACK, failed_cost=1.5 * PACK.list_cost, solved_cost=0.5 * PACK.list_cost)
    found = added(population, alike=0.3)
    np.testing.assert_allclose(found.failed_cost[:, -1], 3 * found.solved_cost[:, -1])
    assert float(found.weight @ found.list_cost[:, -1]) == pytest.approx(0.02)


def test_strata_of_few_attempts_take_an_added_model(tmp_path):
    write_records(item_response(problems=40), 2, tmp_path / "few", Streams(1))
    strata = estimated(read_records(tmp_path / "few"))
    assert strata.strata > 1
    for alike in (0.0, 1.0):
        found = added(strata, like="middle", rate=0.5, alike=alike)
        assert abs(rate_of(found) - 0.5) < MET
        assert found.strata == strata.strata


def test_a_model_that_is_added_moves_nothing_else():
    found = added(alike=0.25)
    for name in ("solve_prob", "list_cost"):
        np.testing.assert_array_equal(getattr(found, name)[:, :-1], getattr(PACK, name))
    for name in ("weight", "traits", "difficulty"):
        np.testing.assert_array_equal(getattr(found, name), getattr(PACK, name))
    assert found.types.keys() == PACK.types.keys()
