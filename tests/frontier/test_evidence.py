"""Thin evidence is said, and sound evidence is not talked about."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import item_response

from market.frontier.appraisal import appraise
from market.frontier.evidence import thin_evidence
from market.population.population import Population


def recorded(attempts: int, problems: int = 400) -> Population:
    truth = item_response(problems=problems)
    tried = np.full(truth.solve_prob.shape, attempts)
    solved = np.random.default_rng(1).binomial(tried, truth.solve_prob)
    return replace(truth, solve_prob=solved / tried, successes=solved, attempts=tried)


def test_many_attempts_at_many_problems_need_no_word():
    assert thin_evidence(recorded(50), 0.2, 0.18, (0.2, 0.17, 0.23)) == ()


def test_few_attempts_are_said():
    (sentence,) = thin_evidence(recorded(4), 0.2)
    assert sentence.startswith("Few attempts a problem, on average: small 4, middle 4, large 4; ")
    assert "beta_binomial" in sentence


def test_few_attempts_that_were_allowed_for_are_still_said():
    (sentence,) = thin_evidence(recorded(1), 0.2, estimator="beta_binomial")
    assert "inferred from all problems" in sentence


def test_few_problems_are_said_where_models_are_not_told_apart():
    prob = np.tile([[0.1, 0.2], [0.9, 0.7]], (6, 1))
    tried = np.full(prob.shape, 10)
    near = Population(
        *(("a", "b"), np.full(12, 1 / 12), prob, np.ones((12, 2))),
        successes=np.round(10 * prob),
        attempts=tried,
    )
    (sentence,) = thin_evidence(near, 0.2)
    assert sentence.startswith("Few problems: on 12 ")


def test_as_many_problems_are_enough_where_models_differ_a_lot():
    prob = np.tile([[0.1, 0.9], [0.2, 0.8]], (6, 1))
    tried = np.full(prob.shape, 10)
    far = Population(
        *(("a", "b"), np.full(12, 1 / 12), prob, np.ones((12, 2))),
        successes=np.round(10 * prob),
        attempts=tried,
    )
    assert thin_evidence(far, 0.2) == ()


def test_the_standard_error_of_a_difference_is_that_of_pairs():
    # differences of 1 and 0 by halves: mean .5, standard deviation .5, over 4 problems .25
    prob = np.array([[0.0, 1.0], [0.5, 0.5], [0.0, 1.0], [0.5, 0.5]])
    tried = np.full(prob.shape, 10)
    four = Population(
        *(("a", "b"), np.full(4, 0.25), prob, np.ones((4, 2))),
        successes=np.round(10 * prob),
        attempts=tried,
    )
    assert thin_evidence(four, 0.2) == ()  # .5 is 2 standard errors
    three = replace(four, weight=np.array([0.25, 0.5, 0.25, 0.0]))
    (sentence,) = thin_evidence(three, 0.2)
    assert "30.6 points, and neighbours are 50.0 apart" in sentence


@pytest.mark.parametrize(("held_out", "said"), [(0.11, False), (0.09, True), (float("nan"), False)])
def test_a_gap_to_held_out_problems_of_more_than_half_is_said(held_out, said):
    assert bool(thin_evidence(recorded(50), 0.2, held_out)) == said


def test_a_higher_margin_on_held_out_problems_is_not_the_luck_of_a_choice():
    assert thin_evidence(recorded(50), 0.0, 0.05) == ()


@pytest.mark.parametrize(
    ("interval", "said"), [((0.2, 0.15, 0.24), False), ((0.2, 0.1, 0.25), True)]
)
def test_an_interval_wider_than_half_the_estimate_is_said(interval, said):
    assert bool(thin_evidence(recorded(50), 0.2, None, interval)) == said


def test_packs_have_no_evidence_to_be_thin():
    assert thin_evidence(item_response(problems=5), 0.2) == ()


def test_an_appraisal_has_its_sentences():
    appraisal = appraise(recorded(2, problems=40), quality=(0.2, 0.6, 5))
    assert appraisal.tables.estimator == "beta_binomial"
    told = appraisal.to_json()["evidence"][0]
    assert told.startswith("Few attempts a problem, on average: small 2, ")
    assert "no interval is stated" in told
    assert appraisal.to_json()["problems"] == 40


def test_strata_of_a_problem_are_held_out_together():
    appraisal = appraise(recorded(2, problems=40), quality=(0.2, 0.6, 5), folds=2, draws=0)
    assert appraisal.out_of_sample is not None
    assert np.isfinite(appraisal.out_of_sample.margin).any()


def test_by_default_solve_rates_end_where_records_end():
    population = recorded(1, problems=40)
    highest = (population.weight @ (population.successes > 0)).max()
    assert appraise(population, draws=0).market.quality[-1] == pytest.approx(highest)
